"""Starts the demo's parts and speaks MCP to the bridge; standard library only, loopback only."""

import json
import os
import subprocess
import urllib.error
import urllib.request
from contextlib import contextmanager


@contextmanager
def process(command, env):
    """A child that is ended in any case; its environment is exactly `env` and what programs need to run."""
    full = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    child = subprocess.Popen(command, env={**full, **env}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()


def json_line(child):
    """The line that `demo --json` prints when it is ready."""
    line = child.stdout.readline()
    try:
        return json.loads(line)
    except ValueError:
        raise SystemExit(f"no JSON line from the demo: {line[:200]!r}") from None


class Mcp:
    """One user's view of an MCP endpoint."""

    def __init__(self, url, token):
        self.url, self.token = url, token

    def call(self, tool, **arguments):
        """(is_error, the decoded text block or the JSON-RPC error)."""
        body = {"jsonrpc": "2.0", "id": "1", "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
        request = urllib.request.Request(
            self.url,
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                reply = json.load(answer)
        except urllib.error.HTTPError as error:
            reply = json.load(error)
        if "result" not in reply:
            return True, reply.get("error", reply)
        result = reply["result"]
        text = next((block["text"] for block in result["content"] if block["type"] == "text"), "null")
        return bool(result.get("isError")), json.loads(text)
