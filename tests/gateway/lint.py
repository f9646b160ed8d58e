"""What must hold of apim-policy.xml, as rules over its elements; an empty list of faults means that it holds.

API Management has no schema for policies that can be had offline. The elements and attributes allowed here are those of its
policy reference that this policy has a use for; a new one is added on purpose.
"""

import json
import re
from xml.etree import ElementTree

import expression
from policy import NAMED_VALUE, SECTIONS, Policy, parsed

TOKEN_HEADER = "x-gateway-token"
BACKEND = "jira-mcp-bridge"

# Element: (required attributes, further attributes, where it may stand).
ELEMENTS = {
    "base": ((), (), SECTIONS),
    "cors": (("allow-credentials", "terminate-unmatched-request"), (), ("inbound",)),
    "allowed-origins": ((), (), ("inbound",)),
    "origin": ((), (), ("inbound",)),
    "allowed-methods": ((), ("preflight-result-max-age",), ("inbound",)),
    "method": ((), (), ("inbound",)),
    "allowed-headers": ((), (), ("inbound",)),
    "header": ((), (), ("inbound",)),
    "set-header": (("name", "exists-action"), (), ("inbound", "outbound", "on-error")),
    "value": ((), (), ("inbound", "outbound", "on-error")),
    "choose": ((), (), ("inbound",)),
    "when": (("condition",), (), ("inbound",)),
    "return-response": ((), (), ("inbound",)),
    "set-status": (("code", "reason"), (), ("inbound",)),
    "set-body": ((), (), ("inbound", "on-error")),
    "rate-limit-by-key": (("calls", "renewal-period", "counter-key"), (), ("inbound",)),
    "ip-filter": (("action",), (), ("inbound",)),
    "address": ((), (), ("inbound",)),
    "address-range": (("from", "to"), (), ("inbound",)),
    "set-backend-service": (("backend-id",), (), ("inbound",)),
    "forward-request": (
        ("timeout", "follow-redirects", "buffer-request-body", "buffer-response", "fail-on-error-status-code"),
        (),
        ("backend",),
    ),
}
# Named values with one use: the element and its attribute.
PLACES = {"jira-mcp-timeout-seconds": ("forward-request", "timeout"), "jira-mcp-body-bytes-max": ("when", "condition")}
# How many calls a minute, which each environment sets for itself.
LIMITS = {"digest": "{{jira-mcp-calls-per-token}}", "address": "{{jira-mcp-calls-per-address}}"}
# One token, in every way that the scheme and the blanks before it can be written.
SPELLINGS = [f"{scheme}{' ' * blanks}" for scheme in ("Bearer", "bearer", "BEARER", "bEaReR") for blanks in range(1, 7)] + ["Bearer \t "]
# What callers may not say to the bridge.
STRIPPED = (
    TOKEN_HEADER,
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "forwarded",
    "ocp-apim-subscription-key",
    "cookie",
)
NARROWING = ("x-mcp-toolsets", "x-mcp-readonly")
HIDDEN = ("server", "x-powered-by", "x-aspnet-version")
# Reading a body makes the gateway buffer; a message may hold what an exception saw.
UNREAD = ("context.Response.Body", "context.Request.Body", "context.LastError.Message")


def faults(text, origins):
    """Everything that is wrong, one sentence each; `origins` are those that the bridge itself allows by default."""
    try:
        policy = Policy(text)
    except ElementTree.ParseError as fault:
        return [f"no well-formed XML: {fault}"]
    found = list(structure(policy)) + list(expressions(policy))
    if found:
        return found
    rules = (cors_first, origins_agree, strips, narrowing, refusals, limits, injects, forwards, bounded, hides, explains_errors)
    return [fault for rule in rules for fault in rule(policy, origins)]


def structure(policy, elements=ELEMENTS):
    if policy.root.tag != "policies":
        yield "the root is not <policies>"
    names = [child.tag for child in policy.root]
    if names != list(SECTIONS):
        yield f"the sections are {names}, not {list(SECTIONS)}"
    for section in ("inbound", "outbound", "on-error"):
        tags = [element.tag for element in policy.section(section)]
        if tags[:1] != ["base"] or tags.count("base") != 1:
            yield f"<base /> is not the first element of <{section}>"
    for section, element in policy.every():
        if element.tag not in elements:
            yield f"<{element.tag}> in <{section}> is not known here"
            continue
        required, further, places = elements[element.tag]
        if section not in places:
            yield f"<{element.tag}> cannot stand in <{section}>"
        for name in required:
            if name not in element.attrib:
                yield f"<{element.tag}> has no {name}"
        for name in element.attrib:
            if name not in required + further:
                yield f"<{element.tag}> has an unknown attribute {name}"
        if element.tag == "set-header" and (element.get("exists-action") == "delete") == bool(len(element)):
            yield f"set-header {element.get('name')} has a value and deletes, or neither"


def expressions(policy, sample=None):
    for section, element, _, text in policy.texts():
        if not text.startswith("@"):
            if "@(" in text or "@{" in text:
                yield f"<{element.tag}>: an expression does not begin its text"
            continue
        if re.search(r"[<>&]", text):
            yield f"<{element.tag}>: an expression holds a character that XML escapes"
        try:
            tree = parsed(text)
        except expression.Unreadable as fault:
            yield f"<{element.tag}> in <{section}>: {fault}"
            continue
        for part in expression.walk(tree):
            if expression.path(part) in UNREAD:
                yield f"<{element.tag}>: an expression reads {expression.path(part)}"
        try:
            expression.evaluate(tree, sample or SAMPLE)
        except (expression.Unreadable, TypeError, AttributeError) as fault:
            yield f"<{element.tag}> in <{section}>: {fault}"


# An exchange on which every expression can be tried.
SAMPLE = {
    "method": "POST",
    "template": "/mcp",
    "address": "192.0.2.1",
    "request_id": "00000000-0000-0000-0000-000000000000",
    "headers": [("Authorization", "Bearer sample")],
    "error_source": "rate-limit-by-key",
    "error_reason": "RateLimitExceeded",
}


def cors_first(policy, _origins):
    tags = [element.tag for element in policy.section("inbound")]
    if tags[1:2] != ["cors"] or tags.count("cors") != 1:
        yield "cors is not the first policy of <inbound>"
        return
    cors = policy.section("inbound")[1]
    if cors.get("allow-credentials") != "false":
        yield "cors allows credentials"
    if cors.get("terminate-unmatched-request") not in ("true", "false"):
        yield "cors: terminate-unmatched-request is neither true nor false"
    if [method.text for method in cors.iter("method")] != ["POST"]:
        yield "cors allows another method than POST"
    for child in cors.iter():
        if (child.text or "").strip() == "*":
            yield f"cors: <{child.tag}> is a wildcard"


def origins_agree(policy, origins):
    shown = [origin.text for origin in policy.root.iter("origin")]
    if shown != list(origins):
        yield f"cors allows {shown}, the bridge {list(origins)}"


def strips(policy, _origins):
    inbound = policy.section("inbound")
    deleted = {name_of(e): at for at, e in enumerate(inbound) if is_header(e, "delete")}
    first_choice = next((at for at, e in enumerate(inbound) if e.tag == "choose"), len(inbound))
    for name in STRIPPED:
        if deleted.get(name, first_choice) >= first_choice:
            yield f"{name} is not deleted before anything is decided"


def narrowing(policy, _origins=()):
    """Where no role of the gateway's decides, a caller's own narrowing stands: taking it away would give more rights."""
    for element in policy.root.iter("set-header"):
        if name_of(element) in NARROWING:
            yield f"{name_of(element)} is taken from callers who ask for less"


def refusals(policy, origins):
    """The three answers, by what they do to requests and not by how they are written."""
    bearer = ("Authorization", "Bearer x")
    cases = [
        ("a GET", "GET", [bearer], 405),
        ("a DELETE", "DELETE", [bearer], 405),
        ("a foreign origin", "POST", [bearer, ("Origin", "https://evil.example")], 403),
        ("the origin null", "POST", [bearer, ("Origin", "null")], 403),
        ("an allowed origin with more behind it", "POST", [bearer, ("Origin", f"{origins[0]}.evil.example")], 403),
        ("no bearer", "POST", [], 401),
        ("another scheme", "POST", [("Authorization", "Basic x")], 401),
        ("a bearer", "POST", [bearer], None),
        ("a bearer in lower case", "POST", [("authorization", "bearer x")], None),
        *[(f"the origin {origin}", "POST", [bearer, ("Origin", origin)], None) for origin in origins],
    ]
    stream = "/api/mcp/stream"
    cases = [(what, method, "/mcp", headers, expected) for what, method, headers, expected in cases]
    cases += [
        ("a stream", "GET", stream, [bearer], None),
        ("a stream without a bearer", "GET", stream, [], 401),
        ("a DELETE of the stream", "DELETE", stream, [bearer], 405),
        ("a command", "POST", "/api/mcp/command", [bearer], None),
        ("a GET of the command", "GET", "/api/mcp/command", [bearer], 405),
    ]
    for what, method, template, headers, expected in cases:
        answer = refusal(policy, {**SAMPLE, "method": method, "template": template, "headers": headers})
        code = None if answer is None else int(answer.find("set-status").get("code"))
        if code != expected:
            yield f"{what} gets {code or 'through'} instead of {expected or 'through'}"
    for answer in policy.root.iter("return-response"):
        yield from shape(answer)


def refusal(policy, facts):
    """The first answer that an exchange meets before it is forwarded."""
    for element in policy.section("inbound"):
        if element.tag != "choose":
            continue
        for when in element.iter("when"):
            if (answer := when.find("return-response")) is not None and expression.evaluate(parsed(when.get("condition")), facts):
                return answer
    return None


def shape(answer):
    status = answer.find("set-status")
    code = "?" if status is None else status.get("code")
    headers = {name_of(e): (e.findtext("value") or "") for e in answer.iter("set-header")}
    if headers.get("content-type") != "application/json" or answer.find("set-body") is None:
        yield f"the answer {code} is no JSON"
    # Outbound does not run for these answers.
    if headers.get("cache-control") != "no-store" or headers.get("x-content-type-options") != "nosniff":
        yield f"the answer {code} may be stored or sniffed"
    for wanted, name in (("405", "allow"), ("401", "www-authenticate")):
        if code == wanted and name not in headers:
            yield f"the answer {code} has no {name}"
    # Source: RFC 6750, section 3: a challenge has one parameter at least.
    if code == "401" and not re.fullmatch(r'Bearer \w+="[^"]+"', headers.get("www-authenticate", "")):
        yield "the challenge says nothing but its scheme"


def limits(policy, _origins):
    inbound = policy.section("inbound")
    found = [(at, e) for at, e in enumerate(inbound) if e.tag == "rate-limit-by-key"]
    last_choice = max((at for at, e in enumerate(inbound) if e.tag == "choose"), default=0)
    kinds = []
    for at, element in found:
        if at < last_choice:
            yield "a rate limit counts requests that are refused anyway"
        if not 1 <= int(element.get("renewal-period")) <= 300:
            yield "a renewal-period is outside 1 to 300 s"
        kinds.append((kind_of_key(element.get("counter-key")), element.get("calls")))
    if sorted(kind for kind, _ in kinds) != ["address", "digest"]:
        yield f"the rate limits count by {[kind for kind, _ in kinds]}, not by digest and by address"
    elif dict(kinds) != LIMITS:
        yield f"the limits are {dict(kinds)}, not those of the environment"


def kind_of_key(text):
    """By what a counter really tells requests apart."""
    if not text.startswith("@"):
        return "nothing"

    def key(token, address, scheme="Bearer "):
        facts = {**SAMPLE, "headers": [("Authorization", f"{scheme}{token}")], "address": address}
        return str(expression.evaluate(parsed(text), facts))

    here = key("token-of-anna", "192.0.2.1")
    by_token, by_address = here != key("token-of-ben", "192.0.2.1"), here != key("token-of-anna", "192.0.2.2")
    if "token-of-anna" in here:
        return "the token in clear"
    if len({key("token-of-anna", "192.0.2.1", scheme) for scheme in SPELLINGS}) != 1:
        return "the way a token is written"
    return {(True, False): "digest", (False, True): "address"}.get((by_token, by_address), "something else")


def injects(policy, _origins, limits=tuple(LIMITS.values())):
    inbound = policy.section("inbound")
    sets = [(at, e) for at, e in enumerate(inbound) if is_header(e, "override") and name_of(e) == TOKEN_HEADER]
    everywhere = [e for e in policy.root.iter("set-header") if name_of(e) == TOKEN_HEADER]
    if len(sets) != 1 or len(everywhere) != 2:
        yield "the gateway token is not set exactly once in <inbound>, after one deletion"
        return
    at, element = sets[0]
    values = [value.text or "" for value in element.iter("value")]
    if len(values) != 1 or not NAMED_VALUE.fullmatch(values[0].strip()):
        yield "the gateway token is not one named value"
        return
    if any(e.tag in ("choose", "rate-limit-by-key", "ip-filter") for e in inbound[at:]):
        yield "the gateway token is set before the last check"
    secret = NAMED_VALUE.fullmatch(values[0].strip())[1]
    for section, other, attribute, text in policy.texts():
        for name in set(NAMED_VALUE.findall(text)):
            if name == secret and (section != "inbound" or other not in element):
                yield f"the gateway token appears in <{other.tag}> in <{section}>"
            elif name not in {secret, *PLACES} | {limit.strip("{}") for limit in limits}:
                yield f"<{other.tag}> in <{section}> uses a named value that nobody sets"
            elif PLACES.get(name, (other.tag, attribute)) != (other.tag, attribute):
                yield f"<{other.tag}> in <{section}> uses {name}, which is for something else"
    requests = [e for e in inbound if is_header(e, "override") and name_of(e) == "x-request-id"]
    if len(requests) != 1:
        yield "X-Request-Id is not set"
    if [e.get("backend-id") for e in inbound if e.tag == "set-backend-service"] != [BACKEND]:
        yield f"the backend is not {BACKEND}"


def forwards(policy, _origins):
    elements = policy.section("backend")
    if [element.tag for element in elements] != ["forward-request"]:
        yield "<backend> does more or less than forward-request"
        return
    forward = elements[0]
    for name in ("follow-redirects", "buffer-request-body", "buffer-response", "fail-on-error-status-code"):
        if forward.get(name) != "false":
            yield f"forward-request: {name} is not false"
    # Its bounds, the bridge's deadline and the load balancer's 240 s, are judged where the value is set.
    if forward.get("timeout") != "{{jira-mcp-timeout-seconds}}":
        yield "forward-request: the timeout is not that of the environment"


def bounded(policy, _origins):
    """A body that states a larger size is refused, before anything is asked of it; one at the limit is not."""
    for length, is_refused in (("1", False), ("2", True), ("99999999999", True), (None, False)):
        headers = [*SAMPLE["headers"], *([("Content-Length", length)] if length else [])]
        answer = refusal(policy, {**SAMPLE, "headers": headers})
        code = None if answer is None else answer.find("set-status").get("code")
        if code != ("413" if is_refused else None):
            yield f"a body of {length} bytes, where 1 is the limit, is answered {code}"


def hides(policy, _origins):
    outbound = policy.section("outbound")
    for name in HIDDEN:
        if not any(is_header(e, "delete") and name_of(e) == name for e in outbound):
            yield f"{name} is shown to callers"
    for name, wanted in (("cache-control", "no-store"), ("x-content-type-options", "nosniff")):
        values = [e.findtext("value") for e in outbound if is_header(e, "override") and name_of(e) == name]
        if values != [wanted]:
            yield f"{name} is not {wanted}"


def explains_errors(policy, _origins):
    on_error = policy.section("on-error")
    types = [e.findtext("value") for e in on_error if is_header(e, "override") and name_of(e) == "content-type"]
    if types != ["application/json"]:
        yield "<on-error> does not say that it is JSON"
    bodies = [e.text.strip() for e in on_error if e.tag == "set-body"]
    if len(bodies) != 1:
        yield "<on-error> has no body"
        return
    body = json.loads(expression.evaluate(parsed(bodies[0]), SAMPLE))
    if set(body) != {"error", "source", "reason", "request_id"}:
        yield f"<on-error> says {sorted(body)}"


def is_header(element, action):
    return element.tag == "set-header" and element.get("exists-action") == action


def name_of(element):
    return (element.get("name") or "").lower()
