"""What docs/CLIENTS.md shows, run as it stands with the demo's address and tokens put in."""

import json
import re
import shlex
import subprocess
import threading
from urllib.parse import parse_qs, urlsplit

import blocks
from clients import HERE, SECONDS

PAGE = HERE.parents[1] / "docs/CLIENTS.md"
# Each language of the page's blocks, with how many there must at least be of it.
LANGUAGES = {"console": 2, "json": 5, "js": 1, "powershell": 1, "python": 1, "sh": 3}


def play(installed, demo, home):
    return blocks.play(PAGE, LANGUAGES, lambda: Page(installed, demo, home))


class Page(blocks.Page):
    """How each kind of block is tried."""

    def __init__(self, installed, demo, home):
        super().__init__(installed, home, "documented")
        self.demo = demo

    def values(self):
        """This demo's own, for the page's placeholders."""
        return {
            "inspector@latest": "inspector",
            "http://127.0.0.1:8080/mcp": self.demo.url,
            "https://example.atlassian.net": self.demo.jira_url,
            "you@example.com": self.demo.api_token["email"],
            "/path/to/jira-mcp-bridge": str(self.demo.binary),
            # What a client asks its user for, or takes from its own environment.
            "${input:jira-token}": self.demo.token,
            "${input:jira-api-token}": self.demo.api_token["token"],
            "${JIRA_ACCESS_TOKEN}": self.demo.token,
            "YOUR_API_TOKEN": self.demo.api_token["token"],
            "YOUR_TOKEN": self.demo.token,
        }

    def sh(self, row, text):
        for line in self.filled(text).splitlines():
            row.check(line[:90], self.run(["bash", "-c", line]), succeeded)

    def python(self, row, text):
        row.check("python", self.run([self.installed.python[2], "-c", self.filled(text)]), succeeded)

    def js(self, row, text):
        path = self.folder / "example.mjs"
        path.write_text(self.filled(text))
        row.check("js", self.run(["node", path]), succeeded)

    def json(self, row, text):
        """A configuration file: connected to by the Inspector, which reads the same shape."""
        key, servers = self.configuration(row, text)
        done = self.inspected(servers, "jira", "--method", "tools/list")
        row.check(f"{key}.jira", done, lambda done: succeeded(done) and "jira_search" in done["out"])

    def console(self, row, text):
        """Lines for people and for programs that are not here: read word by word and compared with what the page means."""
        for line in self.filled(text).splitlines():
            words = shlex.split(line)
            if words[-1] == "login":
                row.check(line[:60], self.login(words), lambda opened: opened == self.documented_login(words))
            elif words[0] == "claude" and "--transport" in words:
                row.check(
                    line[:60],
                    words,
                    lambda words: words[1:3] == ["mcp", "add"]
                    and words[words.index("--transport") + 1] == "http"
                    and self.demo.url in words
                    and words[words.index("--header") + 1] == f"Authorization: Bearer {self.demo.token}",
                )
            elif words[0] == "claude":
                started = words[words.index("--") + 1 :]
                given = dict(word.split("=", 1) for flag, word in zip(words, words[1:]) if flag == "--env")
                row.check(line[:60], (started, given), lambda _: (started, given) == self.local())
            else:
                # The page of the Inspector has a row of its own; here its options must be those.
                shown = self.run([self.installed.npm / "node_modules/.bin/mcp-inspector", "--web", "--help"])["out"]
                # The first is for npx itself.
                options = [word for word in words if word.startswith("--") and word != "--yes"]
                row.check(line[:60], options, lambda options: options and all(option in shown for option in options))

    def powershell(self, row, text):
        """Not run, for PowerShell is not at hand: it must set what a line for another shell sets, and run the same command."""
        given = set(re.findall(r"\$env:(\w+) = ", text))
        command = text.split()[-1]
        lines = [line.split() for block in re.findall(r"^```console\n(.*?)^```$", PAGE.read_text(), re.M | re.S) for line in block.splitlines()]
        others = [{word.split("=")[0] for word in line if re.match(r"[A-Z_]+=", word)} for line in lines if line[-1] == command]
        row.check("powershell", given, lambda given: given in others)

    def login(self, words):
        """Where the line sends a browser: it is started, but opens none and waits at a port of the system's choice."""
        settings = dict(word.split("=", 1) for word in words[:-2])
        secret = self.folder / "secret"
        secret.write_text("not-a-secret")
        # The settings of the page and no others: a developer's own would hide a missing one.
        env = {name: self.env[name] for name in ("PATH", "HOME") if name in self.env}
        env |= {name: str(secret) if value == "/path/to/secret" else value for name, value in settings.items()}
        process = subprocess.Popen(
            [*words[-2:], "--no-browser", "--port", "0"], cwd=self.folder, env=env, stdout=subprocess.PIPE, encoding="utf-8"
        )
        watchdog = threading.Timer(SECONDS, process.kill)
        watchdog.start()
        try:
            address = next((line for line in process.stdout if line.startswith("https://")), "")
        finally:
            watchdog.cancel()
            process.kill()
            process.wait()
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address.strip()).query).items()}
        back = urlsplit(asked.get("redirect_uri", ""))
        # The port that the page's callback URL names is the default of `--port`.
        port = re.search(r"--port.*?\[default: (\d+)\]", self.run([*words[-2:], "--help"])["out"], re.DOTALL)
        return urlsplit(address).netloc, asked.get("client_id"), f"http://{back.hostname}:{port and port[1]}{back.path}"

    def documented_login(self, words):
        given = dict(word.split("=", 1) for word in words[:-2])
        (callback,) = re.findall(r"^    (http://localhost:\S+)$", PAGE.read_text(), re.MULTILINE)
        return "auth.atlassian.com", given["ATLASSIAN_CLIENT_ID"], callback

    def local(self):
        api_token = self.demo.api_token
        env = {"JIRA_SITE_URL": self.demo.jira_url, "JIRA_EMAIL": api_token["email"], "JIRA_API_TOKEN": api_token["token"]}
        return [str(self.demo.binary), "stdio"], env


def succeeded(done) -> bool:
    """Something of Jira came out, and no error."""
    return done["code"] == 0 and "isError\":true" not in done["out"] and re.search(r"jira_|ACME|Anna", done["out"])
