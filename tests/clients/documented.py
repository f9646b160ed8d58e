"""What docs/CLIENTS.md shows, run as it stands with the demo's address and tokens put in."""

import json
import re
import shlex
import subprocess
import threading
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from clients import HERE, SECONDS
from scenario import Row

PAGE = HERE.parents[1] / "docs/CLIENTS.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Each language of the page's blocks, with how many there must at least be of it.
LANGUAGES = {"console": 2, "json": 5, "js": 1, "python": 1, "sh": 3}


def play(installed, demo, home) -> Row:
    row = Row("docs/CLIENTS.md", version="-", era="as documented")
    try:
        page = Page(installed, demo, Path(home, "documented"))
        blocks = BLOCK.findall(PAGE.read_text())
        for language, at_least in LANGUAGES.items():
            found = [text for name, text in blocks if name == language]
            row.check(f"{language} blocks", len(found), lambda count: count >= at_least)
            for text in found:
                getattr(page, language)(row, text)
        row.check("languages", sorted({name for name, _ in blocks}), lambda names: names == sorted(LANGUAGES))
    except Exception as fault:  # One failed row, so that the other rows are still shown.
        row.failures.append(f"{type(fault).__name__}: {fault}")
    return row


class Page:
    """How each kind of block is tried."""

    def __init__(self, installed, demo, folder):
        self.installed, self.demo, self.folder = installed, demo, folder
        folder.mkdir()
        (folder / "node_modules").symlink_to(installed.npm / "node_modules")
        # npx takes what is installed beside it and may not ask a registry.
        self.env = {**installed.env, "npm_config_offline": "true"}
        self.files = 0

    def filled(self, text: str) -> str:
        """The text with this demo's own values; every placeholder's meaning stands in the page."""
        for placeholder, value in {
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
        }.items():
            text = text.replace(placeholder, value)
        return text

    def run(self, command):
        done = subprocess.run(
            command, cwd=self.folder, env=self.env, capture_output=True, encoding="utf-8", timeout=SECONDS
        )
        return {"code": done.returncode, "out": done.stdout, "err": done.stderr[-1000:]}

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
        read = json.loads(self.filled(text))
        ((key, servers),) = [(key, value) for key, value in read.items() if key != "inputs"]
        row.check("root of a configuration", key, lambda key: key in ("servers", "mcpServers"))
        asked = {f"${{input:{entry['id']}}}" for entry in read.get("inputs", [])}
        row.check("inputs are used and known", text, lambda text: set(re.findall(r"\$\{input:[\w-]+\}", text)) == asked)
        self.files += 1
        path = self.folder / f"servers-{self.files}.json"
        path.write_text(json.dumps({"mcpServers": servers}))
        command = [self.installed.npm / "node_modules/.bin/mcp-inspector", "--cli", "--config", path]
        command += ["--server", "jira", "--format", "json", "-q", "--method", "tools/list"]
        row.check(f"{key}.jira", self.run(command), lambda done: succeeded(done) and "jira_search" in done["out"])

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
