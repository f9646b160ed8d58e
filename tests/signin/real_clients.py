"""The clients, each with its own store of tokens, its own way to be started and to open a browser."""

import json
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "clients"))

import clients
import scenario
from inspector_page import free_ports

LIFE_SECONDS = 300


class Piped(clients.Library):
    """A library behind a pipe; it is started again with what it stored."""

    seconds = LIFE_SECONDS
    # How often the browser opens when the client starts with stored tokens that have ended.
    opens_next_day = 0

    def __init__(self, name, command, bridge, person, document=None):
        self.store = person.home / "store"
        self.document = document
        super().__init__(name, command, person.installed, bridge, "default", None)
        self.command = [*command, bridge.url, self.store, *([document.url] if document else [])]

    def whoami(self):
        return who(self.call("jira_whoami", {}))

    def grant(self):
        """The client's id and tokens."""
        return self.ask({"method": "grant"})


class PythonPiped(Piped):
    # It keeps no record of when a stored token ends: it sends it, and asks the person when it is refused.
    # Source: mcp.client.auth.oauth2, OAuthClientProvider._initialize and async_auth_flow, 1.30.0 and 2.3.0
    opens_next_day = 1


class Remote(clients.OverStdio):
    """mcp-remote between a program that knows no HTTP and the bridge."""

    seconds = LIFE_SECONDS
    opens_next_day = 0

    def __init__(self, bridge, person):
        installed, (port,) = person.installed, free_ports(1)
        self.folder = person.home / "remote"
        started = {
            "command": str(installed.npm / "node_modules/.bin/mcp-remote"),
            "args": [bridge.url, port, "--transport", "http-only"],
            "env": {**installed.env, "MCP_REMOTE_CONFIG_DIR": str(self.folder)},
        }
        python = [installed.python[2], "python_client.py"]
        super().__init__("mcp-remote", python, started, installed, bridge, "legacy", None, "mcp-remote")

    def whoami(self):
        return who(self.call("jira_whoami", {}))

    def grant(self):
        (known,) = self.folder.rglob("*_client_info.json")
        (tokens,) = self.folder.rglob("*_tokens.json")
        return {**json.loads(tokens.read_text()), "client_id": json.loads(known.read_text())["client_id"]}


class InspectorCli(clients.Inspector):
    """The Inspector's command line: every call is a start with stored tokens."""

    opens_next_day = 0

    def __init__(self, bridge, person, document=None):
        (port,) = free_ports(1)
        self.options = ["--callback-url", f"http://127.0.0.1:{port}/oauth/callback"]
        if document:
            self.options += ["--client-metadata-url", document.url]
        # It opens a browser by itself only where there is a terminal.
        person.installed.env.update(MCP_AUTO_OPEN_ENABLED="true", MCP_INSPECTOR_SECRET_STORE="file")
        self.home, self.document = person.home, document
        super().__init__(person.installed, bridge, "auto", None)

    def server(self):
        return [self.demo.url, "--transport", "http", *self.options]

    def whoami(self):
        return who(self.call("jira_whoami", {}))

    def grant(self):
        folder = self.home / ".mcp-inspector"
        (tokens,) = json.loads((folder / "secrets.json").read_text())["secrets"].values()
        (client_id,) = set(re.findall(r'"client_id": "([^"]+)"', (folder / "storage/oauth.json").read_text()))
        return {**json.loads(tokens), "client_id": client_id}


class Mcporter(clients.Client):
    """mcporter with the server in its configuration: every call is a start with stored tokens."""

    name = "mcporter"
    opens_next_day = 0

    def __init__(self, bridge, person):
        super().__init__(person.installed, bridge, "default", None)
        manifest = self.installed.npm / "node_modules/mcporter/package.json"
        self.version = json.loads(manifest.read_text())["version"]
        # With another port at each start it would register anew, and lose what it had.
        (port,) = free_ports(1)
        self.home, self.configuration = person.home, person.home / "mcporter.json"
        server = {"url": bridge.url, "auth": "oauth", "oauthRedirectUrl": f"http://127.0.0.1:{port}/callback"}
        self.configuration.write_text(json.dumps({"mcpServers": {"jira": server}}))

    def whoami(self):
        program = [self.installed.npm / "node_modules/.bin/mcporter", "--config", self.configuration, "--oauth-timeout", "20000"]
        done = subprocess.run(
            [*program, "call", "jira.jira_whoami", "--output", "json"],
            cwd=self.home,
            env=self.installed.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=clients.SECONDS,
        )
        try:
            return json.loads(done.stdout)["name"]
        except (ValueError, KeyError):
            return f"exit code {done.returncode}: {done.stdout[-400:]} {done.stderr[-600:]}"

    def grant(self):
        kept = json.loads((self.home / ".mcporter/credentials.json").read_text())
        (entry,) = kept["entries"].values()
        return {**entry["tokens"], "client_id": entry["clientInfo"]["client_id"]}


def who(result):
    """The name in a result of jira_whoami, or what came in its place."""
    if result.get("isError") or "content" not in result:
        return json.dumps(result)[:600]
    found = scenario.payload(result)
    return found.get("name") or json.dumps(found)[:600]


def library(kind, name, program, script, *options):
    def make(bridge, person, document=None):
        start = person.installed.python.get(program, program)
        return kind(name, [start, HERE / script, *options], bridge, person, document)

    return make


# How each is made for a bridge and a person.
EVERYONE = {
    "Python mcp 1": library(PythonPiped, "Python mcp", 1, "python_client.py"),
    "Python mcp 2": library(PythonPiped, "Python mcp", 2, "python_client.py"),
    "FastMCP": library(Piped, "FastMCP", "fastmcp", "fastmcp_client.py"),
    "TypeScript sdk": library(Piped, "TypeScript sdk", "node", "typescript_client.mjs", "sdk"),
    "TypeScript client": library(Piped, "TypeScript client", "node", "typescript_client.mjs", "client"),
    "mcp-remote": Remote,
    "Inspector --cli": InspectorCli,
    "mcporter": Mcporter,
}
# The other two take no address of a document.
WITH_DOCUMENT = [name for name in EVERYONE if name not in ("mcp-remote", "mcporter")]
