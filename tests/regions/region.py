"""One region: a bridge that can be drained, killed and started again on its port; and a client that speaks through Front Door."""

import json
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

WAIT_S = 30


class Region:
    def __init__(self, name, binary, home, settings):
        self.name, self.binary = name, binary
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = one.getsockname()[1]
        self.log = Path(home, f"{name}.log")
        # Nothing of this machine's settings.
        self.env = {"PATH": os.environ["PATH"], "HOME": str(home), "ADMIN_ADDR": "", "LOG_FORMAT": "json", "PORT": str(self.port), **settings}
        self.home, self.child = home, None

    def start(self):
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen([self.binary, "serve"], cwd=self.home, env=self.env, stdout=subprocess.DEVNULL, stderr=log)

    def until_ready(self):
        end = time.monotonic() + WAIT_S
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
                    return
            except OSError:
                assert time.monotonic() < end, f"{self.name} did not start"
                threading.Event().wait(0.02)

    def drain(self):
        self.child.send_signal(signal.SIGTERM)

    def kill(self):
        self.child.kill()
        self.child.wait(WAIT_S)

    def stop(self):
        if self.child and self.child.poll() is None:
            self.kill()


class Answer:
    def __init__(self, status, origin, body):
        self.status, self.origin, self.body = status, origin, body
        try:
            self.reply = json.loads(body)
        except ValueError:
            self.reply = {}
        content = self.reply.get("result", {}).get("content")
        self.is_error = self.status != 200 or content is None or bool(self.reply["result"].get("isError"))
        self.text = json.loads(content[0]["text"]) if content else {}


class Client:
    """One user, who knows Front Door's address and nothing else."""

    def __init__(self, url, token):
        self.url, self.token = url, token

    def tool(self, name, **arguments):
        body = {"jsonrpc": "2.0", "id": "1", "method": "tools/call", "params": {"name": name, "arguments": arguments}}
        return self.post("/mcp", body)

    def command(self, session_id):
        """`tools/list` at the other address of /mcp, as a client that holds the id of a stream."""
        return self.post("/api/mcp/command", {"jsonrpc": "2.0", "id": "1", "method": "tools/list"}, {"X-Session-Id": session_id})

    def post(self, path, body, headers=None):
        headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream", "Authorization": f"Bearer {self.token}", **(headers or {})}
        request = urllib.request.Request(self.url + path, data=json.dumps(body).encode(), headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=WAIT_S) as answer:
                return Answer(answer.status, answer.headers["X-Origin"], answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers["X-Origin"], error.read())

    def stream(self, timeout=WAIT_S):
        """An open event stream, with the id that its first event brings."""
        headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {self.token}"}
        return Stream(urllib.request.urlopen(urllib.request.Request(self.url + "/api/mcp/stream", headers=headers), timeout=timeout))


class Stream:
    def __init__(self, answer):
        self.answer, self.origin = answer, answer.headers["X-Origin"]
        event = self.event()
        assert event["event"] == "connected", event
        self.session_id = json.loads(event["data"])["session_id"]

    def event(self):
        """The fields of the next event; none at the end."""
        fields = {}
        for line in self.answer:
            name, _, value = line.decode().rstrip("\r\n").partition(":")
            if not name:
                if fields:
                    return fields
                continue
            fields[name] = value.strip()
        return fields

    def rest(self):
        """Every event until the stream has ended in good order; breaks off with an exception if it has not."""
        events = []
        while event := self.event():
            events.append(event)
        # http.client notices a missing end of the last chunk when it is asked once more.
        self.answer.read()
        return events
