"""Azure Front Door, as far as a failover needs it: origins by priority, a probe at each, streams passed on as they come.

What it does is what Microsoft's pages say of it (learn.microsoft.com/azure/frontdoor: health-probes, routing-methods): an origin is
healthy while so many of its last probes were answered 200; the healthy one with the lowest priority gets all requests; when none
is healthy, each gets its turn. It repeats no request. Each origin stands for a whole stack, whose gateway adds the secret.
"""

import http.client
import itertools
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# As in deploy/azure/modules/frontdoor.bicep; only the interval is shorter.
SAMPLES, NEEDED = 4, 3
PROBE_EVERY_S = 0.03
ORIGIN_RESPONSE_S = 30
PASSED_ON = ("authorization", "content-type", "accept", "mcp-protocol-version", "mcp-method", "mcp-name", "x-session-id")


class Origin:
    """One stack: where it is, what its gateway sends, and how its last probes ended."""

    def __init__(self, name, port, secret):
        self.name, self.port, self.secret = name, port, secret
        self.samples = deque([True] * SAMPLES, SAMPLES)

    def is_healthy(self):
        return sum(self.samples) >= NEEDED

    def probe(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/readyz")
            self.samples.append(connection.getresponse().status == 200)
        except (OSError, http.client.HTTPException):
            self.samples.append(False)
        finally:
            connection.close()


class FrontDoor(ThreadingHTTPServer):
    """Origins in the order of their priority. The three switches are faults, for whoever judges the rehearsal."""

    daemon_threads = True

    def __init__(self, origins, looks=True, repeats=False, buffers=False):
        super().__init__(("127.0.0.1", 0), Forward)
        self.origins, self.looks, self.repeats, self.buffers = origins, looks, repeats, buffers
        self.turns, self.ended = itertools.cycle(origins), threading.Event()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self):
        for work in [self.serve_forever, *(lambda one=one: self.watch(one) for one in self.origins)]:
            threading.Thread(target=work, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.shutdown()
        self.server_close()

    def watch(self, origin):
        while self.looks and not self.ended.wait(PROBE_EVERY_S):
            origin.probe()

    def choose(self):
        return next((one for one in self.origins if one.is_healthy()), None) or next(self.turns)


class Forward(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.forward(self.rfile.read(int(self.headers["Content-Length"])))

    def do_GET(self):
        self.forward(None)

    def forward(self, body):
        origin = self.server.choose()
        try:
            self.through(origin, body)
        except (OSError, http.client.HTTPException):
            self.close_connection = True
            others = [one for one in self.server.origins if one is not origin]
            if self.server.repeats and not self.has_begun:
                self.through(others[0], body)
            elif not self.has_begun:
                self.answer(502, [("X-Origin", origin.name), ("Content-Length", "0")])

    def through(self, origin, body):
        self.has_begun = False
        connection = http.client.HTTPConnection("127.0.0.1", origin.port, timeout=ORIGIN_RESPONSE_S)
        try:
            headers = {name: self.headers[name] for name in PASSED_ON if self.headers[name]}
            connection.request(self.command, self.path, body, {**headers, "X-Gateway-Token": origin.secret})
            answer = connection.getresponse()
            kept = [(name, value) for name, value in answer.getheaders() if name.lower() in ("content-type", "x-session-id", "retry-after")]
            if answer.getheader("Content-Length") is not None or self.server.buffers:
                content = answer.read()
                self.answer(answer.status, [*kept, ("X-Origin", origin.name), ("Content-Length", str(len(content)))])
                self.wfile.write(content)
                return
            self.answer(answer.status, [*kept, ("X-Origin", origin.name), ("Transfer-Encoding", "chunked")])
            while part := answer.read1(65536):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            # A stream that the origin ended in good order ends so here too; one that broke off raises before this.
            self.wfile.write(b"0\r\n\r\n")
        finally:
            connection.close()

    def answer(self, status, headers):
        self.has_begun = True
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_):
        pass
