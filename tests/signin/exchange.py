"""One HTTP exchange, with exactly the headers that were given."""

import http.client
import json
from urllib.parse import urlsplit

SECONDS = 180


class Reply:
    def __init__(self, status, lines, body):
        self.status, self.lines, self.body = status, lines, body
        self.headers = {name.lower(): text for name, text in lines}

    def __getitem__(self, name):
        return self.headers.get(name.lower(), "")

    @property
    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return {}

    def __str__(self):
        return f"{self.status} {self.body[:300]!r}"


def send(url, method="POST", headers=(), body=b"", address="127.0.0.1"):
    """One exchange from an address of this machine's; the headers are exactly those given."""
    to = urlsplit(url)
    connection = http.client.HTTPConnection(to.hostname, to.port, timeout=SECONDS, source_address=(address, 0))
    try:
        connection.putrequest(method, to.path + (f"?{to.query}" if to.query else ""), skip_accept_encoding=True)
        for name, text in [*headers, ("Content-Length", str(len(body)))]:
            connection.putheader(name, text)
        connection.endheaders(body)
        got = connection.getresponse()
        return Reply(got.status, got.getheaders(), got.read())
    finally:
        connection.close()
