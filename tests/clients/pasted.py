"""What the demo prints for people to paste, run as it stands."""

import json
import re
import subprocess
from pathlib import Path

from clients import SECONDS
from demo import Demo
from scenario import NEEDED, Row


def play(binary, home, installed) -> Row:
    row = Row("printed by demo", era="as pasted")
    # Read by curl from its home: the pasted line stays as it is and still shows the status.
    Path(home, ".curlrc").write_text('write-out = "\\n%{http_code}"\n')
    env = {**installed.env, "CURL_HOME": home}

    def paste(line):
        return subprocess.run(
            ["bash", "-c", line], env=env, cwd=installed.npm, capture_output=True, encoding="utf-8", timeout=SECONDS
        )

    try:
        with Demo(binary, home, arguments=()) as demo:
            # The last line of the instructions; everything to paste stands before it.
            text = demo.read_until("Stop with")
            lines = text.splitlines()
            row.version = curl_version()
            curls = [line for line in lines if line.startswith("curl ")]
            row.check("curl lines", len(curls), lambda count: count >= 5)
            for line in curls:
                called = re.search(r'"(?:name":"jira_\w+|method":"[a-z]+/?[a-z]*)"', line[line.index(" -d ") :])
                row.check(f"curl {called and called[0]}", paste(line).stdout, answered)
            # npx finds the installed Inspector in the working folder and may not ask a registry, so not for the latest.
            env["npm_config_offline"] = "true"
            for line in [line for line in lines if line.startswith("npx ")]:
                row.check(
                    "npx line",
                    paste(line.replace("@latest", "")).stdout,
                    lambda out: NEEDED <= {tool["name"] for tool in json.loads(out)["tools"]},
                )
            url = re.search(r"^ *MCP +(\S+)", text, re.MULTILINE)[1]
            over_http, over_stdio = blocks(text)
            row.check("mcp.json", over_http, lambda found: found["servers"]["jira"]["url"] == url)
            row.check("mcpServers", over_stdio, lambda found: found["mcpServers"]["jira"]["args"] == ["stdio"])
            for servers in (over_http["servers"], over_stdio["mcpServers"]):
                # The Inspector reads the same shape, and connects with exactly what stands there.
                path = Path(home, "pasted.json")
                path.write_text(json.dumps({"mcpServers": servers}))
                inspector = installed.npm / "node_modules/.bin/mcp-inspector"
                line = f"{inspector} --cli --config {path} --server jira --format json -q --method tools/list"
                row.check(
                    f"connected by {'url' if 'url' in servers['jira'] else 'command'}",
                    paste(line).stdout,
                    lambda out: NEEDED <= {tool["name"] for tool in json.loads(out)["result"]["tools"]},
                )
    except Exception as fault:  # One failed row, so that the other rows are still shown.
        row.failures.append(f"{type(fault).__name__}: {fault}")
    return row


def answered(printed: str) -> bool:
    body, _, status = printed.rpartition("\n")
    answer = json.loads(body)
    return status == "200" and not answer["result"].get("isError")


def blocks(text: str):
    """The configuration files, as the demo prints them: each from a line `{` to a line `}`."""
    return [json.loads(block) for block in re.findall(r"^\{$.*?^\}$", text, re.MULTILINE | re.DOTALL)]


def curl_version() -> str:
    return subprocess.check_output(["curl", "--version"], text=True).split()[1]
