#!/usr/bin/env python3
"""Working-day tasks through MCP only, against the sandbox Jira: what each costs in calls, bytes and requests to Jira.

And thirty plain requests: that the ideal number of calls for each is enough.

Usage: run.py BINARY [--check] [--write FILE]
FILE gets the table as Markdown. Exit 0 when every task reaches its goal and, with --check, no limit is exceeded.
"""

import argparse
import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "contract"))

from bridge import json_line, process  # noqa: E402
from counting import counting  # noqa: E402
from plain_requests import REQUESTS  # noqa: E402
from tasks import TASKS  # noqa: E402

# What all tasks together may cost. Warm: one bridge for all tasks; cold: a fresh one for each.
LIMITS = {"calls": 76, "text bytes in": 25_000, "requests, warm": 115, "requests, cold": 155, "points, warm": 510, "points, cold": 560}

SETTINGS = {
    "PORT": "0",
    "RATE_LIMIT_PER_USER_PER_MINUTE": "10000",
    "TOOLSETS": "core,context,collab,agile,bulk,manage,destructive",
}


class Agent:
    """Calls tools the way an agent would, and counts what that costs."""

    def __init__(self, url, jira):
        self.url, self.jira, self.user = url, jira, "anna"
        self.calls = self.sent = self.received = self.text = 0

    def __call__(self, tool, **arguments):
        failed, answer = self.attempt(tool, **arguments)
        assert not failed, f"{tool}: {json.dumps(answer)[:300]}"
        return answer

    def attempt(self, tool, **arguments):
        """(is_error, answer), for tasks in which the first try teaches the second."""
        body = {"jsonrpc": "2.0", "id": "1", "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
        data = json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.jira.tokens[self.user]}"}
        with urllib.request.urlopen(urllib.request.Request(self.url, data=data, headers=headers), timeout=60) as answer:
            reply_bytes = answer.read()
        reply = json.loads(reply_bytes)
        assert "result" in reply, f"{tool}: {reply_bytes[:300]!r}"
        blocks = [block["text"] for block in reply["result"]["content"] if block["type"] == "text"]
        self.calls, self.sent, self.received = self.calls + 1, self.sent + len(data), self.received + len(reply_bytes)
        self.text += sum(len(text.encode()) for text in blocks)
        return bool(reply["result"].get("isError")), json.loads(blocks[0])


class Jira:
    """The sandbox itself, past the bridge: what is true, and counted nowhere."""

    def __init__(self, info):
        self.url, self.tokens = info["jira_url"].rstrip("/"), info["tokens"]
        # Where people read its issues.
        site = self.get("/oauth/token/accessible-resources")[0]
        self.cloud, self.site = site["id"], site["url"]

    def get(self, path, **query):
        address = f"{self.url}{path}{'?' + urllib.parse.urlencode(query) if query else ''}"
        request = urllib.request.Request(address, headers={"Authorization": f"Bearer {self.tokens['anna']}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def rest(self, path, **query):
        return self.get(f"/ex/jira/{self.cloud}/rest/api/3/{path}", **query)

    def agile(self, path, **query):
        return self.get(f"/ex/jira/{self.cloud}/rest/agile/1.0/{path}", **query)

    def holds(self, key):
        """Whether there is an issue of this key."""
        try:
            return bool(self.rest(f"issue/{key}", fields="summary"))
        except urllib.error.HTTPError as fault:
            if fault.code == 404:
                return False
            raise

    def fields(self, key, *names):
        """These fields of an issue as Jira has them."""
        return self.rest(f"issue/{key}", fields=",".join(names))["fields"]


def attempt(task, agent):
    """What kept the task from its goal, if anything did."""
    try:
        task(agent)
        return None
    except (AssertionError, KeyError, IndexError, TypeError, ValueError, OSError) as fault:
        return f"{type(fault).__name__} {fault}"


def run(binary, is_cold):
    """One row for each task: said, agent, what it cost at Jira, fault."""
    with process([binary, "demo", "--json", "--jira-only"], SETTINGS) as child:
        jira = Jira(json_line(child))
        with counting(int(jira.url.rsplit(":", 1)[1])) as (proxy, counter):
            settings = {**SETTINGS, "JIRA_API_BASE_URL": proxy}
            rows, warm = [], None
            if not is_cold:
                warm = process([binary, "demo", "--json"], settings)
                url = json_line(warm.__enter__())["mcp_url"]
            for said, task, _ in TASKS:
                before = counter.now()
                if is_cold:
                    with process([binary, "demo", "--json"], settings) as bridge:
                        agent = Agent(json_line(bridge)["mcp_url"], jira)
                        fault = attempt(task, agent)
                else:
                    agent = Agent(url, jira)
                    fault = attempt(task, agent)
                rows.append((said, agent, counter.now() - before, fault))
            if warm:
                warm.__exit__(None, None, None)
            return rows


def play(binary):
    """One row for each plain request: who, said, ideal, calls, fault."""
    with process([binary, "demo", "--json", "--jira-only"], SETTINGS) as child:
        jira = Jira(json_line(child))
        settings = {**SETTINGS, "JIRA_API_BASE_URL": jira.url}
        with process([binary, "demo", "--json"], settings) as bridge:
            url, rows = json_line(bridge)["mcp_url"], []
            for who, said, ideal, request in REQUESTS:
                agent = Agent(url, jira)
                fault = attempt(request, agent)
                if not fault and agent.calls > ideal:
                    fault = f"{agent.calls} calls, the ideal is {ideal}"
                rows.append((who, said, ideal, agent.calls, fault))
            return rows


def main(binary, is_checked, target):
    warm, cold = run(binary, False), run(binary, True)
    failed = 0
    for number, ((said, agent, cost, fault), (_, _, cold_cost, cold_fault)) in enumerate(zip(warm, cold), 1):
        fault = fault or cold_fault
        failed += bool(fault)
        print(
            f"{number:>3}  {agent.calls:>2} calls  {cost.requests:>2} + {(cold_cost - cost).requests} requests  "
            f"{cost.points:>3} + {(cold_cost - cost).points} points  {agent.sent:>6} B out  "
            f"{agent.text:>6} B text in  {said}  {'FAILED: ' + fault if fault else 'done'}"
        )
    plain = play(binary)
    for number, (who, said, ideal, calls, fault) in enumerate(plain, 1):
        failed += bool(fault)
        print(f"{number:>3}  {calls} of {ideal} calls  {who}: {said}  {'FAILED: ' + fault if fault else 'done'}")
    costs = {
        "calls": sum(agent.calls for _, agent, _, _ in warm),
        "text bytes in": sum(agent.text for _, agent, _, _ in warm),
        "requests, warm": sum(row[2].requests for row in warm),
        "requests, cold": sum(row[2].requests for row in cold),
        "points, warm": sum(row[2].points for row in warm),
        "points, cold": sum(row[2].points for row in cold),
    }
    too_much = [name for name, cost in costs.items() if cost > LIMITS[name]]
    for name, cost in costs.items():
        print(f"     {cost:>6} {name}, at most {LIMITS[name]}{'  TOO MUCH' if name in too_much else ''}")
    print(f"{len(warm) + len(plain) - failed} passed, {failed} failed")
    if target and not failed:
        write(target, warm, cold, costs, plain)
    return 1 if failed or (is_checked and too_much) else 0


def write(target, warm, cold, costs, plain):
    lines = [
        "# What working-day tasks cost",
        "",
        "Each task runs against the sandbox Jira through MCP only (`tests/tasks/run.py BINARY --write docs/TASKS.md`); whether it has",
        "reached its goal is asked of the sandbox itself. Out is what the agent sends, in is what comes back: whole JSON-RPC messages,",
        "in bytes, and of them the text that a model reads. A quarter of that is about what it costs in tokens. Requests go to Jira,",
        "from a bridge that knows the site already and from a fresh one. Points are what they cost of those that all users of the app",
        "share, 65,000 an hour (`points.py`). The gate holds the sums (`LIMITS` in `run.py`).",
        "Ideal is what the ideal agent needs: the rest makes an issue of the task's own, so that tasks do not disturb each other.",
        "",
        "| # | What somebody says | Ideal | Calls | Bytes out | Bytes in | Text in | Requests | of a fresh bridge | Points | of a fresh bridge |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for number, ((said, agent, cost, _), (_, _, cold_cost, _)) in enumerate(zip(warm, cold), 1):
        at_jira = (cost.requests, cold_cost.requests, cost.points, cold_cost.points)
        cells = (number, said, TASKS[number - 1][2], agent.calls, agent.sent, agent.received, agent.text, *at_jira)
        lines.append(f"| {' | '.join(map(str, cells))} |")
    sent, received = (sum(getattr(agent, name) for _, agent, _, _ in warm) for name in ("sent", "received"))
    at_jira = (costs[name] for name in ("requests, warm", "requests, cold", "points, warm", "points, cold"))
    sums = (sum(ideal for _, _, ideal in TASKS), costs["calls"], sent, received, costs["text bytes in"], *at_jira)
    lines += [f"| | **in all** | {' | '.join(f'**{cost}**' for cost in sums)} |", ""]
    lines += [
        "## Thirty plain requests",
        "",
        "What people say, and the fewest calls that answer it, with tools chosen from the list alone. The same script plays each on",
        "the sandbox's own issues and fails when the ideal does not suffice (`tests/tasks/plain_requests.py`). In a `demo` of yours",
        "the site is the sandbox's address, which it prints, in place of `https://sandbox.atlassian.net`.",
        "",
        "| # | Who | What they say | Ideal |",
        "|---|---|---|---|",
    ]
    lines += [f"| {number} | {who} | {said} | {ideal} |" for number, (who, said, ideal, _, _) in enumerate(plain, 1)]
    lines += [f"| | | **in all** | **{sum(row[2] for row in plain)}** |", ""]
    Path(target).write_text("\n".join(lines))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--write")
    given = parser.parse_args()
    sys.exit(main(given.binary, given.check, given.write))
