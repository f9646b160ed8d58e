#!/usr/bin/env python3
"""The load test that ships, by k6, through HAProxy to several replicas that share a Redis: each request goes to the next replica.

Usage: balanced.py BRIDGE [--seconds N] [--rounds N]
As in linear.py all replicas are on one core, so what is compared is the processor time of a turn: initialize, its notification,
tools/list and a call of one issue. Prints it for one replica and for all of them; fails where k6 finds an answer wrong, a replica is
passed over, or Jira is asked again for what another replica was told. Talks to loopback only.
"""

import argparse
import asyncio
import json
import signal
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path += [str(HERE), str(HERE.parent / "clients")]

import install
import linear

SCRIPT = HERE.parents[1] / "deploy/load/k6.js"
BEARERS = ",".join(f"linear-user-{user:04}-{'x' * 900}" for user in range(linear.USERS))
# A replica that has more to do at a time does it cheaper, so each has as many users as the one alone.
USERS_EACH = linear.USERS // linear.REPLICAS
# What one of a balancer's checks costs would be counted as a replica's, so there are none.
BALANCER = """
global
  nbthread 1
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
frontend in
  bind 127.0.0.1:{port}
  default_backend replicas
backend replicas
  balance roundrobin
  {servers}
"""


class Balancer:
    """HAProxy before some replicas."""

    def __init__(self, ports, core, home):
        self.port = linear.free_port()
        servers = "\n  ".join(f"server r{port} 127.0.0.1:{port}" for port in ports)
        path = Path(home, f"haproxy-{self.port}.cfg")
        path.write_text(BALANCER.format(port=self.port, servers=servers))
        self.process = linear.start(["haproxy", "-f", str(path)], core, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    async def __aenter__(self):
        await linear.listens(self.port)
        return self

    async def __aexit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(self.process.wait, 30)


async def k6(program, port, users, seconds, core, home):
    """Turns that were made; ends the run where one of them was wrong."""
    summary = Path(home, "summary.json")
    summary.unlink(missing_ok=True)
    settings = {
        "MCP_URL": f"http://127.0.0.1:{port}/mcp",
        "MCP_TOKEN": BEARERS,
        "MCP_GATEWAY_TOKEN": linear.SECRET,
        "MCP_TOOL": "jira_get_issue",
        "MCP_ARGUMENTS": '{"issue_key": "ACME-1"}',
        "K6_NO_USAGE_REPORT": "true",
        "HOME": home,
    }
    command = [program, "run", "--quiet", "--no-color", "--vus", str(users), "--duration", f"{seconds}s", "--summary-export", str(summary), str(SCRIPT)]
    child = linear.start(command, core, settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said, _ = await asyncio.to_thread(child.communicate)
    metrics = json.loads(summary.read_text())["metrics"] if summary.exists() else {}
    if child.returncode or metrics["checks"]["fails"] or metrics["http_req_failed"]["value"]:
        raise SystemExit(f"k6 ended with {child.returncode}: {said[-1500:]}")
    return metrics["iterations"]["count"]


async def scene(binary, seconds, rounds, program, home):
    async with linear.several(binary) as (jira, _, replicas, core):
        rows = {1: [], linear.REPLICAS: []}
        # The first round warms up: first one replica meets the users, then all do.
        for turn in range(rounds + 1):
            for count, row in rows.items():
                used = replicas[:count]
                async with Balancer([port for _, port in used], core, home) as balancer:
                    before = [linear.spent_ms(child) for child, _ in used]
                    turns = await k6(program, balancer.port, USERS_EACH * count, seconds, core, home)
                each = [linear.spent_ms(child) - was for (child, _), was in zip(used, before)]
                if not all(each):
                    raise SystemExit(f"a replica did nothing: {each} ms")
                if turn:
                    row.append((turns / seconds, sum(each) / turns, max(each) / min(each)))
        return rows, jira.asked


def main(binary, seconds, rounds):
    program = install.k6()
    with tempfile.TemporaryDirectory(prefix="balanced-") as home:
        rows, asked = asyncio.run(scene(binary, seconds, rounds, program, home))
    for count, row in rows.items():
        rate, spent, uneven = (statistics.median(column) for column in zip(*row))
        print(f"{count} replicas: {rate:.0f} turns/s in all, {spent:.3f} ms a turn; the busiest had {uneven:.2f} times the work of the idlest")
    return linear.told(rows, asked, 1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bridge")
    parser.add_argument("--seconds", type=int, default=10, help="of a round")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    sys.exit(main(given.bridge, given.seconds, given.rounds))
