"""The bridge's four tools, used by MCP clients that others wrote: a whole conversation with the sandbox agent."""

from dataclasses import dataclass

from clients import Inspector, InspectorConfigured, Library, OverStdio
from conversation import GREETING, HELLO, PARTS, SAID
from scenario import Row, payload

START, SEND, HISTORY, END = TOOLS = ("start_conversation", "send_message", "get_conversation_history", "end_conversation")
MODERN = "2026-07-28"


@dataclass
class Server:
    """What the clients of tests/clients ask of a demo; `url` may lead through a recorder."""

    url: str
    token: str
    home: str


def perform(client, row, has_history):
    row.check("negotiated", client.negotiated, lambda got: got == client.expected)
    row.check("the four tools", client.tools(), lambda got: sorted(tool["name"] for tool in got) == sorted(TOOLS))

    def answer(what, tool, holds, **arguments):
        result = client.call(tool, arguments)
        row.check(what, result, lambda got: not got.get("isError") and holds(payload(got)))
        return payload(result)

    def texts(got):
        return [message["text"] for message in got["messages"]]

    def refused(what, tool, code="not_found", **arguments):
        result = client.call(tool, arguments)
        row.check(what, result, lambda got: got["isError"] is True and payload(got)["error"] == code)

    begun = answer(
        "a greeting",
        START,
        lambda got: got["status"] == "started" and got["response"].startswith(GREETING) and len(got["messages"]) == 1,
    )
    here = {"conversationId": begun["conversationId"]}
    answer(
        "an answer",
        SEND,
        lambda got: got["response"] == SAID + HELLO and texts(got) == [SAID + HELLO] and got["status"] == "completed",
        message=HELLO,
        **here,
    )
    answer("several messages", SEND, lambda got: texts(got) == PARTS, message="/several 3", **here)
    client.progress_checks(row, here)
    if has_history:
        said = [HELLO, SAID + HELLO, "/several 3", *PARTS]
        answer("history", HISTORY, lambda got: texts(got)[1:7] == said and texts(got)[0].startswith(GREETING), **here)
        sides = ["agent", "user", "agent", "user", *["agent"] * 3]
        answer("both sides", HISTORY, lambda got: [one["from"] for one in got["messages"]][:7] == sides, **here)
        answer("a page of history", HISTORY, lambda got: len(got["messages"]) == 2 and got["next_page_token"], limit=2, **here)
    else:
        refused("no history", HISTORY, "invalid_argument", **here)
    answer("the end", END, lambda got: got["status"] == "ended" and got["messageCount"] >= 7, **here)
    refused("nothing is sent after the end", SEND, message="more", **here)
    refused("no history after the end", HISTORY, **here)
    refused("a made-up id", SEND, message="more", conversationId=begun["conversationId"][:-8] + "aaaaa-us")


class Told:
    """Hears of progress where it asks for it."""

    def progress_checks(self, row, here):
        asked = {"method": "call", "name": SEND, "arguments": {"message": "/typing", **here}}
        told = self.ask(asked | {"progress": True})
        row.check("the answer after typing", told, lambda got: payload(got)["response"] == SAID + "/typing")
        row.check("progress", told, lambda got: any("typing" in message for message in got["progress"]))
        streamed = self.ask(asked | {"arguments": {"message": "/chunks delta", **here}, "progress": True})
        row.check("progress of text", streamed, lambda got: any(message.startswith(SAID) for message in got["progress"]))


class Untold:
    def progress_checks(self, row, here):
        pass


class PythonOverStdio(Told, OverStdio):
    pass


class PythonOverHttp(Told, Library):
    pass


class InspectorOverStdio(Untold, InspectorConfigured):
    """Starts the server anew for each call: a conversation must outlive it."""

    def server(self):
        return ["--config", self.path, "--server", "helpdesk"]


class InspectorOverHttp(Untold, Inspector):
    pass


def over_http(kind, installed, server):
    if kind == "Inspector":
        return InspectorOverHttp(installed, server, "auto", MODERN)
    return PythonOverHttp("Python mcp", [installed.python[2], "python_client.py"], installed, server, "auto", MODERN)


def over_stdio(kind, installed, home, servers):
    """`servers` as it stands in a client's configuration file."""
    server = Server("", "", home)
    if kind == "Inspector":
        return InspectorOverStdio({"mcpServers": servers}, installed, server, "modern", MODERN)
    command = [installed.python[2], "python_client.py"]
    return PythonOverStdio("Python mcp", command, servers["helpdesk"], installed, server, "auto", MODERN)


def play(client, era, has_history=True) -> Row:
    row = Row(client.name, era=era)
    try:
        with client:
            row.version = client.version
            perform(client, row, has_history)
    except Exception as fault:  # A client that cannot even start is one failed check of its row.
        row.failures.append(f"{type(fault).__name__}: {fault}")
    return row
