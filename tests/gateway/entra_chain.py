"""The chain with apim-policy.entra.xml: a client that knows only the URL of /mcp, the gateway that does what the policy says, with
the tenant and the credential manager of identity.py, the bridge with AUTH=atlassian, Jira."""

import tempfile
import time

import entra_plays
import published
import streams
from client import CopilotStudio, is_good, send
from entra_plays import CONNECT, NAMED, OIDS, World
from oauth_chain import SIZES
from policy import PROJECT, Policy
from processes import Bridge, Jira, fresh_secret

SETS = {"leadToolsets": "jira-mcp-toolsets-lead", "memberToolsets": "jira-mcp-toolsets-member", "readerToolsets": "jira-mcp-toolsets-reader"}
SETTINGS = streams.SETTINGS | {"TOOLSETS": "core,context,collab,agile,bulk"}
# A tool of a set that only leads have, one that writes, and one that everybody has.
OF_LEADS, WRITES, READS = "jira_list_boards", "jira_create_issue", "jira_search"


class EntraChain:
    def __init__(self, binary, policy_text, check):
        self.binary, self.policy, self.check, self.secret = binary, Policy(policy_text), check, fresh_secret()

    def play(self):
        with tempfile.TemporaryDirectory(prefix="entra-") as home, Jira(self.binary, home) as jira:
            with Bridge(self.binary, home, jira.url, [self.secret], SETTINGS) as bridge:
                self.world, self.jira = World(), jira
                for name in ("anna", "ben"):
                    self.world.manager.connections[OIDS[name]] = (jira.tokens[name], {(entra_plays.TENANT, OIDS["gateway"])})
                with self.gateway(bridge.url) as gateway:
                    self.discover(gateway)
                    self.people(gateway)
                    self.roles(gateway)
                    self.connections(gateway)
                    named = gateway.named_values
                    streams.compatible(self.check, gateway, self.world.token("ben"), named)
                    self.passed_on(gateway)
                self.nothing_leaks(bridge)

    def gateway(self, backend):
        named = NAMED | {name: SIZES[size] for size, name in SETS.items()}
        # As where TOOLSETS and a lead's sets were widened together.
        named["jira-mcp-toolsets-lead"] = SETTINGS["TOOLSETS"]
        named |= {"jira-mcp-gateway-token": self.secret, "jira-mcp-body-bytes-max": str(SIZES["bodyBytesMax"])}
        named |= {"jira-mcp-calls-per-user": str(SIZES["callsPerUserPerMinute"]), "jira-mcp-calls-per-address": str(SIZES["callsPerAddressPerMinute"])}
        self.issued = []
        return self.world.gateway(self.policy, published.operations(PROJECT, "entra"), backend, time.monotonic, named)

    def user(self, gateway, name="anna", path="/mcp", headers=(), **claims):
        token = self.world.token(name, **claims)
        self.issued.append(token)
        return CopilotStudio(gateway.url + path, token, headers)

    def discover(self, gateway):
        """From the 401 to the tenant; the client asks it for a token by itself."""
        reply = send(gateway.url + "/mcp")
        challenge = reply["WWW-Authenticate"]
        self.check("a call without a token is told where to begin", reply.status == 401 and f'resource_metadata="{entra_plays.DOCUMENT}"' in challenge, str(reply))
        place = entra_plays.DOCUMENT.removeprefix(entra_plays.PUBLIC)
        document = send(gateway.url + place, "GET").json
        self.check("the document is of that URL", document.get("resource") == f"{entra_plays.PUBLIC}/mcp", document)
        self.check("and names the tenant", document.get("authorization_servers") == [f"https://login.microsoftonline.com/{entra_plays.TENANT}/v2.0"], document)
        root = send(f"{gateway.origin}/.well-known/oauth-protected-resource/jira-mcp/mcp", "GET").json
        self.check("and stands where RFC 9728 puts it", root == document, root)
        self.check("the bridge was not asked", not gateway.forwarded, gateway.forwarded)

    def people(self, gateway):
        turn = self.user(gateway).turn("jira_search", jql="project = ACME ORDER BY key", max_results=1)
        self.check("a turn of Copilot Studio goes through", is_good(turn), [str(reply) for reply in turn])
        for name, shown in (("anna", b"Anna"), ("ben", b"Ben")):
            turn = self.user(gateway, name).turn("jira_whoami")
            self.check(f"{name} works as {name}", is_good(turn) and shown in turn[3].body, [str(reply) for reply in turn])

    def listed(self, user):
        reply = user.post("tools/list")
        return {tool["name"] for tool in reply.json.get("result", {}).get("tools", [])}

    def roles(self, gateway):
        claims = [("X-MCP-Toolsets", "core,agile,bulk"), ("X-MCP-Readonly", "false")]
        wanted = {"Lead": {READS, WRITES, OF_LEADS}, "Member": {READS, WRITES}, "Reader": {READS}}
        for role, tools in wanted.items():
            user = self.user(gateway, headers=claims, roles=[role])
            found = self.listed(user) & {READS, WRITES, OF_LEADS}
            self.check(f"a {role} sees {sorted(tools)}, whatever it claims", found == tools, found)
            for tool in {WRITES, OF_LEADS} - tools:
                reply = user.post("tools/call", {"name": tool, "arguments": {}})
                self.check(f"and cannot call {tool}", "error" in reply.json, str(reply))
        found = self.listed(self.user(gateway, path="/mcp/readonly", roles=["Lead"])) & {READS, WRITES}
        self.check("a path still narrows a role", found == {READS}, found)
        before = len(gateway.forwarded)
        reply = self.user(gateway, roles=[]).post("tools/list")
        self.check("who has no role sees nothing", reply.status == 403 and len(gateway.forwarded) == before, str(reply))

    def connections(self, gateway):
        before = len(gateway.forwarded)
        for method in ("initialize", "tools/list", "tools/call"):
            reply = self.user(gateway, "emil").post(method)
            data = reply.json.get("error", {}).get("data", {})
            self.check(f"{method} without a connection says where to connect", (reply.status, data.get("error"), data.get("url")) == (403, "sign_in_required", CONNECT), str(reply))
        self.check("and nothing was forwarded", len(gateway.forwarded) == before, len(gateway.forwarded))
        # Emil's token of the sandbox is one that Jira does not accept any more.
        self.world.manager.connections[OIDS["emil"]] = (self.jira.tokens["emil"], {(entra_plays.TENANT, OIDS["gateway"])})
        emil = self.user(gateway, "emil")
        turn = emil.turn("jira_whoami")
        self.check("a grant that Jira ended is a tool error", turn[3].status == 200 and turn[3].json["result"]["isError"] is True, str(turn[3]))
        token = emil.headers[-1][1]
        reply = send(gateway.url + streams.STREAM, "GET", [("Authorization", token), ("Accept", "text/event-stream")])
        self.check("and a stream of it is a 403 without a challenge", (reply.status, reply["WWW-Authenticate"]) == (403, ""), str(reply))
        self.check("whose body says why", reply.json.get("error") == "unauthenticated", str(reply))

    def passed_on(self, gateway):
        bearers = {text for _, _, sent in gateway.forwarded for name, text in sent if name.lower() == "authorization"}
        known = {f"Bearer {self.jira.tokens[name]}" for name in ("anna", "ben", "emil")}
        self.check("the bridge saw Atlassian tokens and nothing else", bearers == known, len(bearers - known))
        secrets = {text for _, _, sent in gateway.forwarded for name, text in sent if name.lower() == "x-gateway-token"}
        self.check("and one gateway token", secrets == {self.secret}, len(secrets))

    def nothing_leaks(self, bridge):
        log = bridge.log.read_text()
        hidden = {"secret": self.secret, "Atlassian token": self.jira.tokens["anna"]} | {f"Entra token {number}": token for number, token in enumerate(self.issued)}
        shown = [what for what, text in hidden.items() if text in log]
        self.check("no token in the bridge's log at trace level", not shown, shown)
