"""A client that behaves like Copilot Studio: what its connector's files say, four posts for each turn of the user."""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "tests/clients"), str(ROOT / "tests/signin")]

from copilot_studio import AGENT, HEADERS, NOTIFICATION
from exchange import send


class CopilotStudio:
    """One signed-in user; `url` is where the connector's files lead."""

    def __init__(self, url, token, headers=()):
        self.url = url
        self.headers = [*HEADERS.items(), ("Authorization", f"Bearer {token}"), *headers]

    def post(self, method, params=None, number="1"):
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params or {}}
        return self.send(message)

    def send(self, message):
        return send(self.url, headers=self.headers, body=json.dumps(message).encode())

    def turn(self, tool, **arguments):
        """The replies of one turn: initialize, the notification, tools/list, tools/call."""
        hello = {"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": AGENT, "sessionContext": {}}
        return [
            self.post("initialize", hello, "1"),
            self.send({**NOTIFICATION, "id": None}),
            self.post("tools/list", {}, "2"),
            self.post("tools/call", {"name": tool, "arguments": arguments}, "3"),
        ]


def is_good(turn):
    """Whether a turn went as Copilot Studio needs it."""
    hello, noted, listed, called = turn
    return (
        [reply.status for reply in turn] == [200, 202, 200, 200]
        and noted.body == b""
        and hello.json["result"]["protocolVersion"] == "2024-11-05"
        and any(tool["name"] == "jira_search" for tool in listed.json["result"]["tools"])
        and called.json["result"].get("isError") is not True
    )


def connector_place():
    """(base path, path) of the stored connector."""
    definition = json.loads((ROOT / "connector/apiDefinition.swagger.json").read_text())
    (path,) = definition["paths"]
    return definition["basePath"], path
