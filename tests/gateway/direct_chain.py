"""The other way that users of Entra ID come through the gateway: apim-policy.oauth.xml passes their tokens on, and the bridge with
AUTH=entra checks them itself. Here the tenant's keys are real, for it is the bridge that reads them."""

import json
import tempfile
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import rsa
import streams
from client import CopilotStudio, send
from entra_plays import APPLICATION, CLIENTS, OIDS, TENANT
from identity import encoded
from oauth_chain import BACKEND, OauthChain
from processes import Bridge, Jira


class DirectChain(OauthChain):
    def play(self):
        with Tenant() as tenant, tempfile.TemporaryDirectory(prefix="direct-") as home, Jira(self.binary, home) as jira, self.gateway() as gateway:
            settings = streams.SETTINGS | {
                "AUTH": "entra",
                "PUBLIC_BASE_URL": gateway.url,
                "TOOLSETS": "core,context,collab,agile",
                "ENTRA_AUTHORITY": tenant.url,
                "ENTRA_TENANT_ID": TENANT,
                "ENTRA_AUDIENCE": APPLICATION,
                "ENTRA_REQUIRED_SCOPE": "access",
                "ENTRA_ROLE_TOOLSETS": "Reader=readonly;Lead=core,agile",
            }
            with Bridge(self.binary, home, jira.url, [self.secret], settings) as bridge:
                gateway.backends[BACKEND] = bridge.url
                self.tokens(gateway, tenant)
                log = bridge.log.read_text()
                shown = [token for token in tenant.issued if token in log]
                self.check("no token of Entra's in the bridge's log at trace level", not shown, len(shown))

    def tokens(self, gateway, tenant):
        document = self.challenge(gateway, "/mcp")
        self.check("the document names the tenant", document["authorization_servers"] == [f"{tenant.url}/{TENANT}/v2.0"], document)
        for role, tools in (("Lead", {"jira_search", "jira_create_issue", "jira_list_boards"}), ("Reader", {"jira_search", "jira_list_boards"})):
            token = tenant.token(roles=[role])
            # What a caller says of sets narrows its role, and never widens it.
            user = CopilotStudio(gateway.url + "/mcp", token, [("X-MCP-Readonly", "false")])
            listed = {tool["name"] for tool in user.post("tools/list").json.get("result", {}).get("tools", [])}
            found = listed & {"jira_search", "jira_create_issue", "jira_list_boards"}
            self.check(f"a {role} sees {sorted(tools)}", found == tools, found)
            narrowed = CopilotStudio(gateway.url + "/mcp", token, [("X-MCP-Toolsets", "core")]).post("tools/list")
            listed = {tool["name"] for tool in narrowed.json.get("result", {}).get("tools", [])}
            self.check("and fewer with a header of its own", "jira_search" in listed and "jira_list_boards" not in listed, sorted(listed))
            sent = [text for name, text in gateway.forwarded[-1][2] if name.lower() == "authorization"]
            self.check("the gateway passes the token on as it came", sent == [f"Bearer {token}"], len(sent))
            reply = user.post("tools/call", {"name": "jira_search", "arguments": {"jql": "project = ACME"}})
            said = json.loads(reply.json["result"]["content"][0]["text"])
            self.check("Jira is for who has connected it", (reply.status, said.get("error")) == (200, "sign_in_required"), str(reply))
        events = streams.opened(gateway.url + streams.STREAM, tenant.token(roles=["Reader"]))
        self.check("an event stream arrives while it is open", [event for event, _ in events] == ["connected", "heartbeat", "heartbeat"], events)
        for what, token in (("old", tenant.token(exp=1)), ("for others", tenant.token(aud="other")), ("forged", tenant.token()[:-8] + "AAAAAAAA")):
            reply = send(gateway.url + "/mcp", headers=[("Authorization", f"Bearer {token}")])
            is_told = 'error="invalid_token"' in reply["WWW-Authenticate"] and "resource_metadata=" in reply["WWW-Authenticate"]
            self.check(f"a token that is {what} is refused by the bridge", reply.status == 401 and is_told, str(reply))


class Tenant:
    """Entra ID's set of keys, and tokens of version 2 by them."""

    def __init__(self):
        self.key, self.issued = rsa.Key(), []

    def __enter__(self):
        number = self.key.modulus
        jwk = {"kty": "RSA", "use": "sig", "kid": "key-of-the-tests", "e": "AQAB", "n": encoded(number.to_bytes((number.bit_length() + 7) // 8, "big"))}
        body = json.dumps({"keys": [jwk]}).encode()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200 if self.path == f"/{TENANT}/discovery/v2.0/keys" else 404)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def token(self, **claims):
        now = int(time.time())
        known = {"iss": f"{self.url}/{TENANT}/v2.0", "tid": TENANT, "ver": "2.0", "oid": OIDS["anna"], "sub": "sub", "aud": APPLICATION}
        known |= {"azp": CLIENTS[0], "scp": "access", "nbf": now - 60, "iat": now - 60, "exp": now + 3600}
        head = {"typ": "JWT", "alg": "RS256", "kid": "key-of-the-tests"}
        signed = ".".join(encoded(json.dumps(part).encode()) for part in (head, known | claims))
        self.issued.append(f"{signed}.{encoded(self.key.sign(signed.encode()))}")
        return self.issued[-1]
