"""Two regions behind Front Door: what its files say held against the gateways', the bridge's and the rehearsal's.

A word that every type takes and that makes the whole useless: a timeout shorter than a call, a probe of an address that nobody
publishes, a cache, a way past the firewall.
"""

import json
import re
from xml.etree import ElementTree

import bicep
import policies

DOOR, STACK = "modules/frontdoor.bicep", "modules/behindfrontdoor.bicep"
WALL = "modules/firewall.bicep"
# Lines that must stand as they are: file, line, what is wrong without it.
EXACT = (
    (DOOR, "supportedProtocols: ['Https']", "plain http is let in"),
    (DOOR, "forwardingProtocol: 'HttpsOnly'", "a gateway is called in clear"),
    (DOOR, "enforceCertificateNameCheck: true", "any certificate passes for a gateway's"),
    (DOOR, "originHostHeader: host", "API Management does not know the name that it is called by"),
    (DOOR, "sessionAffinityState: 'Disabled'", "a cookie ties browsers to a region that may be gone"),
    (DOOR, "priority: routing == 'priority' ? index + 1 : 1", "the routing that was chosen decides nothing"),
    (DOOR, "minimumTlsVersion: 'TLS12'", "an old TLS is taken"),
    (DOOR, "linkToDefaultDomain: hasDomain ? 'Disabled' : 'Enabled'", "there are two public names, of which clients are told one"),
    (DOOR, "domains: hasDomain ? [{ id: endpoint.id }, { id: domain.id }] : [{ id: endpoint.id }]", "a name that the firewall does not stand before"),
    (DOOR, "matchVariable: 'QueryStringArgNames', selectorMatchOperator: 'EqualsAny', state: 'Enabled'", "the codes of sign-ins are written down"),
    (DOOR, "probeRequestType: 'GET'", "the probe asks in a way that has no operation"),
    (DOOR, "probeProtocol: 'Https'", "the probe asks where nobody listens"),
    (WALL, "mode: 'Prevention'", "the firewall only watches"),
    (WALL, "variableName: 'SocketAddr'", "calls are counted by what a caller may write into a header"),
    (WALL, "rateLimitThreshold: callsPerAddressPerMinute", "the rate that was chosen decides nothing"),
    (WALL, "selectorMatchOperator: 'StartsWith', selector: 'params'", "what people write into issues is taken for attacks"),
    (WALL, "managedRules: managedRules == 'off' ? null : {", "the tier Standard refuses managed rules"),
    (WALL, "requestBodyCheck: managedRules == 'off' ? 'Disabled' : 'Enabled'", "bodies are read for nothing, or not read"),
    (STACK, "value: frontDoorId", "calls of another Front Door are taken"),
    (STACK, "loadTextContent('../front-door-policy.xml')", "the gateway takes calls that did not come through Front Door"),
    (STACK, "loadTextContent('../probe-policy.xml')", "the probe meets the policy of calls"),
    ("main.bicep", "empty(publicHost) ? apim.outputs.publicBaseUrl : 'https://${publicHost}/${apim.outputs.apiPath}'", "the bridge does not know its public name"),
    ("main.bicep", "if (isComplete && !empty(frontDoorId)) {", "a stack without Front Door takes no calls, or one behind it takes all"),
    ("main.bicep", "var callersOfAnAddress = empty(frontDoorId) ? 1 : 100", "all callers of one of Front Door's servers share the limit of one address"),
)


def check(project, settings):
    """Every rule that is broken, as (rule, sentence)."""
    folder = project / "deploy/azure"
    files = {name: (folder / name).read_text() for name in ("main.bicep", "modules/apim.bicep", "modules/api.bicep", DOOR, WALL, STACK)}
    for name, line, without in EXACT:
        if line not in files[name]:
            yield "front-door", f"{name}: {without}"
    door = files[DOOR]
    yield from times(project, door, settings)
    yield from ways(project, door, files)
    yield from limits(files["main.bicep"])
    yield from rules(folder)


def number(name, text):
    return int(re.search(rf"\b{name}: (\d+)", text)[1])


def times(project, door, settings):
    """Front Door waits longer than the gateway behind it, and than a stream is silent."""
    wait = number("originResponseTimeoutSeconds", door)
    sizes = [json.loads(path.read_text()) for path in sorted((project / "deploy/azure/environments").glob("*.json"))]
    # Source: learn.microsoft.com/azure/frontdoor, origin response timeout.
    if not 16 <= wait <= 240:
        yield "front-door-times", f"Front Door takes 16 to 240 s, not {wait}"
    if wait <= max(one["gatewayTimeoutSeconds"] for one in sizes) or wait * 1000 <= 2 * int(settings["STREAM_HEARTBEAT_MS"]) or wait * 1000 <= int(settings["CALL_DEADLINE_MS"]):
        yield "front-door-times", f"Front Door gives up after {wait} s, before the gateway or between two signs of life of a stream"
    samples, needed = number("sampleSize", door), number("successfulSamplesRequired", door)
    if not samples / 2 < needed < samples:
        yield "front-door-times", f"a region is left after one lost probe, or keeps calls that it cannot serve: {needed} of {samples}"
    rehearsal = (project / "tests/regions/frontdoor.py").read_text()
    if f"SAMPLES, NEEDED = {samples}, {needed}\n" not in rehearsal:
        yield "front-door-times", "the rehearsal decides by other samples than Front Door"


def ways(project, door, files):
    """What is passed on, what the probe asks, and what is never kept."""
    if "cacheConfiguration:" in bicep.code(door):
        yield "front-door-ways", "answers that belong to one user are kept for others"
    path = re.search(r"^var path = '([\w-]+)'$", files["modules/apim.bicep"], re.M)[1]
    paths = re.findall(r"'([^']+)'", re.search(r"^var paths = \[(.*)\]$", door, re.M)[1])
    if set(paths) != {f"/{path}", f"/{path}/*", "/.well-known/*"}:
        yield "front-door-ways", f"Front Door passes on {paths}"
    published = re.search(r"^    path: '([^']+)'\n", files[STACK], re.M)[1], re.search(r"urlTemplate: '([^']+)'", files[STACK])[1]
    asked = re.search(r"probePath: '([^']+)'", door)[1]
    if asked != f"/{published[0]}{published[1]}" or published[1] != "/readyz":
        yield "front-door-ways", f"the probe asks {asked}, published is {published}"
    if any(asked == one or one.endswith("*") and asked.startswith(one[:-1]) for one in paths):
        yield "front-door-ways", "people see the probe's address"


def limits(main):
    """A limit by address means one of Front Door's servers there."""
    for name in ("callsPerAddress", "registrationsPerAddress", "signInsPerAddress", "tokenRequestsPerAddress"):
        if f"    {name}PerMinute: sizes.{name}PerMinute * callersOfAnAddress\n" not in main:
            yield "front-door", f"main.bicep: {name} counts all callers of one of Front Door's servers together"


def rules(folder):
    """The two policies: one stands above every call, the other lets the probe through and nothing else."""
    named = set(re.findall(r"namedValues@[\d-]+' = \{\s+parent: service\s+name: '([^']+)'", (folder / STACK).read_text()))
    for name in ("front-door-policy.xml", "probe-policy.xml"):
        text = (folder / name).read_text()
        yield from policies.c_sharp(name, text)
        for value in set(re.findall(r"\{\{([^}]+)\}\}", text)) - named:
            yield "front-door-policy", f"{name} reads the named value {value}, which nobody makes"
        root = ElementTree.fromstring(text)
        if [child.tag for child in root] != ["inbound", "backend", "outbound", "on-error"]:
            yield "front-door-policy", f"{name}: its sections are not those of a policy"
        if root.find("backend/forward-request") is None:
            yield "front-door-policy", f"{name}: nothing is forwarded"
    above = ElementTree.parse(folder / "front-door-policy.xml").getroot()
    checks = [one for one in above.find("inbound") if one.tag == "check-header"]
    # Source: learn.microsoft.com/azure/api-management/check-header-policy; all four attributes are required.
    wanted = {"name": "X-Azure-FDID", "failed-check-httpcode": "403", "ignore-case": "false"}
    if len(checks) != 1 or {**checks[0].attrib, **wanted} != checks[0].attrib or "failed-check-error-message" not in checks[0].attrib:
        yield "front-door-policy", "the gateway does not ask which Front Door a call came through"
    elif [one.text for one in checks[0]] != ["{{jira-mcp-front-door-id}}"]:
        yield "front-door-policy", "the gateway asks for another Front Door than the one that is named"
    # Source: learn.microsoft.com/azure/api-management/set-edit-policies: without base only this scope's policies run.
    probe = ElementTree.parse(folder / "probe-policy.xml").getroot()
    if any(one.tag == "base" for section in probe for one in section):
        yield "front-door-policy", "probes must bring what nobody says that they bring"
    if probe.find("inbound/rate-limit-by-key") is None:
        yield "front-door-policy", "anybody may ask the bridge as often as they like"
    sent = {one.get("name") for one in probe.iter("set-header") if one.get("exists-action") != "delete" and one.get("name") != "Cache-Control"}
    if sent or "gateway-token}}" in (folder / "probe-policy.xml").read_text():
        yield "front-door-policy", f"a probe is sent on with {sorted(sent)}: /readyz needs nothing"
    for name in policies.POLICIES:
        text = (folder.parents[1] / name).read_text()
        if next(iter(ElementTree.fromstring(text).find("inbound"))).tag != "base":
            yield "front-door-policy", f"{name}: what stands above it does not come first"
