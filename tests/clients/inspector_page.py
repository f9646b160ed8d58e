"""The Inspector's web page: its server on free ports, and headless Chromium in front of it."""

import json
import os
import random
import re
import shutil
import socket
import subprocess
import threading
from pathlib import Path

from clients import HERE, SECONDS
from scenario import Row


def play(installed, demo, home) -> Row:
    row = Row("Inspector web page", era="auto -> 2026-07-28")
    manifest = installed.npm / "node_modules/@modelcontextprotocol/inspector/package.json"
    row.version = json.loads(manifest.read_text())["version"]
    try:
        # For people who want to look; otherwise they go with the run's own folder.
        pictures = Path(os.environ.get("CLIENTS_SCREENSHOTS") or Path(home, "screenshots"))
        pictures.mkdir(parents=True, exist_ok=True)
        with Page(installed, demo, home, demo.token) as page:
            env = {**installed.env, "NPM_FOLDER": str(installed.npm)}
            done = subprocess.run(
                ["node", HERE / "inspector_page.mjs", chromium(), page.url, pictures],
                env=env,
                capture_output=True,
                encoding="utf-8",
                timeout=3 * SECONDS,
            )
        if done.returncode != 0:
            raise RuntimeError(done.stderr[-2000:])
        seen = json.loads(done.stdout)
        row.check("connected", seen, lambda seen: seen["connected"] == "MCP 2026-07-28")
        row.check("all tools", seen, lambda seen: seen["tools"] >= 29)
        row.check("a tool's result", seen, lambda seen: "Anna Admin" in seen["tool"])
        row.check("all prompts", seen, lambda seen: seen["prompts"] == 9)
        row.check("a suggestion", seen, lambda seen: seen["completion"].strip())
        row.check("a prompt's text", seen, lambda seen: seen["completion"] in seen["prompt"])
        row.check("a resource", seen, lambda seen: "ACME-5" in seen["resource"])
        row.check("pictures", [path.stat().st_size for path in pictures.glob("*.png")], lambda sizes: min(sizes) > 5000)
    except Exception as fault:  # One failed row, so that the other rows are still shown.
        row.failures.append(f"{type(fault).__name__}: {fault}")
    return row


def chromium():
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        raise RuntimeError("there is no Chromium; install the package chromium")
    return found


class Page:
    """Starts `mcp-inspector --web`; `url` holds the page's own token. Without a bearer the page has to find its own."""

    def __init__(self, installed, demo, home, bearer=None):
        self.command = [installed.npm / "node_modules/.bin/mcp-inspector", "--web", "--server-url", demo.url]
        self.command += ["--transport", "http", "--protocol-era", "auto"]
        if bearer:
            self.command += ["--header", f"Authorization: Bearer {bearer}"]
        ports = dict(zip(("CLIENT_PORT", "MCP_SANDBOX_PORT", "MCP_APP_ORIGIN_PORT"), free_ports(3)))
        self.env = {**installed.env, **ports, "HOME": home}
        self.env |= {"MCP_AUTO_OPEN_ENABLED": "false", "MCP_INSPECTOR_SECRET_STORE": "file"}

    def __enter__(self):
        self.process = subprocess.Popen(
            self.command,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            start_new_session=True,
        )
        watchdog = threading.Timer(SECONDS, self.process.kill)
        watchdog.start()
        try:
            text = ""
            for line in self.process.stdout:
                text += line
                if found := re.search(r"http://127\.0\.0\.1:\d+\S*MCP_INSPECTOR_API_TOKEN=\S+", line):
                    self.url = found[0]
                    # A full pipe would stop it.
                    threading.Thread(target=self.process.stdout.read, daemon=True).start()
                    return self
        finally:
            watchdog.cancel()
        raise RuntimeError(f"the page's server ended before it was ready: {text[-2000:]}")

    def __exit__(self, *_):
        # The launcher starts the server as a child; both are in the session made for them.
        os.killpg(self.process.pid, 15)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, 9)
            self.process.wait()


def free_ports(count):
    """Ports that nobody has at the moment, for programs that take no 0; below those that the system gives to everybody else."""
    ports = []
    for _ in range(1000):
        port = random.randrange(15_000, 32_000)
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        if str(port) not in ports:
            ports.append(str(port))
        if len(ports) == count:
            return ports
    raise RuntimeError("no port is free")
