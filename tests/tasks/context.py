#!/usr/bin/env python3
"""What replies cost a model's context: bytes and about how many tokens, beside what Jira itself would have sent.

Usage: context.py BINARY [--write FILE] [--check FILE]
--write makes the document; --check fails when a reply has grown by more than 2 % and 64 bytes over the document.
"""

import json
import re
import sys
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "contract"))

from bridge import json_line, process  # noqa: E402
from run import Agent, Jira  # noqa: E402
from tasks import TASKS  # noqa: E402

ALL_SETS = "core,context,collab,agile,bulk,manage,destructive"
QUERY = "project = ACME ORDER BY key ASC"
RICH = "ACME-27"


def rest(path, body=None):
    return ("POST" if body else "GET", path, body)


# What is asked, how an agent asks it, and the plain request to Jira that answers the same.
QUESTIONS = [
    ("search, 25 issues x 3 fields", "jira_search", {"jql": QUERY, "max_results": 25, "fields": ["summary", "status", "assignee"]},
     rest("search/jql", {"jql": QUERY, "maxResults": 25, "fields": ["summary", "status", "assignee"]})),
    ("search, 25 issues by default", "jira_search", {"jql": QUERY, "max_results": 25},
     rest("search/jql", {"jql": QUERY, "maxResults": 25, "fields": ["*all"]})),
    ("search, 50 issues by default", "jira_search", {"jql": QUERY, "max_results": 50},
     rest("search/jql", {"jql": QUERY, "maxResults": 50, "fields": ["*all"]})),
    ("one rich issue by default", "jira_get_issue", {"issue_key": RICH}, rest(f"issue/{RICH}")),
    ("one rich issue, every field", "jira_get_issue", {"issue_key": RICH, "fields": ["*all"]}, rest(f"issue/{RICH}?fields=*all&expand=names")),
    ("five comments", "jira_get_comments", {"issue_key": "ACME-30", "max_results": 5}, rest("issue/ACME-30/comment?maxResults=5&orderBy=-created")),
    ("transitions", "jira_list_transitions", {"issue_key": RICH}, rest(f"issue/{RICH}/transitions?expand=transitions.fields")),
    ("history", "jira_get_changelog", {"issue_key": RICH}, rest(f"issue/{RICH}/changelog")),
    ("projects", "jira_get_projects", {}, rest("project/search")),
    ("fields to create an issue", "jira_get_create_fields", {"project_key": "MOB", "issue_type": "Bug"}, None),
    ("people", "jira_find_users", {"query": "a"}, rest("user/search?query=a")),
    ("who am I", "jira_whoami", {}, rest("myself")),
]

# Measured in November 2026 with sooperset/mcp-atlassian 0.23.1 against a Jira with other data.
PEER = {
    "search, 25 issues x 3 fields": 36_606,
    "search, 25 issues by default": 122_106,
    "search, 50 issues by default": 243_906,
    "one rich issue by default": 20_588,
    "one rich issue, every field": 56_158,
    "tools/list, default sets": 22_263,
    "tools/list, every set": 69_866,
    "tools/list, read only": 38_780,
}


class Counting(Agent):
    """An agent that also notes each reply's bytes by tool."""

    replies = {}

    def attempt(self, tool, **arguments):
        before = self.received
        outcome = super().attempt(tool, **arguments)
        self.replies.setdefault(tool, []).append(self.received - before)
        return outcome


def listed(url, token, headers=None):
    body = json.dumps({"jsonrpc": "2.0", "id": "1", "method": "tools/list"}).encode()
    head = {"Content-Type": "application/json", "Authorization": f"Bearer {token}", **(headers or {})}
    with urllib.request.urlopen(urllib.request.Request(url, data=body, headers=head), timeout=60) as answer:
        return len(answer.read())


def raw(jira, token, request):
    """Bytes of Jira's own answer."""
    method, path, body = request
    head = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Accept": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(f"{jira}/oauth/token/accessible-resources", headers=head), timeout=60) as answer:
        site = json.load(answer)[0]["id"]
    data = json.dumps(body).encode() if body else None
    address = f"{jira}/ex/jira/{site}/rest/api/3/{path}"
    with urllib.request.urlopen(urllib.request.Request(address, data=data, headers=head, method=method), timeout=60) as answer:
        return len(answer.read())


def measured(binary):
    """[(what, bytes, Jira's bytes or None)] and {tool: [bytes]}."""
    base = {"PORT": "0", "RATE_LIMIT_PER_USER_PER_MINUTE": "10000"}
    rows = []
    with process([binary, "demo", "--json"], base) as child:
        info = json_line(child)
        rows.append(("tools/list, default sets", listed(info["mcp_url"], info["tokens"]["anna"]), None))
    with process([binary, "demo", "--json"], {**base, "TOOLSETS": ALL_SETS}) as child:
        info = json_line(child)
        url, token, jira = info["mcp_url"], info["tokens"]["anna"], info["jira_url"]
        sandbox = Jira(info)
        rows.append(("tools/list, every set", listed(url, token), None))
        rows.append(("tools/list, read only", listed(url, token, {"X-MCP-Readonly": "true"}), None))
        for what, tool, arguments, request in QUESTIONS:
            agent = Agent(url, sandbox)
            agent(tool, **arguments)
            rows.append((what, agent.received, raw(jira, token, request) if request else None))
        Counting.replies = {}
        for _, task, _ in TASKS:
            task(Counting(url, sandbox))
    return rows, Counting.replies


def document(rows, replies):
    lines = [
        "# What replies cost a model's context",
        "",
        "Bytes of whole JSON-RPC replies over the sandbox Jira (`tests/tasks/context.py BINARY --write docs/CONTEXT.md`; the gate holds",
        "them with `--check`). A token is about four bytes. Jira is the plain REST answer to the same question. The peer is",
        "sooperset/mcp-atlassian 0.23.1, measured in November 2026 over another Jira's data: compare the size, not the digit.",
        "",
        "| Reply | Bytes | Tokens | Jira | Ours of Jira's | Peer |",
        "|---|---|---|---|---|---|",
    ]
    for what, size, jira in rows:
        share = f"{100 * size / jira:.0f} %" if jira else ""
        lines.append(f"| {what} | {size} | {size // 4} | {jira or ''} | {share} | {PEER.get(what, '')} |")
    lines += ["", "Replies in the working-day tasks of [TASKS.md](TASKS.md), errors that teach included:", ""]
    lines += ["| Tool | Replies | Bytes, mean | largest |", "|---|---|---|---|"]
    for tool, sizes in sorted(replies.items()):
        lines.append(f"| `{tool}` | {len(sizes)} | {sum(sizes) // len(sizes)} | {max(sizes)} |")
    sizes = [size for some in replies.values() for size in some]
    lines += [f"| **all** | **{len(sizes)}** | **{sum(sizes) // len(sizes)}** | **{max(sizes)}** |", ""]
    return "\n".join(lines)


def grown(rows, written):
    """The replies that are larger than the document says."""
    known = dict(re.findall(r"^\| ([^|`]+?) \| (\d+) \|", written, re.M))
    for what, size, _ in rows:
        before = int(known.get(what, 0))
        if size > before * 1.02 + 64:
            yield f"{what}: {size} B, was {before} B"


def main(binary, *options):
    rows, replies = measured(binary)
    text = document(rows, replies)
    wishes = dict(zip(options[::2], options[1::2]))
    if "--write" in wishes:
        Path(wishes["--write"]).write_text(text)
    if "--check" in wishes:
        faults = list(grown(rows, Path(wishes["--check"]).read_text()))
        print("\n".join(faults) or f"{len(rows)} replies are no larger than written down")
        return 1 if faults else 0
    print(text)
    return 0


if __name__ == "__main__":
    if len(sys.argv) % 2 or not set(sys.argv[2::2]) <= {"--write", "--check"}:
        raise SystemExit(__doc__)
    sys.exit(main(*sys.argv[1:]))
