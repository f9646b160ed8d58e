"""The server under test: the demo on a free loopback port, stopped when the block ends."""

import json
import os
import subprocess
import threading
from pathlib import Path

READY_SECONDS = 60


class Demo:
    """Starts `BINARY demo --json`; addresses and tokens are set once the server said it is ready."""

    def __init__(self, binary, home, arguments=("--json",), settings=()):
        self.binary = binary
        self.command = [binary, "demo", *arguments]
        self.home, self.settings = home, settings
        self.log = Path(home, f"demo{''.join(arguments)}.log")

    def __enter__(self):
        # An empty home as working folder keeps a developer's .env and settings out.
        env = {
            "PATH": os.environ["PATH"],
            "HOME": self.home,
            "PORT": "0",
            "ADMIN_ADDR": "",
            # All clients sign in as the same person, so the limits per person are lifted.
            "RATE_LIMIT_PER_USER_PER_MINUTE": "100000",
            "MAX_CONCURRENT_PER_USER": "64",
            **dict(self.settings),
        }
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                self.command, cwd=self.home, env=env, stdout=subprocess.PIPE, stderr=log, encoding="utf-8"
            )
        try:
            if "--json" in self.command:
                self.ready(json.loads(self.read_until("{")))
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def ready(self, printed):
        self.url, self.token = printed["mcp_url"], printed["tokens"]["anna"]
        self.jira_url, self.api_token = printed["jira_url"], printed["api_tokens"]["anna"]

    def read_until(self, start: str) -> str:
        """What the demo printed up to and including the first line that begins with `start`."""
        watchdog = threading.Timer(READY_SECONDS, self.process.kill)
        watchdog.start()
        try:
            text = ""
            for line in self.process.stdout:
                text += line
                if line.startswith(start):
                    return text
        finally:
            watchdog.cancel()
        raise RuntimeError(f"the demo ended or hung before it was ready: {text}{self.log.read_text()[-2000:]}")

    def over_stdio(self, is_oauth: bool) -> dict:
        """The command of a server over standard input and output, as clients' configuration files spell it."""
        if is_oauth:
            env = {"JIRA_ACCESS_TOKEN": self.token, "JIRA_API_BASE_URL": self.jira_url}
        else:
            env = {"JIRA_SITE_URL": self.jira_url, "JIRA_EMAIL": self.api_token["email"]}
            env["JIRA_API_TOKEN"] = self.api_token["token"]
        return {"command": str(self.binary), "args": ["stdio"], "env": {**env, "RATE_LIMIT_PER_USER_PER_MINUTE": "100000"}}

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
