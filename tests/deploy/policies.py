"""The policies of API Management and what deploy/azure publishes with those for clients that sign in by themselves.

What the policies do is tests/gateway's to judge; here each expression is parsed by a grammar of C# that nobody here wrote, and
files are held against each other.
"""

import json
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import tree_sitter
import tree_sitter_c_sharp

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "gateway"))

import published

PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_c_sharp.language()))
POLICIES = ("apim-policy.xml", "apim-policy.oauth.xml", "apim-policy.entra.xml")
KINDS = ("connector", "oauth", "entra")
MCP = ("/mcp", "/mcp/readonly", "/mcp/x/{toolsets}", "/api/mcp/stream", "/api/mcp/command")
WELL_KNOWN = "/.well-known/"
# Everything that is published, and nothing else: health, metrics and whatever the bridge learns to answer stay inside.
CALLS = {
    **dict.fromkeys(MCP, {"POST", "GET", "DELETE", "OPTIONS"}),
    "/authorize": {"GET", "POST"},
    **dict.fromkeys(("/token", "/register", "/revoke"), {"POST", "OPTIONS"}),
    **dict.fromkeys(("/auth/callback", "/auth/login", "/auth/status", "/auth/connect"), {"GET"}),
    "/auth/logout": {"POST"},
}
DOCUMENTS = {"oauth-authorization-server", "openid-configuration", "jwks.json", "oauth-protected-resource", *(f"oauth-protected-resource{path}" for path in MCP)}
NO_QUERY = "dataMasking: { queryParams: [{ mode: 'Hide', value: '*' }] }"


def check(project):
    """Every rule that is broken, as (rule, sentence)."""
    for name in POLICIES:
        yield from c_sharp(name, (project / name).read_text())
    names = ("api", "apim", "oauth", "entra", "credentials")
    modules = {name: (project / f"deploy/azure/modules/{name}.bicep").read_text() for name in names}
    main = (project / "deploy/azure/main.bicep").read_text()
    path = re.search(r"^var path = '([\w-]+)'$", modules["apim"], re.M)[1]
    yield from operations(project, path)
    yield from entra_operations(project, path)
    yield from credentials(project, modules)
    yield from choice(project, modules, main)
    yield from logs(modules)
    if set(re.findall(r'"(/[\w-]+)", ""\)', (project / "apim-policy.oauth.xml").read_text())) != {f"/{path}"}:
        yield "bicep-oauth", f"apim-policy.oauth.xml takes another path than /{path} out of a document's address"


def c_sharp(name, text):
    """Each expression, in the place that it has in a method's `return`."""
    for element in ElementTree.fromstring(text).iter():
        for value in [*element.attrib.values(), element.text or ""]:
            # A named value may be a number, or a part of a text.
            value = re.sub(r"\{\{[\w-]+\}\}", "1", value.strip())
            if not value.startswith("@"):
                continue
            tree = PARSER.parse(f"class C {{ object M() {{ return {value[1:]}; }} }}".encode())
            if tree.root_node.has_error or not value.startswith("@("):
                yield "policy-csharp", f"{name}: <{element.tag}> holds no C#: {value[:80]}"


def operations(project, path):
    wanted = {(f"/{path}", method, template) for template, methods in CALLS.items() for method in methods}
    wanted |= {(f"/{path}", method, WELL_KNOWN + name) for name in DOCUMENTS for method in ("GET", "OPTIONS")}
    # RFC 8414 section 3.1 and RFC 9728 section 3.1: the path behind the name of the document.
    names = [f"{name}/{path}{mcp}" for name in ("oauth-authorization-server", "openid-configuration") for mcp in ("", "/mcp")]
    names += [f"oauth-protected-resource/{path}{mcp}" for mcp in MCP]
    wanted |= {("", method, WELL_KNOWN + name) for name in names for method in ("GET", "OPTIONS")}
    found = published.operations(project)
    for one in sorted(set(found) ^ wanted):
        yield "bicep-oauth", f"published and not meant to be, or the other way round: {one}"
    if len(found) != len(set(found)):
        yield "bicep-oauth", "an operation is published twice"


def entra_operations(project, path):
    """With Entra ID there is nothing but the document and MCP: no sign-in of the bridge's, and no server's metadata."""
    wanted = {(f"/{path}", method, template) for template in MCP for method in ("POST", "GET", "DELETE")}
    documents = [f"{WELL_KNOWN}oauth-protected-resource{mcp}" for mcp in ("", *MCP)]
    wanted |= {(f"/{path}", "GET", document) for document in documents}
    wanted |= {("", "GET", f"{WELL_KNOWN}oauth-protected-resource/{path}{mcp}") for mcp in MCP}
    found = published.operations(project, "entra")
    for one in sorted(set(found) ^ wanted):
        yield "bicep-entra", f"published and not meant to be, or the other way round: {one}"
    if len(found) != len(set(found)):
        yield "bicep-entra", "an operation is published twice"


def credentials(project, modules):
    """The policy asks for the provider that is made, and the roles that it knows are those that have sets of tools."""
    policy = ElementTree.parse(project / "apim-policy.entra.xml").getroot()
    asked = {element.get("provider-id") for element in policy.iter("get-authorization-context")}
    made = set(re.findall(r"authorizationProviders@[\d-]+' = \{\s+parent: service\s+name: '([^']+)'", modules["credentials"]))
    if asked != made:
        yield "bicep-entra", f"the policy asks for {sorted(asked)}, and {sorted(made)} is made"
    for needed in ("audience=api.atlassian.com&prompt=consent'", "identityProvider: 'oauth2'", "oauth2grantType: 'AuthorizationCode'", "clientSecret: atlassianClientSecret"):
        if needed not in modules["credentials"]:
            yield "bicep-entra", f"credentials.bicep has no {needed}"
    for name in ("dev", "prod"):
        sizes = json.loads((project / f"deploy/azure/environments/{name}.json").read_text())
        if "offline_access" not in sizes["atlassianScopes"].split():
            yield "bicep-entra", f"{name}.json: without offline_access a connection ends after an hour"
        for user in sizes["connectedUsers"]:
            if not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", user):
                yield "bicep-entra", f"{name}.json: {user} is no object id as tokens have it"


def choice(project, modules, main):
    """One setting of the environment chooses the policy, and with it what is published."""
    chosen = {kind: f"apim-policy{'' if kind == 'connector' else '.' + kind}.xml" for kind in KINDS}
    if "    value: policies[gatewayPolicy]\n" not in modules["api"] or any(f"  {kind}: loadTextContent('../../../{file}')\n" not in modules["api"] for kind, file in chosen.items()):
        yield "bicep-oauth", "the environment's choice does not decide which policy the API has"
    if "var usesEntra = sizes.gatewayPolicy == 'entra'\n" not in main or any(f"module {name} 'modules/{name}.bicep' = if (isComplete && usesEntra) {{" not in main for name in ("entra", "credentials")):
        yield "bicep-entra", "the credential manager is set up where nobody chose it, or not where somebody did"
    if "module oauth 'modules/oauth.bicep' = if (isComplete && sizes.gatewayPolicy == 'oauth') {" not in main:
        yield "bicep-oauth", "sign-in is published where nobody chose it, or not where somebody did"
    for kind in ("oauth", "entra"):
        for needed in (f"value: loadTextContent('../../../{chosen[kind]}')", "path: ''", "protocols: ['https']", "subscriptionRequired: false"):
            if needed not in modules[kind]:
                yield f"bicep-{kind}", f"the API at the root has no {needed}"
    for name in ("dev", "prod"):
        sizes = json.loads((project / f"deploy/azure/environments/{name}.json").read_text())
        if sizes["gatewayPolicy"] not in KINDS:
            yield "bicep-oauth", f"{name}.json: no policy is called {sizes['gatewayPolicy']}"
        if "signin" in sizes["settings"].get("AUTH", "") and sizes["gatewayPolicy"] != "oauth":
            yield "bicep-oauth", f"{name}.json: the bridge signs people in, and the gateway lets nobody through to it"
        if "entra" in sizes["settings"].get("AUTH", "") and sizes["gatewayPolicy"] != "oauth":
            yield "bicep-entra", f"{name}.json: the bridge takes Entra's tokens, and the gateway lets none through to it"


def logs(modules):
    """The query of a sign-in holds codes; it is hidden wherever a request is logged, before the bridge and behind it."""
    for name in ("api", "oauth", "entra"):
        text = modules[name]
        is_hidden = NO_QUERY in text and "frontend: { request: noQuery," in text and "backend: { request: noQuery," in text
        is_short = set(re.findall(r"bytes: (\d+)", text)) == {"0"} and not re.search(r"headers: \[[^\]]", text)
        if not is_hidden or not is_short or "logClientIp: false" not in text:
            yield "bicep-oauth", f"{name}.bicep: what is logged holds a query, a header, a body or an address"
