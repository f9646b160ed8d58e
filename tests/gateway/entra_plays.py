"""What apim-policy.entra.xml does with each kind of caller, played against a backend that answers on demand.

The callers: anna and ben have a connection, carla has one that the gateway may not use, emil has none.
"""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from identity import Entra, Manager
from stub import Gateway

TENANT, OTHER = "11111111-2222-4333-8444-555555555555", "99999999-2222-4333-8444-555555555555"
# By name, the object ids of the tenant's people; the last is the gateway's managed identity.
OIDS = {name: f"00000000-0000-4000-8000-{number:012}" for number, name in enumerate(("anna", "ben", "carla", "emil", "gateway"), 1)}
IDENTITY, APPLICATION = "22222222-0000-4000-8000-000000000000", "33333333-0000-4000-8000-000000000000"
CLIENTS = ("aebc6443-996d-45c2-90f0-388ff96faa56", "44444444-0000-4000-8000-000000000000")
PUBLIC = "https://api.contoso.example/jira-mcp"
SCOPE = f"{PUBLIC}/mcp/access"
DOCUMENT = f"{PUBLIC}/.well-known/oauth-protected-resource/mcp"
CONNECT = "https://intranet.contoso.example/connect-jira"
SECRET = "gateway-secret-0123456789abcdef0123456789abcdef"
# The largest counts are small enough to be used up; the body's limit is in bytes.
CALLS_USER, CALLS_ADDRESS, BODY = 3, 50, 64
NAMED = {
    "jira-mcp-gateway-token": SECRET,
    "jira-mcp-calls-per-user": str(CALLS_USER),
    "jira-mcp-calls-per-address": str(CALLS_ADDRESS),
    "jira-mcp-body-bytes-max": str(BODY),
    "jira-mcp-timeout-seconds": "110",
    "jira-mcp-public-url": PUBLIC,
    "jira-mcp-connect-url": CONNECT,
    "jira-mcp-gateway-identity": IDENTITY,
    "jira-mcp-entra-tenant": TENANT,
    "jira-mcp-entra-audience": f"{PUBLIC}/mcp",
    "jira-mcp-entra-application": APPLICATION,
    "jira-mcp-entra-client-a": CLIENTS[0],
    "jira-mcp-entra-client-b": CLIENTS[1],
    "jira-mcp-entra-scope": "access",
    "jira-mcp-toolsets-lead": "core,agile,bulk",
    "jira-mcp-toolsets-member": "core,collab",
    "jira-mcp-toolsets-reader": "core",
}
# What a caller may claim, and the bridge must not see.
CLAIMS = [
    ("X-Gateway-Token", "claimed-0123456789abcdef0123456789abcdef"),
    ("X-MCP-Toolsets", "core,agile,bulk,destructive"),
    ("X-MCP-Toolsets", "destructive"),
    ("X-MCP-Readonly", "0"),
    ("X-Forwarded-For", "198.51.100.7"),
    ("X-Forwarded-Host", "evil.example"),
    ("Cookie", "a=b"),
]
FORWARDED = [("POST", "/mcp"), ("POST", "/mcp/readonly"), ("POST", "/mcp/x/core,agile"), ("POST", "/api/mcp/command"), ("GET", "/api/mcp/stream")]
ROLES = [
    (["Lead"], ("core,agile,bulk", "false")),
    (["Member"], ("core,collab", "false")),
    (["Reader"], ("core", "true")),
    (["Reader", "Lead"], ("core,agile,bulk", "false")),
    (["Member", "Reader", "Other"], ("core,collab", "false")),
    (["lead"], None),
    (["Leader"], None),
    (["Team Lead"], None),
    ([], None),
    (None, None),
]


class World:
    """The tenant, another one, a stranger who signs in the tenant's name, and the credential manager."""

    def __init__(self):
        self.entra, self.other, self.stranger = Entra(TENANT), Entra(OTHER), Entra(TENANT)
        gateway, nobody = {(TENANT, OIDS["gateway"])}, {(TENANT, OIDS["emil"])}
        self.tokens = {name: f"atlassian-token-of-{name}" for name in ("anna", "ben", "carla")}
        connections = {OIDS[name]: (token, nobody if name == "carla" else gateway) for name, token in self.tokens.items()}
        self.manager = Manager("atlassian", self.entra, connections)

    def token(self, name="anna", issuer=None, **claims):
        known = {"aud": APPLICATION, "azp": CLIENTS[0], "oid": OIDS[name], "sub": f"sub-of-{name}", "scp": "access", "roles": ["Member"]}
        return (issuer or self.entra).token(**(known | claims))

    def gateway(self, policy, operations, backend, clock=lambda: 0.0, named=NAMED):
        apis = {}
        for where, method, template in operations:
            apis.setdefault(where, set()).add((method, template))
        (path,) = (path for path in apis if path)
        entra = {TENANT: self.entra, OTHER: self.other}
        identities = {IDENTITY: (self.entra, OIDS["gateway"])}
        return Gateway(policy, path, apis[path], named, {"jira-mcp-bridge": backend}, clock, apis[""], entra, identities, self.manager)


class Play:
    """One policy, one exchange after another, each with fresh counters unless it says otherwise."""

    def __init__(self, policy, operations, backend):
        self.policy, self.operations, self.backend, self.world = policy, operations, backend, World()
        self.stored = []
        self.fresh()

    def fresh(self):
        self.gateway = self.world.gateway(self.policy, self.operations, self.backend.url)

    def ask(self, token=None, method="POST", path="/mcp", headers=(), body=b"{}", where=None, address="192.0.2.1"):
        """The answer, and what the bridge was asked: (method, target, headers) or None."""
        given = [*headers, *([("Authorization", f"Bearer {token}")] if token else [])]
        if body:
            given.append(("Content-Length", str(len(body))))
        before = len(self.gateway.forwarded)
        where = self.gateway.base_path if where is None else where
        answer = self.gateway.answer(method, where + path, given, body, address)
        sent = (self.gateway.forwarded[before:] or [None])[0]
        if answer.status != 500 and (header(answer, "cache-control") != "no-store" or not sent and header(answer, "content-type") != "application/json"):
            self.stored.append(f"the answer {answer.status} to {method} {path} may be stored, or is no JSON")
        return answer, sent


def faults(policy, operations):
    with backend() as standin:
        for part in (passes, roles, connections, challenges, refused, scopes, documents, edges, counted_by_user, counted_by_address, streams):
            play = Play(policy, operations, standin)
            yield from part(play)
            yield from play.stored[:1]


def lines(sent, name):
    return [] if sent is None else [text for known, text in sent[2] if known.lower() == name.lower()]


def header(answer, name):
    return next((text for known, text in answer.headers if known.lower() == name.lower()), "")


def parsed(answer):
    try:
        return json.loads(answer.body)
    except ValueError:
        return {}


def rpc_error(answer):
    """The error of a JSON-RPC answer; empty where it is none."""
    said = parsed(answer).get("error")
    return said if isinstance(said, dict) else {}


def passes(play):
    for method, path in FORWARDED:
        for version in ({}, {"aud": f"{PUBLIC}/mcp", "azp": None, "appid": CLIENTS[1], "ver": "1.0", "iss": f"https://sts.windows.net/{TENANT}/"}):
            play.fresh()
            token = play.world.token(**version)
            answer, sent = play.ask(token, method, path, CLAIMS, b"" if method == "GET" else b"{}")
            if answer.status != 200 or sent is None:
                yield f"{method} {path} of a good token is answered {answer.status} {answer.body[:80]!r}"
                continue
            if sent[:2] != (method, path):
                yield f"{method} {path} becomes {sent[:2]}"
            wanted = {"authorization": [f"Bearer {play.world.tokens['anna']}"], "x-gateway-token": [SECRET], "x-mcp-toolsets": ["core,collab"], "x-mcp-readonly": ["false"]}
            wanted |= dict.fromkeys(("x-forwarded-for", "x-forwarded-host", "cookie"), [])
            for name, values in wanted.items():
                if lines(sent, name) != values:
                    yield f"{method} {path}: the bridge sees {name}: {lines(sent, name)}"
            if any(token in text for _, text in sent[2]):
                yield f"{method} {path}: a token of Entra's reaches the bridge"
            if header(answer, "server"):
                yield f"{method} {path}: the answer names its server"


def roles(play):
    for given, wanted in ROLES:
        play.fresh()
        answer, sent = play.ask(play.world.token(roles=given), headers=CLAIMS)
        if wanted is None:
            said = rpc_error(answer)
            if sent is not None or (answer.status, said.get("data", {}).get("error"), said.get("code")) != (403, "no_role", -32001):
                yield f"the roles {given} are answered {answer.status} {answer.body[:80]!r}"
            elif header(answer, "www-authenticate"):
                yield "who has no role is sent to sign in again"
        elif (lines(sent, "x-mcp-toolsets"), lines(sent, "x-mcp-readonly")) != ([wanted[0]], [wanted[1]]):
            yield f"the roles {given} become {lines(sent, 'x-mcp-toolsets')} {lines(sent, 'x-mcp-readonly')}, not {wanted}"


def connections(play):
    _, sent = play.ask(play.world.token("ben"))
    if lines(sent, "authorization") != [f"Bearer {play.world.tokens['ben']}"]:
        yield f"ben's call goes on as {lines(sent, 'authorization')}"
    # Twice: a variable that is null, and one that is not there.
    for name in ("emil", "emil", "carla", "carla"):
        play.fresh()
        play.gateway.leaves_out = name == "carla"
        headers = [("X-User", OIDS["anna"]), ("X-Object-Id", OIDS["anna"])]
        answer, sent = play.ask(play.world.token(name), headers=headers)
        if sent is not None:
            yield f"without a connection of {name}'s the call goes on as {lines(sent, 'authorization')}"
        said = rpc_error(answer)
        data = said.get("data", {})
        if (answer.status, data.get("error"), data.get("url")) != (403, "sign_in_required", CONNECT) or CONNECT not in said.get("message", ""):
            yield f"without a connection {name} is not told where to connect: {answer.status} {answer.body[:80]!r}"
        if header(answer, "www-authenticate") or header(answer, "content-type") != "application/json":
            yield "who has no connection is sent to sign in again, or gets no JSON"
        if parsed(answer).get("id", 0) is not None or parsed(answer).get("jsonrpc") != "2.0":
            yield "who has no connection gets no JSON-RPC error"


def challenges(play):
    for method, path in FORWARDED:
        for headers in ([], [("Authorization", "Basic eDp5")], [("Authorization", "Bearer")]):
            play.fresh()
            answer, sent = play.ask(None, method, path, headers)
            challenge = header(answer, "www-authenticate")
            if sent is not None or answer.status != 401:
                yield f"{method} {path} without a token is answered {answer.status}"
            elif challenge != f'Bearer resource_metadata="{DOCUMENT}", scope="{SCOPE}"':
                yield f"{method} {path} without a token: the challenge is {challenge!r}"
            elif parsed(answer).get("error") != "unauthenticated":
                yield f"{method} {path} without a token is not told so"


def refused(play):
    world = play.world
    cases = {
        "another tenant's token": world.token(issuer=world.other),
        "another tenant's token under this name": world.token(issuer=world.other, iss=f"https://login.microsoftonline.com/{TENANT}/v2.0", tid=TENANT),
        "a forged token": world.token(issuer=world.stranger),
        "another audience's token": world.token(aud="https://graph.microsoft.com"),
        "a token for the credential manager": world.token(aud="https://azure-api.net/authorization-manager"),
        "another client's token": world.token(azp="55555555-0000-4000-8000-000000000000"),
        "an old token": world.token(exp=1),
        "no token at all": "x",
    }
    for what, token in cases.items():
        play.fresh()
        answer, sent = play.ask(token)
        challenge = header(answer, "www-authenticate")
        if sent is not None or answer.status != 401:
            yield f"{what} is answered {answer.status}"
        elif challenge != f'Bearer error="invalid_token", resource_metadata="{DOCUMENT}", scope="{SCOPE}"':
            yield f"{what}: the challenge is {challenge!r}"
        elif parsed(answer).get("error") != "gateway_error" or header(answer, "content-type") != "application/json":
            yield f"{what} is not explained in JSON"


def scopes(play):
    for scope in ("User.Read", "access2", "noaccess", "full.access", "ACCESS", "", None):
        play.fresh()
        answer, sent = play.ask(play.world.token(scp=scope, roles=["Lead"], idtyp="user" if scope else "app"))
        if sent is not None or (answer.status, parsed(answer).get("error")) != (403, "insufficient_scope"):
            yield f"the scope {scope!r} is answered {answer.status} {answer.body[:80]!r}"
        elif header(answer, "www-authenticate") != f'Bearer error="insufficient_scope", scope="{SCOPE}", resource_metadata="{DOCUMENT}"':
            yield f"the scope {scope!r}: the challenge is {header(answer, 'www-authenticate')!r}"
    for scope in ("User.Read access", "access User.Read"):
        play.fresh()
        answer, _ = play.ask(play.world.token(scp=scope))
        if answer.status != 200:
            yield f"the scopes {scope!r} are answered {answer.status}"


def documents(play):
    wanted = {"resource": f"{PUBLIC}/mcp", "authorization_servers": [f"https://login.microsoftonline.com/{TENANT}/v2.0"], "scopes_supported": [SCOPE], "bearer_methods_supported": ["header"], "resource_name": "Jira MCP"}
    for where, method, template in sorted(play.operations):
        if not template.startswith("/.well-known/"):
            continue
        play.fresh()
        headers = [("Origin", "https://page.example")]
        answer, sent = play.ask(None, method, template.replace("{toolsets}", "core"), headers, b"", where)
        if sent is not None or (answer.status, parsed(answer)) != (200, wanted):
            yield f"the document {where}{template} is answered {answer.status} {answer.body[:80]!r}"
        elif (header(answer, "content-type"), header(answer, "access-control-allow-origin")) != ("application/json", "*"):
            yield f"the document {where}{template} cannot be read"
    for path in ("/authorize", "/token", "/healthz", "/metrics", "/.well-known/oauth-authorization-server"):
        answer, sent = play.ask(play.world.token(), "GET", path, (), b"")
        if sent is not None or answer.status != 404:
            yield f"{path} is published"


def edges(play):
    token = play.world.token()
    cases = [
        ("a GET of /mcp", 405, ("GET", "/mcp", [], b"")),
        ("a DELETE", 405, ("DELETE", "/mcp", [], b"")),
        ("a GET of the other path of POST", 405, ("GET", "/api/mcp/command", [], b"")),
        ("a foreign origin", 403, ("POST", "/mcp", [("Origin", "https://evil.example")], b"{}")),
        ("a listed origin", 200, ("POST", "/mcp", [("Origin", "https://make.powerapps.com")], b"{}")),
        ("a body at the limit", 200, ("POST", "/mcp", [], b" " * BODY)),
        ("a body beyond it", 413, ("POST", "/mcp", [], b" " * (BODY + 1))),
    ]
    for what, wanted, asked in cases:
        play.fresh()
        answer, sent = play.ask(token, *asked)
        if answer.status != wanted or (sent is None) == (wanted == 200):
            yield f"{what} is answered {answer.status}, not {wanted}"
    play.fresh()
    answer, _ = play.ask(token, path="/mcp/x/unauthorized")
    if (answer.status, header(answer, "www-authenticate")) != (403, ""):
        yield f"a refusal of the Atlassian token is answered {answer.status} {header(answer, 'www-authenticate')!r}: the client would fetch a token of Entra's for it"
    named = {name: text for name, text in NAMED.items() if name != "jira-mcp-entra-tenant"}
    answer = play.world.gateway(play.policy, play.operations, play.backend.url, named=named).answer("POST", "/jira-mcp/mcp", [("Authorization", f"Bearer {token}")], b"", "192.0.2.1")
    if answer.status != 500:
        yield f"without the tenant's named value a call is answered {answer.status}"


def counted_by_user(play):
    """Two tokens of one person are one person, two people are two, whatever the address."""
    tokens = [play.world.token(sub=f"sub-{number}", azp=CLIENTS[number % 2]) for number in range(CALLS_USER + 1)]
    statuses = [play.ask(token, address=f"192.0.2.{number}")[0].status for number, token in enumerate(tokens)]
    if statuses != [200] * CALLS_USER + [429]:
        yield f"a person with several tokens is answered {statuses}"
    if (status := play.ask(play.world.token("ben"))[0].status) != 200:
        yield f"and another person {status}"
    if (status := play.ask(tokens[0], address="192.0.2.1")[0].status) != 429:
        yield "a person's count is by address as well"
    names = [str(key) for key in play.gateway.counters.windows]
    if any(token in name or token.split(".")[2] in name for token in tokens for name in names):
        yield "a token is the name of a counter"
    if not any(TENANT in name and OIDS["anna"] in name for name in names):
        yield f"a person is not counted by tenant and object id: {names}"


def counted_by_address(play):
    """Every request of an address counts, those that are refused first of all."""
    statuses = [play.ask("x")[0].status for _ in range(CALLS_ADDRESS + 1)]
    if statuses != [401] * CALLS_ADDRESS + [429]:
        yield f"an address that makes tokens up is answered {statuses[-2:]} at the end"
    answer, sent = play.ask(play.world.token())
    if (answer.status, header(answer, "retry-after"), sent) != (429, "60", None):
        yield f"an address that used up its calls is answered {answer.status}"
    if (status := play.ask(play.world.token(), address="192.0.2.2")[0].status) != 200:
        yield f"and another address {status}"


def streams(play):
    """An event arrives while the stream is open: the backend ends it only when the event was read, or it gives up."""
    play.backend.read.clear()
    answer, _ = play.ask(play.world.token(), "GET", "/api/mcp/stream", (), b"")
    first = next(answer.parts) if answer.parts is not None else answer.body
    was_open = not play.backend.read.is_set() and answer.parts is not None
    play.backend.read.set()
    if not was_open or b"connected" not in first:
        yield f"an event stream is kept until it ends: {answer.status} {first[:40]!r}"
    if answer.parts is not None:
        answer.parts.close()


@contextmanager
def backend():
    """Answers 200, 401 below …/unauthorized, and a stream that goes on."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path == "/api/mcp/stream":
                return self.stream()
            self.send_response(401 if self.path.endswith("/unauthorized") else 200)
            for name, text in (("WWW-Authenticate", 'Bearer realm="jira"'), ("Content-Type", "application/json"), ("Content-Length", "2")):
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(b"{}")

        def stream(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(b"event: connected\ndata: {}\n\n")
            self.wfile.flush()
            server.read.wait(0.5)

        do_GET = do_POST = do_DELETE = answer

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.read, server.url = threading.Event(), f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
