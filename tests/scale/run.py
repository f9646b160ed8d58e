#!/usr/bin/env python3
"""Several bridges behind a plain round-robin balancer: any replica takes any request.

Usage: run.py BINARY    Exit 0 when what one replica has begun another one finishes, and no issue is made twice.

The replicas share the gateway's secret and nothing else. The balancer looks at nothing: each request goes to the next
replica, so a preview and its confirmation, or a create and its repeat, never meet the same process.
"""

import itertools
import json
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "contract"))

from bridge import json_line, process  # noqa: E402

REPLICAS = 3
SECRET = "secret-of-the-gateway-" * 2
WAIT_S = 30


class Balancer(ThreadingHTTPServer):
    """Adds the gateway's secret, as a gateway would, and takes the next replica."""

    daemon_threads = True

    def __init__(self, replicas):
        super().__init__(("127.0.0.1", 0), Forward)
        self.turns, self.lock, self.last = itertools.cycle(replicas), threading.Lock(), None
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def next(self):
        with self.lock:
            self.last = next(self.turns)
            return self.last


class Forward(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        names = ("Authorization", "Content-Type", "Accept", "MCP-Protocol-Version", "Mcp-Method", "Mcp-Name")
        headers = {name: self.headers[name] for name in names if self.headers[name]}
        headers["X-Gateway-Token"] = SECRET
        request = urllib.request.Request(f"http://127.0.0.1:{self.server.next()}/mcp", data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


class Client:
    """Speaks through the balancer and notes which replica answered."""

    def __init__(self, balancer, token):
        self.balancer, self.token = balancer, token
        self.url = f"http://127.0.0.1:{balancer.server_address[1]}/mcp"
        self.answered = {}

    def rpc(self, method, params, headers=None):
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        head = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream",
                "Authorization": f"Bearer {self.token}", **(headers or {})}
        with urllib.request.urlopen(urllib.request.Request(self.url, data=body, headers=head), timeout=60) as answer:
            reply = json.load(answer)
        self.answered[self.balancer.last] = self.answered.get(self.balancer.last, 0) + 1
        assert "result" in reply, reply
        return reply["result"]

    def tool(self, name, **arguments):
        result = self.rpc("tools/call", {"name": name, "arguments": arguments})
        text = json.loads(result["content"][0]["text"])
        assert not result.get("isError"), f"{name}: {text}"
        return text, self.balancer.last


def any_replica_takes_any_request(client):
    """A whole conversation, each message at another process; both eras of the protocol."""
    client.rpc("initialize", {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}})
    names = [tuple(tool["name"] for tool in client.rpc("tools/list", {})["tools"]) for _ in range(REPLICAS)]
    assert len(set(names)) == 1 and names[0]
    meta = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}
    for _ in range(REPLICAS):
        head = {"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": "jira_whoami"}
        client.rpc("tools/call", {"name": "jira_whoami", "arguments": {}, "_meta": meta}, head)


def a_page_goes_on_elsewhere(client):
    keys, token, replicas = [], None, set()
    while True:
        more = {"next_page_token": token} if token else {}
        page, replica = client.tool("jira_search", jql="project = ACME ORDER BY key ASC", max_results=10, **more)
        keys += [issue["key"] for issue in page["issues"]]
        replicas.add(replica)
        token = page.get("next_page_token")
        if page["is_last"]:
            break
    assert len(keys) == len(set(keys)) and len(replicas) == REPLICAS, (len(keys), replicas)


def a_preview_is_confirmed_elsewhere(client):
    made, _ = client.tool("jira_create_issue", project_key="ACME", issue_type="Task", summary="to be deleted")
    preview, first = client.tool("jira_delete_issue", issue_key=made["key"])
    done, second = client.tool("jira_delete_issue", issue_key=made["key"], confirm=preview["confirm"])
    assert first != second and done["deleted"], done


def a_repeat_is_known_elsewhere(client):
    asked = {"project_key": "ACME", "issue_type": "Task", "summary": "once only", "request_id": "scale-once"}
    made, first = client.tool("jira_create_issue", **asked)
    key, until = made["key"], time.monotonic() + WAIT_S
    # Every replica is asked, the one that made it included.
    for _ in range(REPLICAS * 2):
        again, replica = client.tool("jira_create_issue", **asked)
        assert again["key"] == key, f"{replica} made {again['key']} although {first} had made {key}"
    while True:
        found, _ = client.tool("jira_search", jql='summary ~ "once only"')
        if found["issues"] or time.monotonic() > until:
            break
    assert [issue["key"] for issue in found["issues"]] == [key], found


def main(binary):
    checks = [any_replica_takes_any_request, a_page_goes_on_elsewhere, a_preview_is_confirmed_elsewhere, a_repeat_is_known_elsewhere]
    with ExitStack() as stack:
        jira = stack.enter_context(process([binary, "demo", "--jira-only", "--json"], {"PORT": "0"}))
        info = json_line(jira)
        settings = {"ADMIN_ADDR": "", "GATEWAY_SHARED_SECRET": SECRET, "JIRA_API_BASE_URL": info["jira_url"],
                    "TOOLSETS": "core,context,collab,destructive", "RATE_LIMIT_PER_USER_PER_MINUTE": "10000"}
        ports = [port() for _ in range(REPLICAS)]
        for one in ports:
            stack.enter_context(process([binary, "serve"], {**settings, "PORT": str(one)}))
        for one in ports:
            ready(one)
        client = Client(Balancer(ports), info["tokens"]["anna"])
        for check in checks:
            check(client)
            print(f"holds: {check.__name__.replace('_', ' ')}")
    shares = ", ".join(str(count) for count in client.answered.values())
    print(f"{sum(client.answered.values())} requests over {len(client.answered)} replicas: {shares}")
    return 0 if len(client.answered) == REPLICAS else 1


def port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def ready(one):
    until = time.monotonic() + WAIT_S
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{one}/readyz", timeout=5):
                return
        except OSError:
            assert time.monotonic() < until, "a replica did not start"
            time.sleep(0.02)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    sys.exit(main(sys.argv[1]))
