"""What people read in real clients when the server refuses them: our words, where the client shows any."""

import subprocess

from clients import HERE, SECONDS
from scenario import Row

NOBODY = "authorization=Bearer nobody-has-this-token"
ENDPOINT = "The MCP endpoint is POST /mcp"


def play(installed, demo) -> Row:
    row = Row("refused", era="as told")

    def told(*command):
        done = subprocess.run(
            command, env=installed.env, cwd=demo.home, capture_output=True, encoding="utf-8", timeout=SECONDS
        )
        return " ".join((done.stdout + done.stderr).split())

    def python(url, *headers, size=0):
        return told(installed.python[2], HERE / "python_refused.py", url, str(size), *headers)

    try:
        row.version = "mcp 2, mcporter"
        base = demo.url.removesuffix("/mcp")
        evil = "origin=https://evil.example"
        for what, said, words in [
            ("no token", python(demo.url), "access token is missing"),
            ("a token of no form", python(demo.url, "authorization=Basic abc"), "not of the Bearer scheme"),
            ("the root", python(f"{base}/"), ENDPOINT),
            ("another path", python(f"{base}/mcp/nothing", NOBODY), ENDPOINT),
            ("a web page", python(demo.url, NOBODY, evil), "Web pages of that origin may not call this server"),
        ]:
            row.check(f"Python 2, {what}", said, lambda said, words=words: words in said)
        # The client is still sending when the answer comes: a connection that is closed at once would be all it sees.
        token = f"authorization=Bearer {demo.token}"
        for size in (1_100_000, 3_000_000):
            said = python(demo.url, token, size=size)
            row.check(f"Python 2, {size} bytes", said, lambda said: "The body is larger than" in said)
        # It tries an event stream when a POST fails, and shows the last thing it heard.
        mcporter = installed.npm / "node_modules/.bin/mcporter"
        said = told(mcporter, "list", demo.url, "--allow-http")
        row.check("mcporter, no token", said, lambda said: "401" in said and "mcporter auth" in said and "405" not in said)
    except Exception as fault:  # One failed row, so that the other rows are still shown.
        row.failures.append(f"{type(fault).__name__}: {fault}")
    return row
