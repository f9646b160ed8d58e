#!/usr/bin/env python3
"""A tour through the tools with a judge between the bridge and the sandbox Jira.

Usage: tour.py BINARY GATE     GATE is the command of a validating proxy that takes --upstream and --port,
answers /__gate/summary and /__gate/log, and holds every exchange against Atlassian's OpenAPI documents.

Exit 0 when neither the bridge's requests nor the sandbox's answers violate the documents.
"""

import json
import socket
import subprocess
import sys
import time
import urllib.request

from bridge import Mcp, json_line, process
from steps import STEPS


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(url, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            return urllib.request.urlopen(url, timeout=5).read()
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"nothing answers at {url}")


def fill(value, kept):
    """A step's argument with what earlier steps answered."""
    if isinstance(value, list):
        return [fill(item, kept) for item in value]
    return kept.get(value, value) if isinstance(value, str) else value


def walk(tokens, mcp_url):
    """Takes every step as its user; the texts of failures that were not expected."""
    faults, kept = [], {}
    for user, tool, arguments, expected in STEPS:
        filled = {name: fill(value, kept) for name, value in arguments.items()}
        failed, answer = Mcp(mcp_url, tokens[user]).call(tool, **filled)
        error = answer.get("error", answer.get("message")) if failed else None
        if error != expected:
            faults.append(f"{user} {tool} {json.dumps(filled)[:80]}: wanted {expected}, got {json.dumps(answer)[:200]}")
        if isinstance(answer, dict):
            for name in ("key", "comment_id", "worklog_id", "attachment_id", "confirm", "task_id", "id"):
                if name in answer:
                    kept[f"${tool}.{name}"] = answer[name]
    return faults


def main(binary, gate):
    port = free_port()
    settings = {"PORT": "0", "RATE_LIMIT_PER_USER_PER_MINUTE": "10000", "RETRY_BASE_MS": "1"}
    settings["TOOLSETS"] = "core,context,collab,agile,bulk,manage,destructive"
    with process([binary, "demo", "--json", "--jira-only"], settings) as jira:
        info = json_line(jira)
        judge = [gate, "--upstream", info["jira_url"], "--port", str(port), "--log", "/dev/null"]
        with process(judge, {}):
            wait_for(f"http://127.0.0.1:{port}/__gate/summary", 120)
            bridge = {**settings, "JIRA_API_BASE_URL": f"http://127.0.0.1:{port}"}
            with process([binary, "demo", "--json"], bridge) as child:
                faults = walk(info["tokens"], json_line(child)["mcp_url"])
            summary = json.loads(wait_for(f"http://127.0.0.1:{port}/__gate/summary", 10))
            log = wait_for(f"http://127.0.0.1:{port}/__gate/log", 10).decode()
    violations = [line for line in log.splitlines() if line.strip() and json.loads(line).get("violations")]
    for fault in faults:
        print("unexpected:", fault)
    for line in violations:
        entry = json.loads(line)
        for violation in entry["violations"]:
            print(f"violation: {entry['method']} {entry['path']} {entry['status']}: {violation['side']} {violation['message'][:200]}")
    print(json.dumps(summary)[:300])
    print(f"{len(STEPS) - len(faults)} passed, {len(faults) + len(violations)} failed")
    return 1 if faults or violations else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    try:
        sys.exit(main(sys.argv[1], sys.argv[2]))
    except subprocess.SubprocessError as error:
        raise SystemExit(str(error)) from None
