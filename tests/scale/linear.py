#!/usr/bin/env python3
"""What a call costs when several replicas share a Redis, beside one of them alone.

Usage: linear.py BRIDGE [--calls N] [--rounds N] [--apart]
Replicas run on one core; Redis, Jira and whoever calls on another. So their calls a second do not add up here, and what is
compared is the processor time of a call: as long as that stays the same, each core that is added answers as many calls as the first.
With --apart they share nothing: what is dearer then is what several processes on one core cost each other.
Prints it, and fails where an answer is wrong or Jira is asked again for what another replica was told. Linux only; needs
redis-server and taskset, and talks to loopback only.
"""

import argparse
import asyncio
import base64
import contextlib
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter

# A replica that has more to do at a time does it cheaper, so each has as many connections as the one alone.
REPLICAS, CONNECTIONS_EACH, USERS = 3, 8, 48
SECRET = "linear-gateway-secret-of-more-than-32-bytes"
PARAGRAPH = {"type": "paragraph", "content": [{"type": "text", "text": "What was seen, and what was expected instead. " * 4}]}
ISSUE = {
    "id": "1",
    "key": "ACME-1",
    "fields": {
        "summary": "An issue of usual size",
        "status": {"name": "In Progress", "statusCategory": {"key": "indeterminate"}},
        "issuetype": {"name": "Bug"},
        "labels": ["one", "two"],
        "description": {"type": "doc", "version": 1, "content": [PARAGRAPH] * 12},
    },
}
SITES = [{"id": "c-1", "url": "https://linear.atlassian.net", "name": "linear", "scopes": ["read:jira-work"], "avatarUrl": ""}]
TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


class Jira:
    """Answers at once and counts."""

    def __init__(self):
        self.asked = Counter()
        self.bodies = {True: json.dumps(SITES).encode(), False: json.dumps(ISSUE).encode()}

    async def serve(self, reader, writer):
        try:
            while True:
                is_list = (await reader.readuntil(b"\r\n\r\n")).startswith(b"GET /oauth/")
                self.asked["lists of sites" if is_list else "issues"] += 1
                body = self.bodies[is_list]
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            writer.close()


def request(user):
    body = json.dumps(
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "jira_get_issue", "arguments": {"issue_key": "ACME-1"}}}
    ).encode()
    lines = [
        "POST /mcp HTTP/1.1",
        "Host: 127.0.0.1",
        f"X-Gateway-Token: {SECRET}",
        f"Authorization: Bearer linear-user-{user:04}-{'x' * 900}",
        "Accept: application/json",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def play(ports, calls):
    """So many calls, spread over replicas and users."""
    left = iter(range(calls))
    requests = [request(user) for user in range(USERS)]

    async def drive(port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for call in left:
            writer.write(requests[call % USERS])
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"content-length"))
            body = await reader.readexactly(length)
            if b" 200 " not in head.split(b"\r\n")[0] or b"An issue of usual size" not in body:
                raise SystemExit(f"a wrong answer: {head[:80]!r} {body[:300]!r}")
        writer.close()

    began = time.monotonic()
    await asyncio.gather(*(drive(ports[at % len(ports)]) for at in range(CONNECTIONS_EACH * len(ports))))
    return time.monotonic() - began


def spent_ms(process):
    """Processor time of a process so far."""
    fields = open(f"/proc/{process.pid}/stat").read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_MS


def start(command, core, env=None, **streams):
    return subprocess.Popen(["taskset", "-c", str(core), *command], env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **(env or {})}, **streams)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


async def listens(port):
    for _ in range(200):
        try:
            (await asyncio.open_connection("127.0.0.1", port))[1].close()
            return
        except OSError:
            await asyncio.sleep(0.05)
    raise SystemExit(f"nothing listens at port {port}")


async def replica(binary, jira_port, redis_port, core, apart):
    settings = {
        "PORT": "0",
        "ADMIN_ADDR": "",
        "TOKIO_WORKER_THREADS": "1",
        "GATEWAY_SHARED_SECRET": SECRET,
        "JIRA_API_BASE_URL": f"http://127.0.0.1:{jira_port}",
        "RATE_LIMIT_PER_USER_PER_MINUTE": "1000000",
        "AUTH": "atlassian,signin",
        "ATLASSIAN_CLIENT_ID": "linear",
        "ATLASSIAN_CLIENT_SECRET": "linear" * 8,
        "PUBLIC_BASE_URL": "http://127.0.0.1:1",
        "SESSION_STORE_TYPE": "redis",
        "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
        "SESSION_ENCRYPTION_KEY": base64.b64encode(b"linear".ljust(32, b".")[:31] + b"!").decode(),
        "LOG_FORMAT": "json",
    }
    if apart:
        settings["SESSION_STORE_TYPE"] = "memory"
        del settings["REDIS_URL"]
    child = start([binary, "serve"], core, settings, stderr=subprocess.PIPE)
    while line := await asyncio.to_thread(child.stderr.readline):
        said = json.loads(line)
        if said.get("message") == "listening":
            asyncio.get_running_loop().run_in_executor(None, child.stderr.read)
            return child, int(said["address"].rsplit(":", 1)[1])
    raise SystemExit("a replica did not start")


@contextlib.asynccontextmanager
async def several(binary, apart=False):
    """Replicas on one core, what they ask on another: (Jira, the Redis, [(replica, port)], that other core)."""
    server_core, core = sorted(os.sched_getaffinity(0))[:2] if len(os.sched_getaffinity(0)) > 1 else (0, 0)
    os.sched_setaffinity(0, {core})
    jira, children = Jira(), []
    server = await asyncio.start_server(jira.serve, "127.0.0.1", 0)
    redis_port = free_port()
    try:
        redis = start(["redis-server", "--port", str(redis_port), "--bind", "127.0.0.1", "--save", ""], core, stdout=subprocess.DEVNULL)
        children.append(redis)
        await listens(redis_port)
        replicas = []
        for _ in range(REPLICAS):
            child, port = await replica(binary, server.sockets[0].getsockname()[1], redis_port, server_core, apart)
            children.append(child)
            replicas.append((child, port))
        yield jira, redis, replicas, core
    finally:
        for child in children:
            child.send_signal(signal.SIGTERM)
        for child in children:
            child.wait(30)
        server.close()


async def scene(binary, calls, rounds, apart):
    async with several(binary, apart) as (jira, redis, replicas, _):
        rows = {1: [], REPLICAS: []}
        # The first round warms up: first one replica meets the users, then all do.
        for turn in range(rounds + 1):
            for count, row in rows.items():
                used = replicas[:count]
                before = [spent_ms(child) for child, _ in used], spent_ms(redis)
                took = await play([port for _, port in used], calls)
                each = [(spent_ms(child) - was) / calls for (child, _), was in zip(used, before[0])]
                if turn:
                    row.append((calls / took, sum(each), (spent_ms(redis) - before[1]) / calls))
        return rows, jira.asked


def told(rows, asked, many):
    """What a call costs with all replicas beside one; whether Jira was asked no more than `many` times for a user's sites."""
    ratio = statistics.median(all_of_them[1] / one[1] for one, all_of_them in zip(rows[1], rows[REPLICAS]))
    print(f"{REPLICAS} replicas take {ratio:.2f} times the processor time of one")
    print(f"Jira was asked for {asked['issues']} issues and {asked['lists of sites']} lists of sites of {USERS} users")
    # Two calls of one user at a time may both ask.
    if asked["lists of sites"] > USERS * many * 1.25:
        print("a replica asked for sites that another knew", file=sys.stderr)
        return 1
    return 0


def main(binary, calls, rounds, apart):
    for needed in ("redis-server", "taskset"):
        if not shutil.which(needed):
            raise SystemExit(f"{needed} is missing")
    rows, asked = asyncio.run(scene(binary, calls, rounds, apart))
    for count, row in rows.items():
        rate, spent, of_redis = (statistics.median(column) for column in zip(*row))
        print(f"{count} replicas: {rate:.0f} calls/s in all, {rate / count:.0f} each; ms a call: {spent:.3f}, and {of_redis:.3f} of Redis")
    return told(rows, asked, REPLICAS if apart else 1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bridge")
    parser.add_argument("--calls", type=int, default=6000, help="of a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--apart", action="store_true")
    given = parser.parse_args()
    sys.exit(main(given.bridge, given.calls, given.rounds, given.apart))
