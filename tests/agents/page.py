"""docs/AGENTS.md: its configurations are used at the sandbox agent, its examples compared with real answers."""

import json
import re
import shlex
from contextlib import ExitStack

import blocks
import tools
from clients import HERE
from recorder import Recorder
from scenario import Row, payload

PAGE = HERE.parents[1] / "docs/AGENTS.md"
# Each language of the page's blocks, with how many there must at least be of it.
LANGUAGES = {"console": 1, "json": 10, "sh": 1, "toml": 1}
# The program that ours replaces; its package is gone.
GONE = "copilot-studio-agent-direct-line-mcp"
HELLO = ["--method", "tools/call", "--tool-name", tools.SEND, "--tool-arg", "message=hello"]


def play(installed, binary, sandbox, demo, home) -> Row:
    return blocks.play(PAGE, LANGUAGES, lambda: Page(installed, binary, sandbox, demo, home))


class Page(blocks.Page):
    """How each kind of block is tried; `demo` is a bridge over HTTP."""

    def __init__(self, installed, binary, sandbox, demo, home, name="documented"):
        super().__init__(installed, home, name)
        self.binary, self.sandbox, self.demo = binary, sandbox, demo
        # What the page takes for granted: its default is Microsoft's service.
        self.here = {"DIRECT_LINE_ENDPOINT": sandbox["directline_url"]}
        self.secret = self.folder / "secret"
        self.secret.write_text(sandbox["directline_secret"] + "\n")
        self.real = None

    def values(self):
        return {
            "/path/to/jira-mcp-bridge": str(self.binary),
            "https://agents.example.com/mcp": self.demo.url,
            "DIRECT_LINE_SECRET_FILE=SECRET ": f"DIRECT_LINE_SECRET_FILE={self.secret} ",
            "${input:direct-line-secret}": self.sandbox["directline_secret"],
            "YOUR_SECRET": self.sandbox["directline_secret"],
        }

    def first(self, folder, address):
        """The page's first configuration with this address of Direct Line, and a folder of its own."""
        (text, *_) = [text for name, text in blocks.BLOCK.findall(PAGE.read_text()) if name == "json"]
        _, servers = self.configuration(Row("the first"), text)
        servers["helpdesk"]["env"]["DIRECT_LINE_ENDPOINT"] = address
        folder.mkdir()
        return servers, str(folder)

    def json(self, row, text):
        read = json.loads(self.filled(text))
        if not {"servers", "mcpServers"} & set(read):
            self.example(row, read)
            return
        key, servers = self.configuration(row, text)
        for name, server in servers.items():
            if GONE in server.get("args", []):
                row.check("what ours replaces", server["args"], lambda args: args == ["-y", GONE])
            else:
                self.connected(row, f"{key}.{name}", server)

    def connected(self, row, what, server):
        """The agent answers by this server."""
        if "url" in server:
            # The page's clients sign in; the demo hands out tokens.
            server = server | {"headers": {"Authorization": f"Bearer {self.demo.token}"}}
        else:
            server = server | {"env": server["env"] | self.here}
        row.check(what, self.inspected({"one": server}, "one", *HELLO), answered)

    def example(self, row, shown):
        """An answer of a tool: made of nothing that no real answer has."""
        self.real = self.real or self.answers()
        kind = kind_of(shown)
        invented = sorted(places(shown) - self.real.get(kind, set()))
        row.check(f"answer, {kind}", {"no answer has": invented}, lambda got: not got["no answer has"])

    def answers(self):
        """What stands where in the answers of each kind."""
        address, real = self.sandbox["directline_url"], {}
        with ExitStack() as running:
            recorder = running.enter_context(Recorder(address, said=asking_for_all))
            env = {"TOOLSETS": "agent", "DIRECT_LINE_SECRET": self.sandbox["directline_secret"]}
            env |= {"DIRECT_LINE_ENDPOINT": recorder.leads(address), "AGENT_REPLY_TIMEOUT_MS": "4000"}
            server = {"command": str(self.binary), "args": ["stdio"], "env": env}
            client = tools.over_stdio("Python", self.installed, str(self.folder), {"helpdesk": server})
            running.enter_context(client)

            def call(tool, **arguments):
                got = payload(client.call(tool, arguments))
                real.setdefault(kind_of(got), set()).update(places(got))
                return got

            here = {"conversationId": call(tools.START)["conversationId"]}
            for message in ("/card", "/cite", "/slow 5"):
                call(tools.SEND, message=message, **here)
            call(tools.HISTORY, limit=2, **here)
            call(tools.END, **here)
            call(tools.HISTORY, **here)
        return real

    def sh(self, row, text):
        self.env |= self.here
        row.check("from a shell", self.run(["bash", "-c", self.filled(text)]), answered)

    def toml(self, row, text):
        """The file of several agents: the first of them is the sandbox here."""
        path = self.folder / "agents.toml"
        text = self.filled(text.replace("/run/secrets/helpdesk", str(self.secret)).replace("YOUR_OLD_SECRET", "another-secret"))
        text = text.replace("https://europe.directline.botframework.com", self.sandbox["directline_url"])
        path.write_text(text.replace("https://…/", "https://example.environment.api.powerplatform.com/"))
        server = {"command": str(self.binary), "args": ["stdio"], "env": {"TOOLSETS": "agent", "AGENTS_FILE": str(path)}}
        row.check("the first agent", self.inspected({"one": server}, "one", *HELLO), answered)
        named = self.inspected({"one": server}, "one", *HELLO, "--tool-arg", "agent=nobody")
        names = re.findall(r"^\[(\w+)\]", text, re.MULTILINE)
        row.check("their names", named, lambda done: len(names) >= 2 and all(name in done["out"] for name in names))

    def console(self, row, text):
        """Lines for a program that is not here: read word by word, and what they add is used."""
        for line in self.filled(text).splitlines():
            words = shlex.split(line)
            row.check(line[:60], words, lambda words: words[:3] == ["claude", "mcp", "add"])
            if "--transport" in words:
                row.check("transport", words, lambda words: words[words.index("--transport") + 1] == "http")
                server = {"type": "http", "url": words[-1]}
            else:
                program, *arguments = words[words.index("--") + 1 :]
                env = dict(word.split("=", 1) for flag, word in zip(words, words[1:]) if flag == "--env")
                server = {"command": program, "args": arguments, "env": env}
            self.connected(row, line[:60], server)


def answered(done):
    return done["code"] == 0 and "You said: hello" in done["out"]


def kind_of(got):
    if "error" in got:
        return "error"
    return got.get("status") or "history"


def asking_for_all(activities):
    """No card of the sandbox has an input that must be filled in; here all must be."""
    return json.loads(json.dumps(activities).replace('"type": "Input.Text"', '"type": "Input.Text", "isRequired": true'))


def places(got, at=""):
    """Where members stand, such as `messages.attachments.text`."""
    if isinstance(got, list):
        return set().union(*(places(one, at) for one in got))
    if not isinstance(got, dict):
        return set()
    inside = (places(one, f"{at}{name}.") for name, one in got.items() if name != "value")
    return {at + name for name in got}.union(*inside)
