"""What must hold of apim-policy.oauth.xml beside the rules that both policies share; by what it does to each operation that is
published, and not by how it is written."""

import re
from xml.etree import ElementTree

import expression
import lint
import policy as policies
from lint import SAMPLE, SPELLINGS, is_header, name_of

PAGES = ("/authorize", "/auth/callback", "/auth/connect", "/auth/login", "/auth/logout", "/auth/status")
# What this policy has no use for and may not have: what answers in the bridge's place.
NOT_HERE = ("cors", "allowed-origins", "origin", "allowed-methods", "method", "allowed-headers", "header")
ELEMENTS = {name: place for name, place in lint.ELEMENTS.items() if name not in NOT_HERE} | {
    "rewrite-uri": (("template", "copy-unmatched-params"), (), ("inbound",)),
}
STRIPPED = tuple(name for name in lint.STRIPPED if name != "cookie")
# The only headers of an answer of the bridge's that may change.
CHANGED = {*lint.HIDDEN, "cache-control", "x-content-type-options"}
ALL, TOKEN = "{{jira-mcp-calls-per-address}}", "{{jira-mcp-calls-per-token}}"
REGISTRATIONS, SIGN_INS, TOKENS = (f"{{{{jira-mcp-{what}-per-address}}}}" for what in ("registrations", "sign-ins", "token-requests"))
LIMITS = {"/register": REGISTRATIONS, "/token": TOKENS, "/revoke": TOKENS, **dict.fromkeys(PAGES, SIGN_INS)}


def faults(text, operations):
    """Everything that is wrong, one sentence each; `operations` as published.py gives them."""
    try:
        policy = policies.Policy(text)
    except ElementTree.ParseError as fault:
        return [f"no well-formed XML: {fault}"]
    found = list(lint.structure(policy, ELEMENTS)) + list(lint.expressions(policy))
    if found:
        return found
    every = tuple(LIMITS.values()) + (ALL, TOKEN)
    found = [*strips(policy), *lint.narrowing(policy), *lint.injects(policy, (), every), *lint.forwards(policy, ()), *lint.hides(policy, ())]
    found += [*lint.explains_errors(policy, ()), *untouched(policy), *open_errors(policy), *lint.bounded(policy, ()), *answers(policy)]
    try:
        found += [*cookies(policy, operations), *rewrites(policy, operations), *limits(policy, operations)]
        return [*found, *addresses(policy, operations)]
    except expression.Unreadable as fault:  # Of a request on which the real gateway would fail, too.
        return [*found, f"an expression fails: {fault}"]


def performed(elements, facts):
    """The elements that an exchange meets, those of its `when`s among them."""
    for element in elements:
        if element.tag != "choose":
            yield element
            continue
        for when in element:
            if expression.evaluate(policies.parsed(when.get("condition")), facts):
                yield from performed(when, facts)
                break


def facts_of(template, authorization=None, address="192.0.2.1"):
    headers = [("Authorization", authorization)] if authorization else []
    return {**SAMPLE, "template": template, "headers": headers, "address": address}


def addresses(policy, operations):
    """Only a token of the connector's may be held to addresses; all else comes from anywhere."""
    for template in sorted({template for _, _, template in operations}):
        # A client of /token may show its secret as Basic.
        for authorization in (None, "Bearer jmb_token", "bearer   jmb_token", *([] if template.startswith("/mcp") else ["Basic Y2xpZW50"])):
            if any(e.tag == "ip-filter" for e in performed(policy.section("inbound"), facts_of(template, authorization))):
                yield f"{template} with {authorization} is for some addresses alone"


def documented(text, book, operations):
    """What is wrong with the filter that DEPLOY.md shows, once it stands in the policy."""
    (shown,) = re.findall(r"^    <choose>\n.*?<ip-filter .*?^    </choose>\n", book, re.M | re.S)
    place = "    <!-- No ip-filter for all"
    if place not in text:
        return ["the policy has no place for the filter that DEPLOY.md shows"]
    copy = text.replace(place, shown.replace("…", "192.0.2.0") + place)
    met = [e.tag for e in performed(policies.Policy(copy).section("inbound"), facts_of("/mcp", "Bearer token-of-anna"))]
    return faults(copy, operations) + ([] if "ip-filter" in met else ["the connector's tokens pass the filter that DEPLOY.md shows"])


def strips(policy):
    first = [name_of(e) for e in policy.section("inbound")[1:] if is_header(e, "delete")]
    for name in STRIPPED:
        if name not in first:
            yield f"{name} is not deleted from every request"


def answers(policy):
    """The gateway answers in the bridge's place for one reason."""
    codes = [answer.find("set-status").get("code") for answer in policy.root.iter("return-response")]
    if codes != ["413"]:
        yield f"the gateway answers {codes} by itself"
    for answer in policy.root.iter("return-response"):
        yield from lint.shape(answer)


def cookies(policy, operations):
    for template in sorted({template for _, _, template in operations}):
        kept = not any(is_header(e, "delete") and name_of(e) == "cookie" for e in performed(policy.section("inbound"), facts_of(template)))
        if kept != (template in PAGES):
            yield f"{template}: cookies {'travel on' if kept else 'are lost'}"
    for element in policy.root.iter("set-header"):
        if name_of(element) in ("authorization", "origin"):
            yield f"{name_of(element)} is changed, which the bridge must see as it was sent"


def rewrites(policy, operations):
    """At the root the API's path goes; below the API nothing changes."""
    path = next(path for path, _, _ in operations if path)
    for where, _, template in sorted(set(operations)):
        found = [e for e in performed(policy.section("inbound"), facts_of(template)) if e.tag == "rewrite-uri"]
        wanted = [] if where else [template.replace(path, "")]
        shown = [expression.evaluate(policies.parsed(e.get("template")), facts_of(template)) for e in found]
        if shown != wanted:
            yield f"{template} becomes {shown}, not {wanted}"
        # A document has no query; that of /authorize is never rewritten.
        if any(e.get("copy-unmatched-params") != "false" for e in found):
            yield f"{template}: a query is copied"


def limits(policy, operations):
    names = {}
    for where, _, template in sorted(set(operations)):
        for authorization in (None, "Bearer token-of-anna"):
            found = counted(policy, facts_of(template, authorization))
            own = LIMITS.get(template, TOKEN if authorization else None)
            wanted = {ALL, own} - {None}
            if set(found) != wanted:
                yield f"{template} {'with' if authorization else 'without'} a token is limited by {sorted(found)}, not by {sorted(wanted)}"
            for calls, key in found.items():
                names.setdefault(key, set()).add(calls)
    for key, several in names.items():
        if len(several) > 1:
            yield f"the key {key!r} is counted for {sorted(several)} together"
    for template in ("/register", "/token", "/authorize", "/mcp"):
        yield from keys(policy, template)
    for element in policy.root.iter("rate-limit-by-key"):
        if element.get("renewal-period") != "60":
            yield "a limit is not by the minute, as its name says"


def counted(policy, facts):
    """The limits that an exchange meets: calls, with the key that is counted."""
    found = [e for e in performed(policy.section("inbound"), facts) if e.tag == "rate-limit-by-key"]
    return {e.get("calls"): str(value_of(e.get("counter-key"), facts)) for e in found}


def value_of(text, facts):
    return expression.evaluate(policies.parsed(text), facts) if text.startswith("@") else text


def keys(policy, template):
    """What tells the counters of one operation apart."""

    def key(calls, token="token-of-anna", address="192.0.2.1", scheme="Bearer "):
        return counted(policy, facts_of(template, f"{scheme}{token}", address)).get(calls)

    for calls in counted(policy, facts_of(template, "Bearer token-of-anna")):
        here = key(calls)
        by_token, by_address = here != key(calls, token="token-of-ben"), here != key(calls, address="192.0.2.2")
        if "token-of-anna" in here:
            yield f"{template}: a token is the name of a counter"
        if (by_token, by_address) != (calls == TOKEN, calls != TOKEN):
            yield f"{template}: {calls} does not count by what its name says"
        if len({key(calls, scheme=scheme) for scheme in SPELLINGS}) != 1:
            yield f"{template}: one token has several counters"


def untouched(policy):
    for element in policy.section("outbound"):
        if element.tag != "base" and (element.tag != "set-header" or name_of(element) not in CHANGED):
            yield f"<outbound> changes {name_of(element) or element.tag}, which is the bridge's"


def open_errors(policy):
    """A page's program reads the gateway's own errors, and what is in them is for everybody."""
    shown = {name_of(e): e.findtext("value") for e in policy.section("on-error") if is_header(e, "override")}
    if (shown.get("access-control-allow-origin"), shown.get("access-control-expose-headers")) != ("*", "Retry-After"):
        yield "<on-error> hides a 429 from the programs of pages"
    if "access-control-allow-credentials" in shown:
        yield "<on-error> admits credentials"
