#!/usr/bin/env python3
"""Working-day tasks through MCP only, against the sandbox Jira: what each costs in calls and bytes.

Usage: run.py BINARY [--write FILE]    FILE gets the table as Markdown. Exit 0 when every task reaches its goal.
"""

import json
import sys
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "contract"))

from bridge import json_line, process  # noqa: E402
from tasks import TASKS  # noqa: E402


class Agent:
    """Calls tools the way an agent would, and counts what that costs."""

    def __init__(self, url, tokens):
        self.url, self.tokens, self.user = url, tokens, "anna"
        self.calls = self.sent = self.received = 0

    def __call__(self, tool, **arguments):
        failed, answer = self.attempt(tool, **arguments)
        assert not failed, f"{tool}: {json.dumps(answer)[:300]}"
        return answer

    def attempt(self, tool, **arguments):
        """(is_error, answer), for tasks in which the first try teaches the second."""
        body = {"jsonrpc": "2.0", "id": "1", "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
        data = json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.tokens[self.user]}"}
        with urllib.request.urlopen(urllib.request.Request(self.url, data=data, headers=headers), timeout=60) as answer:
            text = answer.read()
        self.calls, self.sent, self.received = self.calls + 1, self.sent + len(data), self.received + len(text)
        reply = json.loads(text)
        assert "result" in reply, f"{tool}: {text[:300]!r}"
        block = next(block for block in reply["result"]["content"] if block["type"] == "text")
        return bool(reply["result"].get("isError")), json.loads(block["text"])


def main(binary, target):
    settings = {
        "PORT": "0",
        "RATE_LIMIT_PER_USER_PER_MINUTE": "10000",
        "TOOLSETS": "core,context,collab,agile,bulk,manage,destructive",
    }
    rows, failed = [], 0
    with process([binary, "demo", "--json"], settings) as child:
        info = json_line(child)
        for number, (said, task) in enumerate(TASKS, 1):
            agent = Agent(info["mcp_url"], info["tokens"])
            try:
                task(agent)
                outcome = "done"
            except (AssertionError, KeyError, IndexError, TypeError) as fault:
                failed, outcome = failed + 1, f"FAILED: {type(fault).__name__} {fault}"
            rows.append((number, said, agent.calls, agent.sent, agent.received))
            print(f"{number:>3}  {agent.calls:>2} calls  {agent.sent:>6} B out  {agent.received:>6} B in  {said}  {outcome}")
    calls, sent, received = (sum(row[column] for row in rows) for column in (2, 3, 4))
    print(f"     {calls:>2} calls  {sent:>6} B out  {received:>6} B in  in all")
    print(f"{len(rows) - failed} passed, {failed} failed")
    if target and not failed:
        write(target, rows, (calls, sent, received))
    return 1 if failed else 0


def write(target, rows, total):
    lines = [
        "# What working-day tasks cost",
        "",
        "Each task runs against the sandbox Jira through MCP only (`tests/tasks/run.py BINARY --write docs/TASKS.md`). Out is what the",
        "agent sends, in is what comes back: whole JSON-RPC messages, in bytes. A quarter of the bytes in is about what they cost a",
        "model in tokens.",
        "",
        "| # | What somebody says | Calls | Bytes out | Bytes in |",
        "|---|---|---|---|---|",
    ]
    lines += [f"| {number} | {said} | {calls} | {sent} | {received} |" for number, said, calls, sent, received in rows]
    lines += [f"| | **in all** | **{total[0]}** | **{total[1]}** | **{total[2]}** |", ""]
    Path(target).write_text("\n".join(lines))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 4):
        raise SystemExit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[3] if len(sys.argv) == 4 else None))
