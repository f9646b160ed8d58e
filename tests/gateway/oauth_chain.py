"""The chain with apim-policy.oauth.xml: a client that knows only the URL of /mcp, a browser, the gateway that does what the
policy says, the bridge, its sandbox. Both APIs are those that deploy/azure publishes."""

import base64
import hashlib
import json
import re
import secrets
import subprocess
import sys
import tempfile
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import published
import streams
from client import CopilotStudio, is_good, send
from policy import PROJECT, Policy
from processes import Bridge, Jira, SignIn, fresh_secret
from stub import Gateway

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parent / "clients"), str(HERE.parent / "signin")]

import install
from browser import Browser

# As deploy/azure/environments/dev.json has them.
SIZES = json.loads((PROJECT / "deploy/azure/environments/dev.json").read_text())
NAMED = {
    "jira-mcp-calls-per-token": "callsPerTokenPerMinute",
    "jira-mcp-calls-per-address": "callsPerAddressPerMinute",
    "jira-mcp-registrations-per-address": "registrationsPerAddressPerMinute",
    "jira-mcp-sign-ins-per-address": "signInsPerAddressPerMinute",
    "jira-mcp-token-requests-per-address": "tokenRequestsPerAddressPerMinute",
    "jira-mcp-body-bytes-max": "bodyBytesMax",
    "jira-mcp-timeout-seconds": "gatewayTimeoutSeconds",
}
NAMED_VALUE, BACKEND = "jira-mcp-gateway-token", "jira-mcp-bridge"
# Nobody listens there: the browser stops before it.
REDIRECT = "http://127.0.0.1:9/callback"
FOREIGN = "https://client.example"
# What a caller may claim, and the bridge must not see; the last is for the pages alone.
CLAIMS = [
    ("X-Gateway-Token", "claimed-0123456789abcdef0123456789abcdef"),
    ("X-Forwarded-Host", "evil.example"),
    ("Ocp-Apim-Subscription-Key", "key"),
    ("Cookie", "a=b"),
]
FORWARDED = [
    ("GET", "/authorize?state=s&code_challenge=c%2Bd"),
    ("POST", "/authorize"),
    ("GET", "/auth/callback?code=c"),
    ("POST", "/auth/logout"),
    ("POST", "/token"),
    ("POST", "/register"),
    ("POST", "/revoke"),
    ("POST", "/mcp"),
    ("GET", "/mcp/x/core,agile"),
]
UNPUBLISHED = [
    ("GET", "/jira-mcp/healthz"),
    ("GET", "/jira-mcp/metrics"),
    ("PUT", "/jira-mcp/token"),
    ("GET", "/jira-mcp/token"),
    ("GET", "/jira-mcp/auth/logout"),
    ("GET", "/mcp"),
    ("POST", "/token"),
    ("GET", "/.well-known/oauth-authorization-server"),
    ("GET", "/.well-known/oauth-authorization-server/other"),
]
# Documents at the root, and what the bridge is asked for.
ROOT = {
    "oauth-authorization-server/jira-mcp": "oauth-authorization-server",
    "openid-configuration/jira-mcp": "openid-configuration",
    "oauth-protected-resource/jira-mcp/mcp": "oauth-protected-resource/mcp",
    "oauth-protected-resource/jira-mcp/mcp/x/core,agile": "oauth-protected-resource/mcp/x/core,agile",
}
JSON, FORM = ("Content-Type", "application/json"), ("Content-Type", "application/x-www-form-urlencoded")


class OauthChain:
    def __init__(self, binary, policy_text, check):
        self.binary, self.policy, self.check, self.secret = binary, Policy(policy_text), check, fresh_secret()

    def play(self, signs_in):
        self.transport()
        self.documents_and_connector()
        if signs_in:
            self.sign_in()

    def gateway(self, clock=time.monotonic, backend="http://127.0.0.1:1"):
        apis = {}
        for where, method, template in published.operations(PROJECT):
            apis.setdefault(where, set()).add((method, template))
        (path,) = (path for path in apis if path)
        named = {NAMED_VALUE: self.secret} | {name: str(SIZES[size]) for name, size in NAMED.items()}
        return Gateway(self.policy, path, apis[path], named, {BACKEND: backend}, clock, root=apis[""])

    def transport(self):
        """What only a stand-in for the bridge answers on demand."""
        with Standin() as standin, self.gateway(backend=standin.url) as gateway:
            for method, path in FORWARDED:
                reply = send(gateway.url + path, method, CLAIMS)
                sent_method, target, lines = gateway.forwarded[-1]
                self.check(f"{method} {path} arrives as it was sent", (sent_method, target) == (method, path), target)
                token = [text for name, text in lines if name.lower() == "x-gateway-token"]
                self.check(f"{path} brings the gateway's own token, once", token == [self.secret], len(token))
                left = {name.lower() for name, _ in lines} & {"x-forwarded-host", "ocp-apim-subscription-key"}
                self.check(f"{path} brings no claim", not left, left)
                has_cookie = "cookie" in {name.lower() for name, _ in lines}
                is_page = path.startswith("/auth")
                self.check(f"{path} brings cookies: {is_page}", has_cookie == is_page, has_cookie)
                cookies = [text for name, text in reply.lines if name.lower() == "set-cookie"]
                self.check(f"the answer to {path} keeps both cookies", cookies == Standin.COOKIES, cookies)
                kept = {name: reply[name] for name, _ in Standin.KEPT}
                self.check(f"and its headers", kept == dict(Standin.KEPT), kept)
                self.check("a redirect is not followed", reply.status == 302, str(reply))
                self.check("nothing is stored, the server is hidden", (reply["Cache-Control"], reply["Server"]) == ("no-store", ""), reply.headers)
            reply = send(gateway.url + "/token", "OPTIONS", [("Origin", FOREIGN), ("Access-Control-Request-Method", "POST")])
            self.check("the bridge answers a preflight", gateway.forwarded[-1][0] == "OPTIONS" and reply.status == 302, str(reply))
            before = len(gateway.forwarded)
            for method, path in UNPUBLISHED:
                reply = send(gateway.origin + path, method)
                self.check(f"{method} {path} is not published", reply.status == 404, str(reply))
            self.check("and none of it was forwarded", len(gateway.forwarded) == before, gateway.forwarded[before:])
            self.root_paths(gateway)
            self.limits(standin)

    def root_paths(self, gateway):
        for asked, wanted in ROOT.items():
            send(f"{gateway.origin}/.well-known/{asked}?a=b", "GET")
            self.check(f"the document {asked} at the root", gateway.forwarded[-1][1] == f"/.well-known/{wanted}", gateway.forwarded[-1][1])

    def limits(self, standin):
        """At a standstill of the clock, so that the count alone decides."""
        for path, size in [("/register", "registrationsPerAddressPerMinute"), ("/token", "tokenRequestsPerAddressPerMinute"), ("/authorize", "signInsPerAddressPerMinute")]:
            with self.gateway(clock=lambda: 0.0, backend=standin.url) as gateway:
                statuses = [send(gateway.url + path).status for _ in range(SIZES[size])]
                reply = send(gateway.url + path)
                self.check(f"{path} has a limit of its own", (set(statuses), reply.status) == ({302}, 429), reply.status)
                shown = (reply["Retry-After"], reply["Access-Control-Allow-Origin"], reply.json.get("reason"))
                self.check("which a page's program can read", shown == ("60", "*", "RateLimitExceeded"), reply.headers)
                self.check("another address goes on", send(gateway.url + path, address="127.0.0.2").status == 302, path)
                others = {send(gateway.url + other).status for other in {"/register", "/token", "/authorize", "/mcp"} - {path}}
                self.check("and so do other calls", others == {302}, others)
        with self.gateway(clock=lambda: 0.0, backend=standin.url) as gateway:
            bearer = [("Authorization", "bearer   token-of-anna")]
            statuses = [send(gateway.url + "/mcp", headers=bearer).status for _ in range(SIZES["callsPerTokenPerMinute"] + 1)]
            self.check("a token has its calls, and one more is too many", statuses.count(429) == 1 and statuses[-1] == 429, statuses[-2:])
            self.check("without a token the bridge still says where to sign in", send(gateway.url + "/mcp").status == 302, "429")

    def documents_and_connector(self):
        """With a bridge that signs nobody in: the 401 leads to the document, and the connector works as ever."""
        with tempfile.TemporaryDirectory(prefix="oauth-") as home, Jira(self.binary, home) as jira, self.gateway() as gateway:
            with Bridge(self.binary, home, jira.url, [self.secret], streams.SETTINGS | {"PUBLIC_BASE_URL": gateway.url}) as bridge:
                gateway.backends[BACKEND] = bridge.url
                self.challenge(gateway, "/mcp")
                self.challenge(gateway, "/mcp/x/core,agile")
                turn = CopilotStudio(gateway.url + "/mcp", jira.tokens["anna"]).turn("jira_search", jql="project = ACME", max_results=1)
                self.check("a turn of Copilot Studio goes through", is_good(turn), [str(reply) for reply in turn])
                streams.compatible(self.check, gateway, jira.tokens["ben"], gateway.named_values)
                reply = send(gateway.url + "/mcp", headers=[("Authorization", f"Bearer {jira.tokens['anna']}"), ("Origin", "https://evil.example")])
                self.check("the bridge refuses a foreign origin", reply.status == 403, str(reply))

    def challenge(self, gateway, path):
        """From a 401 to the document, and to the same one at the root."""
        reply = send(gateway.url + path)
        named = re.search(r'resource_metadata="([^"]+)"', reply["WWW-Authenticate"])
        self.check(f"a call of {path} without a token is told where to begin", reply.status == 401 and named, str(reply))
        document = send(named[1], "GET").json
        self.check("the document is of that URL", document.get("resource") == gateway.url + path, document)
        root = f"{gateway.origin}/.well-known/oauth-protected-resource{urlsplit(gateway.url + path).path}"
        self.check("and stands where RFC 9728 puts it, too", send(root, "GET").json == document, root)
        return document

    def sign_in(self):
        with tempfile.TemporaryDirectory(prefix="oauth-") as home, self.gateway() as gateway:
            with SignIn(self.binary, home, gateway.url, [self.secret]) as bridge:
                gateway.backends[BACKEND] = bridge.url
                metadata = self.discover(gateway)
                self.preflights(gateway, metadata)
                self.direct(bridge)
                client, browser, tokens = self.authorize(gateway, metadata)
                self.work(gateway, metadata, client, tokens)
                self.status(gateway, browser)
                self.libraries(gateway, home, "signs in")
                del gateway.apis[""]
                self.libraries(gateway, home, "signs in where nothing stands at the root")
                self.nothing_leaks(bridge)

    def discover(self, gateway):
        document = self.challenge(gateway, "/mcp")
        self.check("the document names the bridge", document["authorization_servers"] == [gateway.url], document)
        path = urlsplit(gateway.url).path
        names = ("oauth-authorization-server", "openid-configuration")
        places = [f"{gateway.origin}/.well-known/{name}{path}{mcp}" for name in names for mcp in ("", "/mcp")]
        places += [f"{gateway.url}/.well-known/{name}" for name in names]
        found = [send(place, "GET").json for place in places]
        self.check("the issuer's document stands wherever clients look", [one.get("issuer") for one in found] == [gateway.url] * len(places), found)
        ends = [url for name, url in found[0].items() if name.endswith("_endpoint")]
        self.check("and all it names is below the public URL", ends and all(url.startswith(gateway.url + "/") for url in ends), ends)
        return found[0]

    def preflights(self, gateway, metadata):
        asked = [("Origin", FOREIGN), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type")]
        for name in ("token_endpoint", "registration_endpoint", "revocation_endpoint"):
            reply = send(metadata[name], "OPTIONS", asked)
            shown = (reply.status, reply["Access-Control-Allow-Origin"], reply["Access-Control-Allow-Credentials"])
            self.check(f"a page of any origin may call the {name}", shown == (204, "*", ""), str(reply))
        reply = send(metadata["authorization_endpoint"], "GET", [("Origin", FOREIGN)])
        self.check("and none reads the pages", not reply["Access-Control-Allow-Origin"], reply.headers)

    def direct(self, bridge):
        for method, path in [*FORWARDED, ("GET", "/auth/login"), ("GET", "/auth/status")]:
            reply = send(bridge.url + path, method)
            self.check(f"{path} is reached through the gateway alone", reply.status == 403, str(reply))

    def authorize(self, gateway, metadata):
        """A client registers and gets its tokens; a person agrees in a browser that knows the gateway alone."""
        wanted = {"redirect_uris": [REDIRECT], "client_name": "Chain", "token_endpoint_auth_method": "none"}
        reply = send(metadata["registration_endpoint"], "POST", [JSON], json.dumps(wanted).encode())
        self.check("a client registers", reply.status == 201, str(reply))
        client, verifier, self.state = reply.json["client_id"], secrets.token_urlsafe(40), secrets.token_urlsafe(20)
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {"response_type": "code", "client_id": client, "redirect_uri": REDIRECT, "state": self.state}
        asked |= {"code_challenge": digest, "code_challenge_method": "S256", "resource": f"{gateway.url}/mcp"}
        browser = Browser(REDIRECT).open(f"{metadata['authorization_endpoint']}?{urlencode(asked, quote_via=quote)}")
        policy = browser.reply["Content-Security-Policy"]
        self.check("the consent page keeps its policy", "frame-ancestors 'none'" in policy, browser.reply.headers)
        self.check("and its cookie", any(line.startswith("__Host-") for line in browser.set_lines), browser.set_lines)
        self.check("and is not stored", browser.reply["Cache-Control"] == "no-store", browser.reply.headers)
        browser.press("decision", "allow").press("user", "anna")
        self.check("the browser ends at the client", browser.url.startswith(REDIRECT), browser.url)
        answer = {name: texts[0] for name, texts in parse_qs(urlsplit(browser.url).query).items()}
        self.check("with code, state and issuer", (answer.get("state"), answer.get("iss")) == (self.state, gateway.url), sorted(answer))
        self.code = answer["code"]
        form = {"grant_type": "authorization_code", "code": self.code, "redirect_uri": REDIRECT, "client_id": client}
        form |= {"code_verifier": verifier, "resource": f"{gateway.url}/mcp"}
        reply = send(metadata["token_endpoint"], "POST", [FORM, ("Origin", FOREIGN)], urlencode(form).encode())
        self.check("the code is redeemed", reply.status == 200 and reply["Access-Control-Allow-Origin"] == "*", str(reply))
        return client, browser, reply.json

    def work(self, gateway, metadata, client, tokens):
        def whoami(token):
            call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "jira_whoami", "arguments": {}}}
            headers = [JSON, ("Accept", "application/json, text/event-stream"), ("Authorization", f"Bearer {token}")]
            return send(f"{gateway.url}/mcp", "POST", headers, json.dumps(call).encode())

        reply = whoami(tokens["access_token"])
        self.check("and the tools work as the person", reply.status == 200 and b"Anna" in reply.body, str(reply))
        form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "client_id": client}
        reply = send(metadata["token_endpoint"], "POST", [FORM], urlencode(form).encode())
        self.check("a token is refreshed", reply.status == 200, str(reply))
        self.tokens = [tokens["access_token"], tokens["refresh_token"], reply.json["access_token"], reply.json["refresh_token"]]
        form = {"token": reply.json["refresh_token"], "client_id": client}
        self.check("and revoked", send(metadata["revocation_endpoint"], "POST", [FORM], urlencode(form).encode()).status == 200, "revoke")
        reply = whoami(reply.json["access_token"])
        self.check("after which a 401 says so", reply.status == 401 and 'error="invalid_token"' in reply["WWW-Authenticate"], str(reply))

    def status(self, gateway, browser):
        browser.open(f"{gateway.url}/auth/status")
        self.check("the person sees who is signed in", browser.reply.status == 200 and b"Anna" in browser.reply.body, str(browser.reply))
        browser.press()
        self.check("and signs out", browser.reply.status == 200, str(browser.reply))
        self.check("which the browser forgets", not any("person" in name for _, name in browser.jar), list(browser.jar))

    def libraries(self, gateway, home, what):
        """The clients that others wrote find their way by themselves."""
        installed = install.everything(home)
        url, drivers = f"{gateway.url}/mcp", HERE.parent / "signin"
        commands = {f"mcp {n} of PyPI": [python, "-B", drivers / "python_client.py", url] for n, python in installed.python.items()}
        for library in ("sdk", "client"):
            commands[f"@modelcontextprotocol/{library}"] = ["node", drivers / "typescript_client.mjs", library, url]
        asked = json.dumps({"method": "call", "name": "jira_whoami", "arguments": {}}) + "\n"
        env = {**installed.env, "NPM_FOLDER": str(installed.npm)}
        for name, command in commands.items():
            done = subprocess.run(command, env=env, cwd=home, input=asked, capture_output=True, encoding="utf-8", timeout=60)
            self.check(f"{name} {what}", done.returncode == 0 and "Anna" in done.stdout, (done.stdout + done.stderr)[-800:])

    def nothing_leaks(self, bridge):
        log = bridge.log.read_text()
        hidden = {"state": self.state, "code": self.code, "secret": self.secret} | {f"token {number}": token for number, token in enumerate(self.tokens)}
        for what, text in hidden.items():
            self.check(f"no {what} in the bridge's log at trace level", text not in log, what)


class Standin:
    """Answers everything with the same redirect, under headers that a gateway might be tempted to change."""

    COOKIES = ["__Host-a=1; Path=/; Secure; HttpOnly; SameSite=Lax", "__Host-b=2; Path=/; Secure; HttpOnly; SameSite=Lax"]
    KEPT = [
        ("Location", "https://elsewhere.example/callback?code=c&state=s"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ("WWW-Authenticate", 'Bearer resource_metadata="https://public.example/.well-known/oauth-protected-resource/mcp"'),
        ("Access-Control-Allow-Origin", "*"),
        ("Referrer-Policy", "same-origin"),
        ("Vary", "Origin"),
    ]

    def __enter__(self):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.send_response(302)
                lines = [*Standin.KEPT, *(("Set-Cookie", line) for line in Standin.COOKIES), ("Content-Length", "0")]
                for name, text in lines:
                    self.send_header(name, text)
                self.end_headers()

            do_GET = do_POST = do_OPTIONS = do_DELETE = answer

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
