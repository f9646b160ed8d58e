"""What stands between the bridge and Jira in the tests: forwards everything, remembers the trace of each request, and
takes what the bridge reports over OTLP."""

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

DROPPED = ("connection", "content-length", "transfer-encoding", "host")


class Wire:
    """`url` for the bridge's settings; `traceparents` as they were sent on, `reported` as OTLP bodies."""

    def __init__(self, jira_url):
        self.to, self.traceparents, self.reported = urlsplit(jira_url).netloc, [], []

    def __enter__(self):
        wire = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def relay(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if self.path.startswith("/v1/"):
                    wire.reported.append(body)
                    return self.reply(200, [], b"")
                if self.headers.get("traceparent"):
                    wire.traceparents.append(self.headers["traceparent"])
                kept = {name: text for name, text in self.headers.items() if name.lower() not in DROPPED}
                jira = http.client.HTTPConnection(wire.to, timeout=30)
                jira.request(self.command, self.path, body, kept)
                answer = jira.getresponse()
                self.reply(answer.status, answer.getheaders(), answer.read())
                jira.close()

            def reply(self, status, headers, body):
                self.send_response_only(status)
                for name, text in headers:
                    if name.lower() not in DROPPED:
                        self.send_header(name, text)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_DELETE = relay

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
