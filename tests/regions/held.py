"""Stands between the bridges and the sandbox Jira: counts the issues that are made, and can hold back the answer to a create."""

import http.client
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

WAIT_S = 30


class Held(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, jira_url):
        super().__init__(("127.0.0.1", 0), Pass)
        self.jira = urlsplit(jira_url)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.made, self.lock = [], threading.Lock()
        # Whether the next answer to a create is held back; that one was, and Jira has done it; let it go.
        self.holds, self.arrived, self.released = False, threading.Event(), threading.Event()

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.released.set()
        self.shutdown()
        self.server_close()

    def hold_next(self):
        self.arrived.clear()
        self.released.clear()
        self.holds = True

    def wait_until_made(self):
        assert self.arrived.wait(WAIT_S), "the create did not reach Jira"

    def times_made(self, summary):
        with self.lock:
            return self.made.count(summary)

    def note(self, body):
        """A create that Jira has done. True if its answer is to wait."""
        with self.lock:
            self.made.append(json.loads(body)["fields"]["summary"])
            holds, self.holds = self.holds, False
        return holds


class Pass(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        jira = self.server.jira
        connection = http.client.HTTPConnection(jira.hostname, jira.port, timeout=WAIT_S)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        path = self.path.partition("?")[0]
        if self.command == "POST" and path.endswith("/rest/api/3/issue") and answer.status == 201 and self.server.note(body):
            self.server.arrived.set()
            self.server.released.wait(WAIT_S)
        try:
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("connection", "content-length", "transfer-encoding", "date", "server"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            # Whoever asked has been killed.
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = handle_any

    def log_message(self, *_):
        pass
