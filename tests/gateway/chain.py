"""The whole chain on loopback: a client like Copilot Studio, the gateway that does what the policy says, the bridge, Jira."""

import itertools
import json
import subprocess
import tempfile
import threading
import time

import client
import streams
from client import CopilotStudio, is_good, send
from policy import Policy
from processes import Bridge, Jira, fresh_secret, until
from stub import Gateway
from wire import Wire

# As deploy/azure/environments/dev.json has them.
LIMITS = {"jira-mcp-calls-per-token": "120", "jira-mcp-calls-per-address": "1200", "jira-mcp-body-bytes-max": "1048576", "jira-mcp-timeout-seconds": "110"}
NAMED_VALUE, BACKEND = "jira-mcp-gateway-token", "jira-mcp-bridge"


class Chain:
    """Everything that runs, and what the checks found."""

    def __init__(self, binary, policy_text, check):
        self.binary, self.policy, self.check = binary, Policy(policy_text), check

    def play(self):
        with tempfile.TemporaryDirectory(prefix="chain-") as home, Jira(self.binary, home) as jira:
            secret = fresh_secret()
            with Wire(jira.url) as wire, Bridge(self.binary, home, wire.url, [secret], streams.SETTINGS) as bridge:
                self.jira, self.bridge, self.secret, self.home, self.wire = jira, bridge, secret, home, wire
                with self.gateway() as gateway:
                    self.turns(gateway)
                    self.refusals(gateway)
                    self.headers(gateway)
                    self.identity(gateway)
                    self.smoke(gateway)
                    streams.compatible(self.check, gateway, jira.tokens["ben"], LIMITS)
                self.limits()
                self.rotation()
                self.backend_down()
                self.nothing_leaks()

    def gateway(self, clock=time.monotonic, backend=None, named_values=None):
        base_path, path = client.connector_place()
        operations = {(method, path) for method in ("POST", "GET", "DELETE")} | streams.OPERATIONS
        named = {NAMED_VALUE: self.secret, **LIMITS} | (named_values or {})
        gateway = Gateway(self.policy, base_path, operations, named, {BACKEND: backend or self.bridge.url}, clock)
        gateway.path = path
        return gateway

    def user(self, gateway, name="anna", headers=()):
        return CopilotStudio(gateway.url + gateway.path, self.jira.tokens[name], headers)

    def turns(self, gateway):
        anna = self.user(gateway)
        turn = anna.turn("jira_search", jql="project = ACME ORDER BY key", max_results=3)
        self.check("a turn of Copilot Studio goes through", is_good(turn), [str(reply) for reply in turn])
        page = json.loads(turn[3].json["result"]["content"][0]["text"])
        self.check("and finds issues", [issue["key"] for issue in page["issues"]] == ["ACME-1", "ACME-2", "ACME-3"], page)
        turn = anna.turn("jira_create_issue", project_key="ACME", issue_type="Task", summary="Through the gateway")
        self.check("a write goes through", is_good(turn), [str(reply) for reply in turn])
        turn = self.user(gateway, "emil").turn("jira_whoami")
        result = turn[3].json["result"]
        self.check("an expired token is a tool error with HTTP 200", result["isError"] is True, str(turn[3]))

    def refusals(self, gateway):
        url, bearer = gateway.url + gateway.path, ("Authorization", f"Bearer {self.jira.tokens['anna']}")
        before = len(gateway.forwarded)
        for method in ("GET", "DELETE"):
            reply = send(url, method, [bearer])
            self.check(f"{method} is 405 with Allow", (reply.status, reply["Allow"]) == (405, "POST"), str(reply))
        reply = send(url)
        self.check("no bearer is 401", (reply.status, reply["WWW-Authenticate"]) == (401, 'Bearer realm="jira-mcp"'), str(reply))
        self.check("not to be stored", reply["Cache-Control"] == "no-store", reply.headers)
        self.check("in JSON with a request id", reply.json.get("request_id") and reply.json["error"], str(reply))
        reply = send(url, headers=[("Authorization", "Basic eDp5")])
        self.check("another scheme is 401", reply.status == 401, str(reply))
        reply = send(url, headers=[bearer, ("Origin", "https://evil.example")])
        self.check("a foreign origin is 403", reply.status == 403, str(reply))
        self.check("without a CORS header", not reply["Access-Control-Allow-Origin"], reply.headers)
        for path in ("/healthz", "/readyz", "/metrics"):
            reply = send(gateway.url + path, "GET")
            self.check(f"{path} is not published", reply.status == 404, str(reply))
        self.check("nothing of it was forwarded", len(gateway.forwarded) == before, gateway.forwarded[before:])

        origin = "https://copilotstudio.microsoft.com"
        asked = [("Origin", origin), ("Access-Control-Request-Method", "POST")]
        reply = send(url, "OPTIONS", asked)
        allowed = reply["Access-Control-Allow-Origin"]
        self.check("a listed origin's preflight passes", (reply.status, allowed) == (200, origin), str(reply))
        reply = send(url, "OPTIONS", [("Origin", "https://evil.example"), asked[1]])
        self.check("a foreign one's is empty", not reply["Access-Control-Allow-Origin"], reply.headers)
        turn = self.user(gateway, headers=[("Origin", origin)]).turn("jira_whoami")
        self.check("a page of a listed origin works", is_good(turn), [str(reply) for reply in turn])

    def headers(self, gateway):
        claims = [
            ("X-Gateway-Token", "claimed-by-the-caller-0123456789abcdef"),
            ("X-Forwarded-For", "198.51.100.7"),
            ("Forwarded", "for=198.51.100.7"),
            ("Cookie", "a=b"),
            ("Ocp-Apim-Subscription-Key", "key"),
        ]
        turn = self.user(gateway, headers=claims).turn("jira_whoami")
        self.check("what a caller claims changes nothing", is_good(turn), [str(reply) for reply in turn])
        _, _, sent = gateway.forwarded[-1]
        names = [name.lower() for name, _ in sent]
        token = [text for name, text in sent if name.lower() == "x-gateway-token"]
        self.check("the bridge sees one gateway token, the named value", token == [self.secret], len(token))
        left = {"x-forwarded-for", "x-forwarded-host", "forwarded", "cookie", "ocp-apim-subscription-key"} & set(names)
        self.check("and no claim", not left, left)
        listed = self.user(gateway, headers=[("X-MCP-Readonly", "true")]).post("tools/list").json["result"]["tools"]
        names = {tool["name"] for tool in listed}
        self.check("who asks for less gets less", "jira_search" in names and "jira_create_issue" not in names, sorted(names))
        answer = turn[3]
        self.check("answers are not stored", answer["Cache-Control"] == "no-store", answer.headers)
        self.check("nor sniffed", answer["X-Content-Type-Options"] == "nosniff", answer.headers)
        self.check("and hide the server", not answer["Server"] and not answer["X-Powered-By"], answer.headers)

    def identity(self, gateway):
        """One request id and one trace through all hops."""
        trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        anna = self.user(gateway)
        kept = [pair for pair in anna.headers if pair[0].lower() != "traceparent"]
        anna.headers = [*kept, ("traceparent", f"00-{trace}-00f067aa0ba902b7-01")]
        reply = anna.post("tools/call", {"name": "jira_whoami", "arguments": {}})
        _, _, sent = gateway.forwarded[-1]
        sent = {name.lower(): text for name, text in sent}
        self.check("the trace context travels on", trace in sent.get("traceparent", ""), reply.status)
        minted = sent["x-request-id"]
        self.check("the answer names the gateway's request id", reply["X-Request-Id"] == minted, reply.headers)
        reached = [parent for parent in self.wire.traceparents if trace in parent]
        self.check("Jira is asked under the same trace", reached, self.wire.traceparents[-3:])
        self.check("each hop as a span of its own", all(sent["traceparent"] != parent for parent in reached), reached)
        spans = lambda: any(bytes.fromhex(trace) in body for body in self.wire.reported)
        until(spans, "the spans of the call")
        self.check("and the bridge reports its spans under it", spans(), "no span")
        audit = [line for line in map(json.loads, self.bridge.log.read_text().splitlines()) if line.get("target") == "audit"]
        self.check("and audits the call under it", audit[-1].get("trace_id") == trace, audit[-1:])
        logged = lambda: minted in [line.get("request_id") for line in self.bridge.access_lines()]
        until(logged, "the access line of a request")
        self.check("and so does the bridge's log", logged(), minted)

    def smoke(self, gateway):
        """The operator's own test of a deployment, through the gateway and past it."""
        command = [self.binary, "smoke", "--url", gateway.url + gateway.path, "--token-env", "USER_TOKEN"]
        command += ["--direct-url", f"{self.bridge.url}/mcp"]
        env = {"USER_TOKEN": self.jira.tokens["anna"]}
        done = subprocess.run(command, env=env, cwd=self.home, capture_output=True, encoding="utf-8")
        self.check("the smoke test is green", done.returncode == 0, done.stdout + done.stderr)
        verdicts = [line for line in done.stdout.splitlines() if "  ok  " not in line]
        self.check("with nothing skipped", not verdicts, verdicts)
        shown = done.stdout + done.stderr
        self.check("and shows no token", self.jira.tokens["anna"] not in shown and self.secret not in shown, "shown")

    def direct(self, secret):
        headers = [("Authorization", f"Bearer {self.jira.tokens['anna']}"), ("Content-Type", "application/json")]
        headers += [("X-Gateway-Token", secret)] if secret else []
        ping = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"}).encode()
        return send(f"{self.bridge.url}/mcp", headers=headers, body=ping).status

    def limits(self):
        """At a standstill of the clock, so that the count alone decides."""
        now = [0.0]
        with self.gateway(clock=lambda: now[0]) as gateway:
            anna, statuses = self.user(gateway), []
            for _ in range(121):
                reply = anna.post("ping")
                statuses.append(reply.status)
            self.check("a user has 120 calls a minute", statuses == [200] * 120 + [429], statuses[-3:])
            self.check("then Retry-After", reply["Retry-After"] == "60", reply.headers)
            shown = {"source": "rate-limit-by-key", "reason": "RateLimitExceeded", "error": "gateway_error"}
            self.check("and JSON from on-error", shown.items() <= reply.json.items(), str(reply))
            token, before = self.jira.tokens["anna"], len(gateway.forwarded)
            spelled = [f"{scheme}{' ' * blanks}{token}" for scheme in ("Bearer", "bearer", "BEARER") for blanks in range(1, 7)]
            statuses = {send(gateway.url + gateway.path, headers=[("Authorization", one)]).status for one in spelled}
            self.check("however the scheme is written", (statuses, len(gateway.forwarded)) == ({429}, before), statuses)
            self.check("another user goes on", self.user(gateway, "ben").post("ping").status == 200, "ben")
            now[0] = 61.0
            self.check("a minute later so does the first", anna.post("ping").status == 200, "anna")
            tokens = (f"made-up-{number}-{'x' * 20}" for number in itertools.count())
            many = [CopilotStudio(gateway.url + gateway.path, next(tokens)).post("ping").status for _ in range(1201)]
            self.check("one address has 1200, whatever tokens it makes up", many.count(429) == 2, many.count(429))

    def rotation(self):
        """The gateway secret changes while users work: both secrets overlap, and no good call is refused."""
        old, new = self.secret, fresh_secret()
        # On a clock that runs a thousand times as fast nobody meets a rate limit.
        with self.gateway(clock=lambda: time.monotonic() * 1000) as gateway:
            stop, bad, done = threading.Event(), [], {name: 0 for name in ("anna", "ben", "carla")}

            def work(name):
                user = self.user(gateway, name)
                while not stop.is_set():
                    turn = user.turn("jira_search", jql="project = ACME ORDER BY key", max_results=1)
                    done[name] += 1
                    if not is_good(turn):
                        bad.append([str(reply) for reply in turn])

            def one_more_each():
                """Everybody finishes a turn that began after now."""
                before = dict(done)
                until(lambda: all(done[name] >= before[name] + 2 for name in done), "turns of all users")

            workers = [threading.Thread(target=work, args=(name,), daemon=True) for name in done]
            for worker in workers:
                worker.start()
            try:
                one_more_each()
                self.check("before: the new secret is refused", self.direct(new) == 403, "new")
                self.bridge.accept([new, old])
                until(lambda: self.direct(new) == 200, "the new secret to be accepted")
                self.check("overlap: the old one is accepted too", self.direct(old) == 200, "old")
                one_more_each()
                gateway.named_values[NAMED_VALUE] = new
                one_more_each()
                self.bridge.accept([new])
                until(lambda: self.direct(old) == 403, "the old secret to be refused")
                one_more_each()
            finally:
                stop.set()
                for worker in workers:
                    worker.join()
            self.check("no good call was refused meanwhile", not bad and sum(done.values()) > 0, bad[:2])
            sent = {text for _, _, sent in gateway.forwarded for name, text in sent if name == "X-Gateway-Token"}
            self.check("the gateway sent both in turn", sent == {old, new}, len(sent))
        self.check("after: without a gateway token there is no way in", self.direct(None) == 403, "none")
        self.retired, self.secret = old, new
        with self.gateway(named_values={NAMED_VALUE: old}) as gateway:
            reply = self.user(gateway).post("ping")
            self.check("a gateway left behind is refused", reply.status == 403, str(reply))

    def backend_down(self):
        with tempfile.TemporaryDirectory(prefix="chain-") as home:
            with Bridge(self.binary, home, self.jira.url, [self.secret]) as gone:
                url = gone.url
        with self.gateway(backend=url) as gateway:
            reply = self.user(gateway).post("ping")
            shown = (reply.status, reply["Content-Type"], reply.json.get("reason"))
            self.check("a bridge that is gone is 502 in JSON", shown == (502, "application/json", "BackendConnectionFailure"), str(reply))
            self.check("which names no host", "127.0.0.1" not in str(reply.body), str(reply))

    def nothing_leaks(self):
        log = self.bridge.log.read_text()
        hidden = {"token": self.jira.tokens["anna"], "secret": self.secret, "old secret": self.retired}
        for what, text in hidden.items():
            self.check(f"no {what} in the bridge's log at trace level", text not in log, what)
