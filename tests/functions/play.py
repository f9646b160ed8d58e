"""A client at the Functions host: what it must get, with either package, whichever Host the host's proxy sends."""

import http.client
import json
import shutil
import sys
import time
from importlib import machinery, util
from pathlib import Path
from urllib.parse import urlsplit

from host import FunctionsHost, Refused

PROJECT = Path(__file__).resolve().parents[2]
sys.path.append(str(PROJECT / "tests/gateway"))

from client import CopilotStudio, is_good
from exchange import Reply
from processes import fresh_secret

SITE = "bridge.azurewebsites.net"
STREAM_SECONDS = 2
FILES = PROJECT / "deploy/azure/functions"
# The script itself: Python imports no file without a suffix by its name.
found = util.spec_from_loader("package", machinery.SourceFileLoader("package", str(FILES / "package")))
package = util.module_from_spec(found)
found.loader.exec_module(package)


def lay_out(folder, binary, uses_profile, files=FILES):
    """The package as Azure unpacks it, with the program of this working tree."""
    folder.mkdir()
    for name, content in package.files(uses_profile, files).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / package.PROGRAM).symlink_to(shutil.which(binary))
    return folder


def settings(jira_url, secret, **more):
    """The app settings of main.bicep, with a sandbox for Jira and short streams."""
    given = {
        "HOST": "127.0.0.1",
        "ALLOWED_HOSTS": f"127.0.0.1,{SITE}",
        "PUBLIC_BASE_URL": f"https://{SITE}",
        "GATEWAY_SHARED_SECRET": secret,
        "LOG_FORMAT": "json",
        "ADMIN_ADDR": "",
        "JIRA_API_BASE_URL": jira_url,
        "COMPAT_STREAM": "true",
        "STREAM_MAX_MS": str(STREAM_SECONDS * 1000),
        "STREAM_HEARTBEAT_MS": "200",
    }
    return {name: text for name, text in (given | more).items() if text is not None}


def send(url, method="POST", headers=(), body=b"", host=SITE):
    """One exchange that names the site as a client does who found its address by that name."""
    to = urlsplit(url)
    connection = http.client.HTTPConnection(to.netloc, timeout=30)
    try:
        connection.putrequest(method, to.path, skip_host=True, skip_accept_encoding=True)
        for name, text in [("Host", host), *headers, ("Content-Length", str(len(body)))]:
            connection.putheader(name, text)
        connection.endheaders(body)
        got = connection.getresponse()
        return Reply(got.status, got.getheaders(), got.read())
    finally:
        connection.close()


class User(CopilotStudio):
    """Copilot Studio behind the gateway, which calls the site by its name, or by another one."""

    host = SITE

    def send(self, message):
        return send(self.url, headers=self.headers, body=json.dumps(message).encode(), host=self.host)


class Play:
    """One host, from its start to SIGTERM; `failures` as sentences."""

    def __init__(self, folder, jira, keeps_host=False, seconds=30, **more):
        self.folder, self.jira, self.keeps_host, self.seconds = folder, jira, keeps_host, seconds
        self.secret, self.more, self.failures, self.passed = fresh_secret(), more, [], 0

    def check(self, what, holds, seen):
        if holds:
            self.passed += 1
        else:
            self.failures.append(f"{what}: {str(seen)[:600]}")

    def run(self):
        try:
            given = settings(self.jira.url, self.secret, **self.more)
            with FunctionsHost(self.folder, given, SITE, self.keeps_host, self.seconds) as host:
                self.tools(host)
                self.edges(host)
                self.headers(host)
                self.stream(host)
                self.ends(host)
        except Refused as fault:
            self.failures.append(f"the host does not start: {fault}")
        return self

    def user(self, host, *headers):
        return User(f"{host.url}/mcp", self.jira.tokens["anna"], [("X-Gateway-Token", self.secret), *headers])

    def tools(self, host):
        turn = self.user(host).turn("jira_search", jql="project = ACME ORDER BY key", max_results=2)
        self.check("initialize, tools/list and a call", is_good(turn), [str(reply) for reply in turn])
        if turn[3].json.get("result"):
            page = json.loads(turn[3].json["result"]["content"][0]["text"])
            self.check("with issues", [issue["key"] for issue in page["issues"]] == ["ACME-1", "ACME-2"], page)

    def edges(self, host):
        bearer, own = [("Authorization", f"Bearer {self.jira.tokens['anna']}")], [("X-Gateway-Token", self.secret)]
        mcp = f"{host.url}/mcp"
        reply = send(mcp, headers=bearer)
        self.check("without the gateway's secret nobody gets in", reply.status == 403, str(reply))
        reply = send(mcp, headers=[*bearer, ("X-Gateway-Token", fresh_secret())])
        self.check("nor with another one", reply.status == 403, str(reply))
        reply = send(mcp, headers=own)
        challenge = f'resource_metadata="https://{SITE}/.well-known/oauth-protected-resource/mcp"'
        self.check("without a bearer the metadata is named", reply.status == 401 and challenge in reply["WWW-Authenticate"], reply.lines)
        reply = send(f"{host.url}/.well-known/oauth-protected-resource/mcp", "GET", own)
        self.check("the metadata is at the root", reply.json.get("resource") == f"https://{SITE}/mcp", str(reply))
        reply = send(f"{host.url}/healthz", "GET")
        self.check("/healthz answers", reply.status == 200, str(reply))
        reply = send(f"{host.url}/admin/host/status", "GET", own)
        self.check("the host's own paths stay the host's", reply.status == 401, str(reply))
        foreign = self.user(host)
        foreign.host = "evil.example"
        reply = foreign.post("ping")
        # Where the proxy replaces it nobody can tell; the gateway's secret guards then, as it does in both cases.
        expected = 403 if self.keeps_host else 200
        self.check("a foreign Host is refused where it arrives", reply.status == expected, str(reply))

    def headers(self, host):
        claims = [("X-Forwarded-Host", "evil.example"), ("X-Forwarded-For", "198.51.100.7"), ("X-Original-URL", "/metrics")]
        turn = self.user(host, *claims).turn("jira_whoami")
        self.check("what a caller claims changes nothing", is_good(turn), [str(reply) for reply in turn])
        sent = dict(host.forwarded[-1] if host.forwarded else [])
        self.check("and does not arrive", sent and "evil.example" not in sent.values() and "198.51.100.7" not in sent.values(), sent)

    def stream(self, host):
        """It begins before it ends, lives by heartbeats, and ends by itself."""
        with Stream(host, self.secret, self.jira.tokens["anna"]) as stream:
            first = stream.line()
            self.check("a stream begins at once", (stream.status, first) == (200, "event: connected"), (stream.status, first))
            began = time.monotonic()
            rest = stream.rest()
            took = time.monotonic() - began
            self.check("long before its end", took > STREAM_SECONDS / 2, f"the rest came {took:.2f} s later")
            self.check("it has heartbeats and ends by itself", "event: heartbeat" in rest and "retry: " in rest, rest)

    def ends(self, host):
        """SIGTERM, as a host sends it when an instance goes: the stream is closed in order, and the program ends with 0."""
        with Stream(host, self.secret, self.jira.tokens["anna"]) as stream:
            stream.line()
            code = host.stop()
            rest = stream.rest()
            self.check("SIGTERM ends streams with retry", "retry: " in rest, rest)
            self.check("and the program with 0", code == 0, code)
        shown = "".join(host.log)
        self.check("no secret is in the log", self.secret not in shown and self.jira.tokens["anna"] not in shown, "it is")


class Stream:
    """GET /api/mcp/stream, line by line."""

    def __init__(self, host, secret, token):
        self.connection = http.client.HTTPConnection(urlsplit(host.url).netloc, timeout=30)
        headers = {"Host": SITE, "X-Gateway-Token": secret, "Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
        self.connection.request("GET", "/api/mcp/stream", headers=headers)

    def __enter__(self):
        self.answer = self.connection.getresponse()
        self.status = self.answer.status
        return self

    def line(self):
        return self.answer.readline().decode().strip()

    def rest(self):
        """Up to its end, or for three times as long as it should take."""
        end, lines = time.monotonic() + 3 * STREAM_SECONDS, []
        while time.monotonic() < end and (line := self.answer.readline()):
            lines.append(line.decode())
        return "".join(lines)

    def __exit__(self, *_):
        self.connection.close()
