#!/usr/bin/env python3
"""The app's hourly points run out while many users work: who is told, who waits, and what Jira still hears.

Usage: quota.py BRIDGE [--users N]
Jira here is a stand-in that does what Atlassian documents of its quota: an issue costs two points, all users share them, and when
they are used up everything is refused with `jira-quota-global-based` and the seconds that are left. Its hour is seconds long.
Prints what happened, and fails where the bridge lets a user wait, tells one something else, or asks Jira again for who was told.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections import Counter

# Calls of each user before the quota fills again, and how many of all the points suffice for.
CALLS, SHARE = 3, 0.4
CONNECTIONS = 32
ISSUE = {"id": "1", "key": "ACME-1", "fields": {"summary": "there"}}
SITES = [{"id": "c-1", "url": "https://quota.atlassian.net", "name": "quota", "scopes": ["read:jira-work"], "avatarUrl": ""}]


class Jira:
    """Refuses when its points are used up, until its hour is over."""

    def __init__(self, points, hour_s):
        self.points, self.hour_s, self.full_at = points, hour_s, None
        self.answered = Counter()

    def answer(self, target):
        if target.startswith("/oauth/"):
            return 200, {}, SITES
        if self.full_at and time.monotonic() >= self.full_at:
            self.points, self.full_at = sys.maxsize, None
        self.points -= 2
        if self.points >= 0:
            self.answered["issues"] += 1
            return 200, {}, ISSUE
        self.full_at = self.full_at or time.monotonic() + self.hour_s
        self.answered["refusals"] += 1
        left = max(1, round(self.full_at - time.monotonic() + 0.5))
        return 429, {"Retry-After": left, "RateLimit-Reason": "jira-quota-global-based"}, {}

    async def serve(self, reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                status, headers, body = self.answer(head.split(b" ", 2)[1].decode())
                data = json.dumps(body).encode()
                lines = {"Content-Type": "application/json", "Content-Length": len(data), **headers}
                text = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
                writer.write(f"HTTP/1.1 {status} X\r\n{text}\r\n".encode() + data)
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            writer.close()


async def call(reader, writer, user):
    """What a user is told: `issue`, or the error and its seconds."""
    body = json.dumps(
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "jira_get_issue", "arguments": {"issue_key": "ACME-1"}}}
    ).encode()
    head = (
        f"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer quota-user-{user:06}\r\nAccept: application/json\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    answer = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line.split(b":")[1]) for line in answer.lower().split(b"\r\n") if line.startswith(b"content-length"))
    result = json.loads(await reader.readexactly(length))["result"]
    said = json.loads(result["content"][0]["text"])
    return "issue" if not result.get("isError") else (said["error"], said.get("retry_after"), said.get("hint", ""))


async def play(port, users):
    """The answers to one call of each of these, in a few connections."""
    queue, told = list(reversed(users)), []

    async def drive():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while queue:
            user = queue.pop()
            told.append((user, await call(reader, writer, user)))
        writer.close()

    await asyncio.gather(*(drive() for _ in range(min(CONNECTIONS, len(users)))))
    return told


async def scene(binary, users, hour_s):
    jira = Jira(int(users * CALLS * SHARE) * 2, hour_s)
    server = await asyncio.start_server(jira.serve, "127.0.0.1", 0)
    upstream = server.sockets[0].getsockname()[1]
    settings = {
        "PORT": "0",
        "ADMIN_ADDR": "",
        "JIRA_API_BASE_URL": f"http://127.0.0.1:{upstream}",
        "LOG_FORMAT": "json",
    }
    child = subprocess.Popen([binary, "serve"], env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", **settings}, stderr=subprocess.PIPE)
    try:
        port = None
        while port is None:
            line = await asyncio.to_thread(child.stderr.readline)
            if not line:
                raise SystemExit("the bridge did not start")
            said = json.loads(line)
            port = int(said["address"].rsplit(":", 1)[1]) if said.get("message") == "listening" else None
        asyncio.get_running_loop().run_in_executor(None, child.stderr.read)
        began = time.monotonic()
        before = await play(port, [user for _ in range(CALLS) for user in range(users)])
        took, heard = time.monotonic() - began, jira.answered.copy()
        while jira.full_at and time.monotonic() < jira.full_at + 2:
            await asyncio.sleep(0.1)
        after = await play(port, list(range(users)))
    finally:
        child.kill()
        child.wait()
        server.close()
    return before, after, heard, took


def faults(users, hour_s, before, after, heard):
    kinds = Counter(told if told == "issue" else told[0] for _, told in before)
    yield from (f"somebody was told {kind}" for kind in kinds if kind not in ("issue", "rate_limited"))
    if not kinds["rate_limited"]:
        yield "the quota never ran out, so nothing was shown"
    for user, told in before:
        if told != "issue" and not (1 <= (told[1] or 0) <= hour_s + 1 and "quota" in told[2]):
            yield f"user {user} was not told when to come back: {told}"
            break
    if heard["refusals"] > users:
        yield f"Jira refused {heard['refusals']} times for {users} users: somebody asked again who was told"
    if late := [user for user, told in after if told != "issue"]:
        yield f"{len(late)} users are still refused although the quota is full again"


def main(binary, users, hour_s):
    before, after, heard, took = asyncio.run(scene(binary, users, hour_s))
    kinds = Counter(told if told == "issue" else told[0] for _, told in before)
    print(f"{users} users, {len(before)} calls in {took:.0f} s: {kinds['issue']} answered, {kinds['rate_limited']} told to come back")
    print(f"Jira heard {heard['issues']} calls that it answered, and refused {heard['refusals']}; the bridge itself {kinds['rate_limited'] - heard['refusals']}")
    print(f"after the quota was full again {sum(told == 'issue' for _, told in after)} of {len(after)} were answered")
    found = list(faults(users, hour_s, before, after, heard))
    for fault in found:
        print(fault, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--users", type=int, default=300)
    parser.add_argument("--hour", type=int, default=25, metavar="SECONDS", help="less than the 30 s after which the bridge looks again")
    given = parser.parse_args()
    sys.exit(main(given.binary, given.users, given.hour))
