"""Clients under test: a library driven over a pipe, and the Inspector's command line."""

import json
import subprocess
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
SECONDS = 180


class Client:
    """What `scenario.play` needs; `verbatim` says that arguments leave the client as they were given."""

    verbatim = True

    def __init__(self, installed, demo, mode, expected):
        self.installed, self.demo, self.mode, self.expected = installed, demo, mode, expected

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def further_checks(self, row):
        pass


class Library(Client):
    """A client library in its own process: one JSON line in, one JSON line out."""

    # It is ended after so long, whatever it waits for.
    seconds = SECONDS

    def __init__(self, name, command, installed, demo, mode, expected):
        super().__init__(installed, demo, mode, expected)
        self.name = name
        program, script, *options = command
        self.command = [program, HERE / script, *options, *self.server(), mode]

    def server(self):
        """What the script is told about the server."""
        return [self.demo.url, self.demo.token]

    def __enter__(self):
        env = {**self.installed.env, "NPM_FOLDER": str(self.installed.npm)}
        self.process = subprocess.Popen(
            self.command,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        self.watchdog = threading.Timer(self.seconds, self.process.kill)
        self.watchdog.start()
        try:
            hello = self.receive()
        except BaseException:
            self.__exit__()
            raise
        self.version, self.negotiated = hello["version"], hello["negotiated"]
        return self

    def __exit__(self, *_):
        self.watchdog.cancel()
        self.process.kill()
        self.process.communicate()

    def tools(self):
        return self.ask({"method": "list"})["tools"]

    def call(self, tool, arguments):
        return self.ask({"method": "call", "name": tool, "arguments": arguments})

    def ask(self, question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return self.receive()

    def receive(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the client ended: {self.process.stderr.read()[-2000:]}")
        return json.loads(line)


class OverStdio(Library):
    """The same, with a command that the client starts and speaks to over its standard streams."""

    def __init__(self, name, command, started, installed, demo, mode, expected, package=None):
        self.started, self.package = started, package
        super().__init__(name, command, installed, demo, mode, expected)

    def __enter__(self):
        super().__enter__()
        if self.package:
            # What is under test is the command, not the library that speaks to it.
            manifest = self.installed.npm / "node_modules" / self.package / "package.json"
            self.version = json.loads(manifest.read_text())["version"]
        return self

    def server(self):
        return [json.dumps(self.started), "-"]


class Inspector(Client):
    """The Inspector's command line: a process, and so a connection, for every call."""

    name = "Inspector --cli"
    # It reads arguments by the tool's schema first: "many" for an integer becomes null on the wire.
    verbatim = False

    def __enter__(self):
        self.program = self.installed.npm / "node_modules/.bin/mcp-inspector"
        manifest = self.installed.npm / "node_modules/@modelcontextprotocol/inspector/package.json"
        self.version = json.loads(manifest.read_text())["version"]
        self.exit_codes = {}
        self.negotiated = self.result("--method", "initialize")["protocolVersion"]
        return self

    def tools(self):
        # Strict: a schema that some client could not use is an exit code.
        return self.result("--method", "tools/list", "--strict")["tools"]

    def call(self, tool, arguments):
        command = ["--method", "tools/call", "--tool-name", tool]
        for key, value in arguments.items():
            text = value if isinstance(value, str) else json.dumps(value)
            command += ["--tool-arg", f"{key}={text}"]
        return self.result(*command)

    def further_checks(self, row):
        row.check("exit code of tools/list --strict", self.exit_codes["tools/list"], lambda code: code == 0)
        row.check("exit code of a refused call, the last one", self.exit_codes["tools/call"], lambda code: code == 5)

    def server(self):
        return [self.demo.url, "--transport", "http", "--header", f"Authorization: Bearer {self.demo.token}"]

    def result(self, *arguments):
        command = [self.program, "--cli", *self.server()]
        command += ["--protocol-era", self.mode, "--format", "json", "-q", *arguments]
        done = subprocess.run(
            command,
            env=self.installed.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
        )
        if not done.stdout:
            raise RuntimeError(f"exit code {done.returncode}: {done.stderr[-2000:]}")
        self.exit_codes[arguments[1]] = done.returncode
        return json.loads(done.stdout)["result"]


class InspectorConfigured(Inspector):
    """The same with the server in a configuration file, as clients like Claude Desktop read it."""

    name = "Inspector --cli, config file"

    def __init__(self, configuration, installed, demo, mode, expected):
        super().__init__(installed, demo, mode, expected)
        self.path = Path(demo.home, f"servers-{mode}.json")
        self.path.write_text(json.dumps(configuration))

    def server(self):
        return ["--config", self.path, "--server", "jira"]
