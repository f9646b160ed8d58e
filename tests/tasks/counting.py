"""A proxy before the sandbox Jira that counts requests and points. What finds the site is Atlassian's, not Jira's: not counted."""

import http.client
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from points import cost

HOP_BY_HOP = {"connection", "transfer-encoding", "keep-alive", "content-length"}


class Cost(NamedTuple):
    """Requests and points."""

    requests: int
    points: int

    def __sub__(self, before):
        return Cost(self.requests - before.requests, self.points - before.points)


class Counter:
    """How many requests went through, and what they cost of the app's points."""

    def __init__(self):
        self.lock, self.count, self.points = threading.Lock(), 0, 0

    def add(self, points):
        with self.lock:
            self.count, self.points = self.count + 1, self.points + points

    def now(self):
        with self.lock:
            return Cost(self.count, self.points)


@contextmanager
def counting(port):
    """(the proxy's address, its counter) before a server on this port of this machine."""
    counter = Counter()

    class Forward(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def forward(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            upstream = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            # The Host stays the proxy's, so that redirects of the sandbox lead back here.
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            upstream.request(self.command, self.path, body=body or None, headers=headers)
            answer = upstream.getresponse()
            data = answer.read()
            if self.path.startswith("/ex/jira/"):
                counter.add(cost(self.command, self.path, answer.status, data))
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            if answer.status != 204:
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
            upstream.close()

        do_GET = do_POST = do_PUT = do_DELETE = forward

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Forward)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", counter
    finally:
        server.shutdown()
        server.server_close()
