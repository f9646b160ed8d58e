#!/usr/bin/env python3
"""The service desk API as the bridge asks it and the sandbox answers it, judged by a client that we did not write.

Usage: service_desk.py BINARY

Atlassian's OpenAPI document for Service Management is not at hand; jira.js is made from it. Each request must be what that
client sends for the same thing, and each answer must fit its schemas, without a member that they lack. What the document
leaves open is not judged: what values mean, which refusals there are, and what scopes a token needs.

Exit 0 when nothing is wrong.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parent / "clients"), str(HERE.parent / "signin")]

import install
from between import Between
from bridge import Mcp, json_line, process

API = "/rest/servicedeskapi/"
# Who calls what, and the error that is expected.
STEPS = [
    ("anna", "jira_list_service_desks", {}, None),
    ("anna", "jira_list_request_types", {"service_desk": "OPS", "request_type": "Report an incident"}, None),
    ("anna", "jira_list_queues", {"service_desk": "Operations"}, None),
    ("anna", "jira_get_queue_issues", {"service_desk": "1", "queue_id": "All open", "max_results": 5, "start_at": 5}, None),
    ("anna", "jira_get_request", {"issue_key": "OPS-1", "include": "sla,approvals,participants"}, None),
    ("carla", "jira_get_request", {"issue_key": "OPS-1", "include": "sla"}, None),
    ("anna", "jira_get_request", {"issue_key": "OPS-10"}, "not_found"),
    (
        "anna",
        "jira_create_request",
        {
            "service_desk": "OPS",
            "request_type": "Request a change",
            "summary": "From the contract",
            "description": "With **rich** text.",
            "fields": {"Change type": "Normal", "When": "2030-01-02T10:00Z"},
            "on_behalf_of": "Greta Tester",
        },
        None,
    ),
    ("anna", "jira_answer_approval", {"issue_key": "$key", "decision": "approve"}, None),
    ("anna", "jira_get_request", {"issue_key": "$key", "include": "approvals"}, None),
]


def installed():
    """Node's path and the folder with the judge."""
    cache = Path(os.environ.get("CLIENTS_CACHE") or install.default_cache())
    cache.mkdir(parents=True, exist_ok=True)
    pins = [HERE / "judge/package.json", HERE / "judge/package-lock.json"]

    def fill(target):
        for pin in pins:
            shutil.copy(pin, target)
        install.quiet(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=target)

    target = install.folder(cache, "contract", pins, fill)
    # Node looks for modules beside the file that names them.
    shutil.copy(HERE / "judge/judge.mjs", target)
    return os.pathsep.join(filter(None, [install.node_folder(cache), os.environ["PATH"]])), target


class Recording(Between):
    def __init__(self, to):
        self.exchanges = []
        super().__init__(self.keep)
        self.to = urlsplit(to).netloc

    def keep(self, asked, forward):
        answer = forward(asked)
        if API in asked.path:
            path, _, query = asked.path.partition("?")
            self.exchanges.append(
                {
                    "method": asked.method,
                    "path": path,
                    "query": query,
                    "body": json.loads(asked.body) if asked.body else None,
                    "status": answer.status,
                    "answer": json.loads(answer.body) if answer.body else None,
                }
            )
        return answer


def walk(tokens, url):
    faults, key = [], ""
    for user, tool, arguments, expected in STEPS:
        arguments = {name: key if value == "$key" else value for name, value in arguments.items()}
        failed, answer = Mcp(url, tokens[user]).call(tool, **arguments)
        error = answer.get("error", answer.get("message")) if failed else None
        if error != expected:
            faults.append(f"unexpected: {user} {tool}: wanted {expected}, got {json.dumps(answer)[:300]}")
        key = answer.get("key", key) if tool == "jira_create_request" else key
    return faults


def main(binary):
    path, folder = installed()
    settings = {"PORT": "0", "TOOLSETS": "jsm", "RATE_LIMIT_PER_USER_PER_MINUTE": "10000"}
    with process([binary, "demo", "--json", "--jira-only"], settings) as jira:
        info = json_line(jira)
        between = Recording(info["jira_url"])
        with process([binary, "demo", "--json"], {**settings, "JIRA_API_BASE_URL": between.url}) as child:
            faults = walk(info["tokens"], json_line(child)["mcp_url"])
    lines = "".join(json.dumps(exchange) + "\n" for exchange in between.exchanges)
    env = {"PATH": path, "AUDIT_SCHEMAS": "true", "HOME": os.environ.get("HOME", "/")}
    judged = subprocess.run(["node", folder / "judge.mjs"], input=lines, env=env, text=True, capture_output=True, timeout=120)
    print(judged.stdout + judged.stderr, end="")
    wrong = [line for line in judged.stdout.splitlines() if line.startswith(("violation", "never"))]
    for fault in faults:
        print(fault)
    print(f"{len(STEPS) - len(faults)} passed, {len(faults) + len(wrong)} failed")
    return 1 if faults or wrong or judged.returncode else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    sys.exit(main(str(Path(sys.argv[1]).resolve())))
