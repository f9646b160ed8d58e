"""Both policies of API Management and what deploy/azure publishes with the one for clients that sign in by themselves.

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
POLICIES = ("apim-policy.xml", "apim-policy.oauth.xml")
MCP = ("/mcp", "/mcp/readonly", "/mcp/x/{toolsets}")
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
    modules = {name: (project / f"deploy/azure/modules/{name}.bicep").read_text() for name in ("api", "apim", "oauth")}
    main = (project / "deploy/azure/main.bicep").read_text()
    path = re.search(r"^var path = '([\w-]+)'$", modules["apim"], re.M)[1]
    yield from operations(project, path)
    yield from choice(project, modules, main)
    yield from logs(modules)
    if set(re.findall(r'"(/[\w-]+)", ""\)', (project / "apim-policy.oauth.xml").read_text())) != {f"/{path}"}:
        yield "bicep-oauth", f"apim-policy.oauth.xml takes another path than /{path} out of a document's address"


def c_sharp(name, text):
    """Each expression, in the place that it has in a method's `return`."""
    for element in ElementTree.fromstring(text).iter():
        for value in [*element.attrib.values(), element.text or ""]:
            value = value.strip()
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


def choice(project, modules, main):
    """One setting of the environment chooses the policy, and with it what is published."""
    if "gatewayPolicy == 'oauth' ? loadTextContent('../../../apim-policy.oauth.xml') : loadTextContent('../../../apim-policy.xml')" not in modules["api"]:
        yield "bicep-oauth", "the environment's choice does not decide which policy the API has"
    if "module oauth 'modules/oauth.bicep' = if (isComplete && sizes.gatewayPolicy == 'oauth') {" not in main:
        yield "bicep-oauth", "sign-in is published where nobody chose it, or not where somebody did"
    for needed in ("value: loadTextContent('../../../apim-policy.oauth.xml')", "path: ''", "protocols: ['https']", "subscriptionRequired: false"):
        if needed not in modules["oauth"]:
            yield "bicep-oauth", f"the API at the root has no {needed}"
    for name in ("dev", "prod"):
        sizes = json.loads((project / f"deploy/azure/environments/{name}.json").read_text())
        if sizes["gatewayPolicy"] not in ("connector", "oauth"):
            yield "bicep-oauth", f"{name}.json: no policy is called {sizes['gatewayPolicy']}"
        if "signin" in sizes["settings"].get("AUTH", "") and sizes["gatewayPolicy"] != "oauth":
            yield "bicep-oauth", f"{name}.json: the bridge signs people in, and the gateway lets nobody through to it"


def logs(modules):
    """The query of a sign-in holds codes; it is hidden wherever a request is logged, before the bridge and behind it."""
    for name in ("api", "oauth"):
        text = modules[name]
        is_hidden = NO_QUERY in text and "frontend: { request: noQuery," in text and "backend: { request: noQuery," in text
        is_short = set(re.findall(r"bytes: (\d+)", text)) == {"0"} and not re.search(r"headers: \[[^\]]", text)
        if not is_hidden or not is_short or "logClientIp: false" not in text:
            yield "bicep-oauth", f"{name}.bicep: what is logged holds a query, a header, a body or an address"
