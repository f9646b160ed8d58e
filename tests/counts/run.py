#!/usr/bin/env python3
"""Instructions and allocations of one call, counted by callgrind: they do not depend on how busy the machine is.

Usage: run.py BRIDGE LOAD [--check | --write]
BRIDGE is the program, LOAD the load tool (`cargo build --bins --examples`), both unoptimised: what is held is that nobody makes a
call do more without saying so, not how long it takes. With --check it fails where a count is over that of counts.json by more
than 3 %; --write writes them anew, and the commit says why. Needs valgrind and Linux; talks to loopback only.
"""

import argparse
import http.client
import json
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "contract"))

from bridge import process  # noqa: E402

COUNTS = HERE / "counts.json"
OVER = 1.03
# The same for an agent's turn, which waits: how often the runtime wakes up meanwhile is the agent's doing.
OVER_WITH_WAITS = 1.10
# Calls that warm up, and that are counted.
WARM, COUNTED = 12, 25
# An agent takes a second or two for each.
WARM_TURNS, COUNTED_TURNS = 2, 6
# How often what looks like more is counted.
TRIES = 8
GATEWAY_SECRET = "counts-gateway-secret-of-more-than-32-bytes"
ALLOCATES = re.compile(r"^_?_?rjem_(malloc|calloc|realloc|mallocx|rallocx)$")
FIELDS = ["type", "status", "summary", "assignee", "reporter", "priority", "labels", "updated", "url"]


def rpc(method, params, **headers):
    body = {"jsonrpc": "2.0", "id": 7, "method": method, "params": params}
    return json.dumps(body), {"x-gateway-token": GATEWAY_SECRET, "mcp-protocol-version": "2025-11-25", **headers}


def tool(name, arguments):
    return rpc("tools/call", {"name": name, "arguments": arguments})


HELLO = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "counts", "version": "1"}}
# What is counted, as the messages of one of it, each with the status and a part of a right answer.
KINDS = {
    "issue": [(tool("jira_get_issue", {"issue_key": "LOAD-1"}), 200, b"LOAD-1")],
    "search of 50": [
        (tool("jira_search", {"jql": "project = LOAD ORDER BY updated DESC", "max_results": 50, "fields": FIELDS}), 200, b"LOAD-50")
    ],
    "list of tools": [(rpc("tools/list", {}), 200, b"jira_search")],
    "turn": [
        (rpc("initialize", HELLO), 200, b"jira-mcp-bridge"),
        (rpc("tools/list", {}), 200, b"jira_search"),
        (tool("jira_get_issue", {"issue_key": "LOAD-1"}), 200, b"LOAD-1"),
    ],
    "refused for the gateway's secret": [(rpc("tools/list", {}, **{"x-gateway-token": "wrong" * 8}), 403, b"gateway")],
}
AGENT = "turn of an agent"
# The same with a token of the bridge's own, whose session is in memory: what more it does is the check of the token.
WITH_OWN_TOKEN = {"issue, own token": KINDS["issue"], "list of tools, own token": KINDS["list of tools"]}


@contextmanager
def upstream(load):
    """The port of a loopback Jira that answers at once."""
    with process([load, "upstream"], {}) as child:
        yield int(child.stdout.readline().split()[0])


class Bridge:
    """The bridge under callgrind, which counts only between `begin` and `end`."""

    def __init__(self, binary, port, home, more=()):
        self.home, self.dumps, self.bearer = home, 0, "counts-" + "x" * 900
        Path(home).mkdir(exist_ok=True)
        settings = {
            "PORT": "0",
            "ADMIN_ADDR": "",
            "GATEWAY_SHARED_SECRET": GATEWAY_SECRET,
            "JIRA_API_BASE_URL": f"http://127.0.0.1:{port}",
            "RATE_LIMIT_PER_USER_PER_MINUTE": "1000000",
            "TOKIO_WORKER_THREADS": "1",
            **dict(more),
        }
        counting = ["--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={home}/counts"]
        self.log = open(f"{home}/log", "w+")
        command = ["valgrind", "-q", *counting, binary, "serve"]
        self.child = subprocess.Popen(command, env={"PATH": "/usr/bin:/bin", "HOME": home, **settings}, stdout=self.log, stderr=self.log)
        self.port = self.listening()
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def listening(self):
        """From the line that the server logs when it listens."""
        began = time.monotonic()
        while time.monotonic() - began < 180:
            self.log.flush()
            found = re.search(r'"(?:addr|address|listening_on)":"[^"]*?:(\d+)"', Path(self.log.name).read_text())
            if found:
                return int(found[1])
            if self.child.poll() is not None:
                break
            time.sleep(0.2)
        raise SystemExit(f"the bridge does not start under valgrind:\n{Path(self.log.name).read_text()[-2000:]}")

    def control(self, *words):
        done = subprocess.run(["callgrind_control", *words, str(self.child.pid)], capture_output=True, text=True)
        if done.returncode != 0 or "Error" in done.stdout:
            raise SystemExit(f"callgrind_control {words}: {done.stdout}{done.stderr}")

    def play(self, messages):
        """The bodies of the answers, all of which are right."""
        bodies = []
        for (body, headers), status, part in messages:
            every = {"authorization": f"Bearer {self.bearer}", "content-type": "application/json", "accept": "application/json"}
            self.connection.request("POST", "/mcp", body, {**every, **headers})
            answer = self.connection.getresponse()
            data = answer.read()
            assert answer.status == status and part in data, f"a wrong answer: {answer.status} {data[:300]!r}"
            bodies.append(data)
        return bodies

    def count(self, messages, warm, calls):
        """(instructions, allocations) of playing these once."""
        for _ in range(warm):
            self.play(messages)
        self.control("-z")
        self.control("-i", "on")
        for _ in range(calls):
            self.play(messages)
        self.control("-i", "off")
        self.dumps += 1
        self.control("-d")
        return counted(Path(f"{self.home}/counts.{self.dumps}"), calls)

    def end(self):
        self.child.terminate()
        try:
            self.child.wait(60)
        except subprocess.TimeoutExpired:
            self.child.kill()
        self.log.close()


def counted(dump, calls):
    """Of a dump of callgrind, for each of so many calls: its total, and how often the allocator was called."""
    names, callee, allocations, total = {}, None, 0, None
    for line in dump.read_text(errors="replace").splitlines():
        if line.startswith(("fn=", "cfn=")):
            found = re.match(r"c?fn=\((\d+)\)(?: (.*))?", line)
            if found[2]:
                names[found[1]] = found[2]
            if line.startswith("cfn="):
                callee = names.get(found[1], "")
        elif line.startswith("calls=") and callee is not None and ALLOCATES.match(callee):
            allocations += int(line[6:].split()[0])
        elif line.startswith(("totals:", "summary:")):
            total = int(line.split()[1])
    if not total or not allocations:
        raise SystemExit(f"{dump} holds no counts: {total} instructions, {allocations} allocations")
    return round(total / calls), round(allocations / calls, 1)


@contextmanager
def sandbox(bridge, home):
    """What the demo says of its agent and of its Jira, which are the upstream of another bridge."""
    with process([bridge, "demo", "--json"], {"PORT": "0", "ADMIN_ADDR": "", "TOOLSETS": "core,agent", "HOME": home}) as child:
        yield json.loads(child.stdout.readline())


def with_agent(demo):
    """The settings of a bridge whose agent and Jira are those of a demo."""
    return {
        "TOOLSETS": "core,agent",
        "JIRA_API_BASE_URL": demo["jira_url"],
        "DIRECT_LINE_ENDPOINT": demo["directline_url"],
        "DIRECT_LINE_SECRET": demo["directline_secret"],
    }


def agents_turn(under):
    """A message to a conversation that is there already, and its answer."""
    (begun,) = under.play([(tool("start_conversation", {}), 200, b"conversationId")])
    told = json.loads(json.loads(begun)["result"]["content"][0]["text"])
    say = tool("send_message", {"message": "hello", "conversationId": told["conversationId"]})
    return [(say, 200, b"hello")]


def signing_in(port):
    """The settings of a bridge that people sign in at, with the upstream as Atlassian."""
    return {
        "AUTH": "atlassian,signin",
        "ATLASSIAN_AUTH_BASE_URL": f"http://127.0.0.1:{port}",
        "ATLASSIAN_CLIENT_ID": "counts",
        "ATLASSIAN_CLIENT_SECRET": "counts" * 8,
    }


def most(kind):
    """How much of what was counted before may be counted now."""
    return OVER_WITH_WAITS if kind == AGENT else OVER


def least(bridge, kind, messages, before):
    """The counts of one kind. On a busy machine the runtime wakes up oftener, so what looks like more is counted again."""
    counts, calls = {}, (WARM_TURNS, COUNTED_TURNS) if kind == AGENT else (WARM, COUNTED)
    for _ in range(TRIES):
        for what, count in zip(("instructions", "allocations"), bridge.count(messages, *calls)):
            counts[what] = min(count, counts.get(what, count))
        if not before or all(counts[what] <= before.get(what, 0) * most(kind) for what in counts):
            break
    return counts


def main(bridge, load, is_checked, is_written):
    for needed in ("valgrind", "callgrind_control"):
        if not shutil.which(needed):
            raise SystemExit(f"{needed} is missing; Debian has it in the package valgrind")
    before = json.loads(COUNTS.read_text()) if COUNTS.exists() else {}
    machine = before.pop("machine", platform.machine())
    if is_checked and machine != platform.machine():
        print(f"counts.json is of {machine}: nothing was held against it here")
        is_checked = False
    now = {}
    with tempfile.TemporaryDirectory(prefix="counts-") as home, upstream(load) as port:
        for kinds, signs_in in ((KINDS, False), (WITH_OWN_TOKEN, True)):
            under = Bridge(bridge, port, f"{home}/{signs_in}", signing_in(port) if signs_in else ())
            try:
                if signs_in:
                    signed_in = [load, "bearer", str(under.port), GATEWAY_SECRET]
                    under.bearer = subprocess.run(signed_in, check=True, capture_output=True, text=True, timeout=300).stdout.strip()
                now |= {kind: least(under, kind, messages, before.get(kind)) for kind, messages in kinds.items()}
            finally:
                under.end()
        with sandbox(bridge, home) as demo:
            under = Bridge(bridge, port, f"{home}/agent", with_agent(demo))
            try:
                under.bearer = demo["tokens"]["anna"]
                now[AGENT] = least(under, AGENT, agents_turn(under), before.get(AGENT))
            finally:
                under.end()
    over = []
    for kind, counts in now.items():
        for what, count in counts.items():
            known = before.get(kind, {}).get(what)
            change = f"{count / known * 100 - 100:+.2f} %" if known else "new"
            is_over = known is None or count > known * most(kind)
            over += [f"{kind}: {what} {known} -> {count}"] if is_over else []
            print(f"{kind:34} {count:>12,} {what:13} {change}{'  MORE THAN BEFORE' if is_over and known else ''}")
    if is_written:
        COUNTS.write_text(json.dumps({"machine": platform.machine(), **now}, indent=2) + "\n")
    elif is_checked and over:
        print("A call does more than it did. Find out why; if it has to, --write the counts and say so in the commit.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bridge")
    parser.add_argument("load")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    sys.exit(main(given.bridge, given.load, given.check, given.write))
