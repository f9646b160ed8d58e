"""What must hold of apim-policy.entra.xml: the rules of form that all policies share, and what it does with each kind of caller
(entra_plays.py)."""

from xml.etree import ElementTree

import entra_plays
import expression
import identity
import lint
import policy as policies
from lint import is_header, name_of

SECTIONS_OF_ANSWERS = ("inbound", "outbound", "on-error")
# Children and their order are identity.py's to judge.
ELEMENTS = lint.ELEMENTS | {
    "choose": ((), (), SECTIONS_OF_ANSWERS),
    "when": (("condition",), (), SECTIONS_OF_ANSWERS),
    "otherwise": ((), (), ("inbound",)),
    "set-status": (("code", "reason"), (), ("inbound", "outbound")),
    "validate-azure-ad-token": (("tenant-id", "header-name", "failed-validation-httpcode", "output-token-variable-name"), (), ("inbound",)),
    "client-application-ids": ((), (), ("inbound",)),
    "application-id": ((), (), ("inbound",)),
    "audiences": ((), (), ("inbound",)),
    "audience": ((), (), ("inbound",)),
    "authentication-managed-identity": (("resource", "client-id", "output-token-variable-name", "ignore-error"), (), ("inbound",)),
    "get-authorization-context": (("provider-id", "authorization-id", "context-variable-name", "identity-type", "identity", "ignore-error"), (), ("inbound",)),
}
# The only named values of this policy; each is made by api.bicep or credentials.bicep.
NAMED = set(entra_plays.NAMED)
STRIPPED = (*lint.STRIPPED, *lint.NARROWING)


def faults(text, operations, origins):
    """Everything that is wrong, one sentence each; `operations` as published.py gives them."""
    try:
        policy = policies.Policy(text)
    except ElementTree.ParseError as fault:
        return [f"no well-formed XML: {fault}"]
    found = [*lint.structure(policy, ELEMENTS), *shapes(policy), *expressions(policy)]
    if found:
        return found
    limits = tuple(f"{{{{{name}}}}}" for name in NAMED)
    found = [*lint.cors_first(policy, origins), *lint.origins_agree(policy, origins), *strips(policy), *narrows(policy)]
    found += [*lint.injects(policy, origins, limits), *lint.forwards(policy, origins), *lint.hides(policy, origins)]
    found += [*lint.explains_errors(policy, origins), *asks_as_itself(policy)]
    # What is no good by form is not played as well.
    return found or list(entra_plays.faults(policy, operations))


def shapes(policy):
    for section, element in policy.every():
        try:
            if element.tag in identity.ELEMENTS:
                identity.shaped(element)
        except expression.Unreadable as fault:
            yield f"<{section}>: {fault}"


def expressions(policy):
    """As those of the other policies, on an exchange with a checked token."""
    claims = {"oid": "o", "tid": "t", "scp": "1", "roles": ["Member"]}
    variables = {"entra": expression.Jwt(claims), "gateway": "token", "atlassian": expression.Authorization("token")}
    yield from lint.expressions(policy, {**lint.SAMPLE, "variables": variables, "status": 200})


def strips(policy):
    """Before anything is asked, and above every condition."""
    inbound = policy.section("inbound")
    first = next((at for at, e in enumerate(inbound) if e.tag not in ("base", "cors") and not is_header(e, "delete")), len(inbound))
    deleted = {name_of(e) for e in inbound[:first]}
    for name in STRIPPED:
        if name not in deleted:
            yield f"{name} is not deleted from every request"


def narrows(policy):
    """A role sets both headers, each by override: with append or skip another line could stand beside or instead."""
    for when in policy.root.find("inbound").iter("when"):
        names = [name_of(e) for e in when if e.tag == "set-header"]
        if names and (names != list(lint.NARROWING) or not all(is_header(e, "override") for e in when)):
            yield f"a role sets {names}"


def asks_as_itself(policy):
    """The credential manager takes app-only tokens for itself (its reference page), and a user's connection is named by a claim."""
    found = [list(policy.root.iter(tag)) for tag in ("authentication-managed-identity", "get-authorization-context")]
    if [len(elements) for elements in found] != [1, 1]:
        yield "the credential manager is not asked once, as one identity"
        return
    ((own,), (asked,)) = found
    if own.get("resource") != identity.MANAGER_AUDIENCE:
        yield "the gateway's own token is for somebody else than the credential manager"
    variable = own.get("output-token-variable-name")
    if (asked.get("identity-type"), asked.get("identity")) != ("jwt", f'@((string)context.Variables["{variable}"])'):
        yield "the credential manager is not asked as the gateway"
    if asked.get("ignore-error") != "true":
        yield "who has no connection gets a 500"
