"""What stands in front of the bridge when something is broken on purpose: forwards everything, and may change it."""

import http.client
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

SECONDS = 180
HOP_BY_HOP = ("connection", "transfer-encoding", "content-length", "date", "server")


@dataclass
class Asked:
    method: str
    path: str
    headers: list
    body: bytes

    @property
    def route(self):
        return self.path.partition("?")[0]

    @property
    def form(self):
        return {name: texts[0] for name, texts in parse_qs(self.body.decode("utf-8", "replace")).items()}


@dataclass
class Answer:
    status: int
    headers: list
    body: bytes = b""

    def __getitem__(self, name):
        return next((text for at, text in self.headers if at.lower() == name.lower()), "")

    def set(self, name, text):
        """Without a text the header is taken out."""
        others = [(at, old) for at, old in self.headers if at.lower() != name.lower()]
        self.headers = [*others, *([(name, text)] if text is not None else [])]
        return self

    def replace(self, *pairs):
        for old, new in pairs:
            self.body = self.body.replace(old.encode(), new.encode())
        return self


class Between:
    """`url` is what clients get to know; `change(asked, forward)` gives the answer to each request."""

    def __init__(self, change):
        self.to = None
        between = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def relay(self):
                if self.headers.get("Upgrade"):
                    between.tunnel(self)
                    return
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                answer = change(Asked(self.command, self.path, list(self.headers.items()), body), between.forward)
                self.send_response_only(answer.status)
                for name, text in [*answer.headers, ("Content-Length", str(len(answer.body)))]:
                    self.send_header(name, text)
                self.end_headers()
                self.wfile.write(answer.body)

            do_GET = do_POST = do_DELETE = do_OPTIONS = relay

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass  # A client that went away.

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def forward(self, asked):
        connection = http.client.HTTPConnection(self.to, timeout=SECONDS)
        try:
            connection.putrequest(asked.method, asked.path, skip_host=True, skip_accept_encoding=True)
            for name, text in asked.headers:
                if name.lower() not in HOP_BY_HOP:
                    connection.putheader(name, text)
            connection.putheader("Content-Length", str(len(asked.body)))
            connection.endheaders(asked.body)
            got = connection.getresponse()
            lines = [(name, text) for name, text in got.getheaders() if name.lower() not in HOP_BY_HOP]
            return Answer(got.status, lines, got.read())
        finally:
            connection.close()

    def tunnel(self, handler):
        """A connection that becomes something else than HTTP: for those who know what it carries."""
        handler.send_error(501)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
