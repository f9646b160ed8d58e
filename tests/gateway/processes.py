"""The sandbox Jira and the bridge as their own processes, on ports of the system's choice, ended in any case."""

import json
import os
import secrets
import subprocess
import threading
import time
from pathlib import Path

READY_SECONDS = 60


def until(holds, what):
    """Waits for a condition, with a bound."""
    end = time.monotonic() + READY_SECONDS
    while not holds():
        if time.monotonic() > end:
            raise RuntimeError(f"waited {READY_SECONDS} s: {what}")
        threading.Event().wait(0.02)


class Process:
    """A command of the binary in an empty folder, with exactly these settings."""

    def __init__(self, binary, command, home, settings):
        self.command, self.home, self.settings = [binary, *command], Path(home), settings

    def __enter__(self):
        self.log = self.home / f"{self.command[1]}.log"
        env = {"PATH": os.environ["PATH"], "HOME": str(self.home), "ADMIN_ADDR": "", **self.settings}
        with open(self.log, "wb") as log:
            self.child = subprocess.Popen(
                self.command, cwd=self.home, env=env, stdout=subprocess.PIPE, stderr=log, encoding="utf-8"
            )
        try:
            self.ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.child.terminate()
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.child.stdout.close()


class Jira(Process):
    """`demo --jira-only`: `url` and `tokens` by name."""

    def __init__(self, binary, home):
        super().__init__(binary, ["demo", "--jira-only", "--json"], home, {})

    def ready(self):
        line = json.loads(self.child.stdout.readline())
        self.url, self.tokens = line["jira_url"], line["tokens"]


class Bridge(Process):
    """`serve` behind a gateway whose secrets stand in a file."""

    def __init__(self, binary, home, jira_url, gateway_secrets, more=None):
        self.secret_file = Path(home, "gateway-secrets")
        self.accept(gateway_secrets)
        settings = {
            "PORT": "0",
            "JIRA_API_BASE_URL": jira_url,
            "GATEWAY_SHARED_SECRET_FILE": str(self.secret_file),
            "OTEL_EXPORTER_OTLP_ENDPOINT": jira_url,
            "LOG_LEVEL": "trace",
            "LOG_FORMAT": "json",
            # Few people sign in here, each of them for many.
            "RATE_LIMIT_PER_USER_PER_MINUTE": "100000",
            "MAX_CONCURRENT_PER_USER": "64",
            **(more or {}),
        }
        super().__init__(binary, ["serve"], home, settings)

    def accept(self, gateway_secrets):
        """Swaps the file in one step, as a mounted secret does."""
        fresh = self.secret_file.with_suffix(".new")
        fresh.write_text("".join(f"{secret}\n" for secret in gateway_secrets))
        fresh.replace(self.secret_file)

    def ready(self):
        until(lambda: self.child.poll() is not None or self.said("listening"), "the bridge does not listen")
        if self.child.poll() is not None:
            raise RuntimeError(f"the bridge ended: {self.log.read_text()[-2000:]}")
        self.url = f"http://{self.said('listening')[0]['address']}"

    def said(self, message):
        """Log lines with this message."""
        lines = (line for line in self.log.read_text().splitlines() if message in line)
        return [line for line in map(json.loads, lines) if line.get("message") == message]

    def access_lines(self):
        return [line for line in map(json.loads, self.log.read_text().splitlines()) if line.get("target") == "access"]


class SignIn(Bridge):
    """`demo --signin` behind a gateway: the bridge, and a sandbox whose people sign in with one press."""

    def __init__(self, binary, home, public_url, gateway_secrets):
        super().__init__(binary, home, "", gateway_secrets, {"PUBLIC_BASE_URL": public_url})
        self.command = [binary, "demo", "--signin", "--json"]
        del self.settings["JIRA_API_BASE_URL"], self.settings["OTEL_EXPORTER_OTLP_ENDPOINT"]


def fresh_secret():
    """Made at run time, so that nothing in the repository looks like a secret."""
    return secrets.token_urlsafe(36)
