"""The servers under test, each on a free loopback port and stopped when its block ends."""

import http.client
import json
import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Server:
    """A process that says on its first line where it listens."""

    def start(self, command, env):
        self.process = subprocess.Popen(
            command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{command[0]} ended before it was ready")
        return line.strip()

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=10)


class Fixture(Server):
    def __init__(self, binary):
        self.binary = binary

    def __enter__(self):
        self.url = self.start([self.binary], {"PATH": os.environ["PATH"]})
        return self


class Product(Server):
    """`demo`, behind a proxy that adds what the suite cannot send: a bearer."""

    def __init__(self, binary, home):
        self.binary, self.home = binary, home

    def __enter__(self):
        env = {"PATH": os.environ["PATH"], "HOME": self.home, "PORT": "0", "ADMIN_ADDR": ""}
        env |= {"RATE_LIMIT_PER_USER_PER_MINUTE": "100000", "LOG_LEVEL": "error"}
        demo = json.loads(self.start([self.binary, "demo", "--json"], env))
        token = next(iter(demo["tokens"].values()))
        self.proxy = ThreadingHTTPServer(("127.0.0.1", 0), relay(demo["mcp_url"], token))
        # The suite resets connections on purpose.
        self.proxy.handle_error = lambda *_: None
        threading.Thread(target=self.proxy.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.proxy.server_port}/mcp"
        return self

    def __exit__(self, *fault):
        self.proxy.shutdown()
        super().__exit__(*fault)


def relay(url, token):
    up = urlsplit(url)

    class Relay(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def forward(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            connection = http.client.HTTPConnection(up.hostname, up.port, timeout=60)
            connection.putrequest(self.command, up.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in ("content-length", "connection", "authorization", "host"):
                    connection.putheader(name, value)
            host = self.headers.get("Host", "")
            own = host.endswith(f":{self.server.server_port}")
            connection.putheader("Host", up.netloc if own else host)
            connection.putheader("Authorization", f"Bearer {token}")
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            is_stream = answer.getheader("Content-Type", "").startswith("text/event-stream")
            data = b"" if is_stream else answer.read()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                    self.send_header(name, value)
            if is_stream:
                self.pass_on(answer)
                return
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def pass_on(self, answer):
            """Events as they come; one that is waited for may come only after the suite has seen those before it."""
            self.send_header("Connection", "close")
            self.end_headers()
            while data := answer.read1(65536):
                self.wfile.write(data)
                self.wfile.flush()
            self.close_connection = True

        do_POST = do_GET = do_DELETE = do_OPTIONS = forward

        def log_message(self, *_):
            pass

    return Relay
