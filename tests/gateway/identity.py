"""Entra ID and the credential manager of API Management on loopback, and the three policies that ask them.

What an element takes is what its page of the policy reference says (validate-azure-ad-token, authentication-managed-identity,
get-authorization-context): its attributes, and its children in that order; anything else is an error here. Keys are not played:
a token is signed with a secret that only this Entra has, so a policy that checks nothing is still found.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time

import expression
from outcomes import Failed

MANAGER_AUDIENCE = "https://azure-api.net/authorization-manager"
# Element: attributes that must be there, attributes that may, children in their order.
ELEMENTS = {
    "validate-azure-ad-token": (
        ("tenant-id",),
        ("header-name", "query-parameter-name", "token-value", "authentication-endpoint", "failed-validation-httpcode", "failed-validation-error-message", "output-token-variable-name"),
        ("client-application-ids", "backend-application-ids", "audiences", "required-claims"),
    ),
    "client-application-ids": ((), (), ("application-id",)),
    "backend-application-ids": ((), (), ("application-id",)),
    "audiences": ((), (), ("audience",)),
    "authentication-managed-identity": (("resource",), ("client-id", "output-token-variable-name", "ignore-error"), ()),
    "get-authorization-context": (("provider-id", "authorization-id", "context-variable-name"), ("identity-type", "identity", "ignore-error"), ()),
}


def shaped(element):
    """Raises where the real API Management would not take the policy."""
    required, further, order = ELEMENTS.get(element.tag, ((), (), ()))
    for name in required:
        if not element.get(name):
            raise expression.Unreadable(f"<{element.tag}> has no {name}")
    for name in element.attrib:
        if name not in required + further:
            raise expression.Unreadable(f"<{element.tag}> has an unknown attribute {name}")
    places = [order.index(child.tag) if child.tag in order else None for child in element]
    if None in places or places != sorted(places):
        raise expression.Unreadable(f"<{element.tag}> holds {[child.tag for child in element]}, not {list(order)} in that order")
    for child in element:
        shaped(child)


class Entra:
    """One tenant's issuer, or a stranger who says so."""

    def __init__(self, tenant):
        self.tenant, self.key = tenant, secrets.token_bytes(32)

    def token(self, **claims):
        """An access token of version 2 for a user; a claim that is None is left out."""
        now = int(time.time())
        known = {"iss": f"https://login.microsoftonline.com/{self.tenant}/v2.0", "tid": self.tenant, "ver": "2.0", "nbf": now - 60, "exp": now + 3600}
        kept = {name: value for name, value in (known | claims).items() if value is not None}
        parts = [encoded(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT"}, kept)]
        return ".".join([*parts, self.signature(*parts)])

    def signature(self, head, claims):
        return encoded(hmac.new(self.key, f"{head}.{claims}".encode(), hashlib.sha256).digest())

    def checked(self, token):
        """The claims of a token of this tenant that is valid now, or why there are none, in the words of the error reference."""
        parts = token.split(".")
        try:
            claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=="))
        except (IndexError, ValueError):
            return "JwtInvalid"
        if len(parts) != 3 or not hmac.compare_digest(parts[2], self.signature(parts[0], parts[1])):
            return "TokenSignatureInvalid"
        if claims.get("iss") not in (f"https://login.microsoftonline.com/{self.tenant}/v2.0", f"https://sts.windows.net/{self.tenant}/"):
            return "TokenIssuerNotAllowed"
        if claims.get("tid") != self.tenant:
            return "TokenIssuerNotAllowed"
        return claims if claims["exp"] >= time.time() else "TokenExpired"


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Manager:
    """The connections of one credential provider: by name, the Atlassian token and who may ask for it, as (tenant, object id)."""

    def __init__(self, provider, entra, connections):
        self.provider, self.entra, self.connections = provider, entra, connections

    def token(self, provider, connection, identity):
        """None for everything that the reference calls an error: no such connection, no grant, nobody who may ask."""
        claims = self.entra.checked(identity)
        if provider != self.provider or isinstance(claims, str) or claims.get("aud") != MANAGER_AUDIENCE or "scp" in claims:
            return None
        token, allowed = self.connections.get(connection, (None, ()))
        return token if (claims.get("tid"), claims.get("oid")) in allowed else None


class IdentitySteps:
    """The steps of an exchange; `self` is the stub's Exchange."""

    def do_validate_azure_ad_token(self, element):
        shaped(element)
        code = int(element.get("failed-validation-httpcode", "401"))
        given = next((text for name, text in self.headers if name.lower() == element.get("header-name", "Authorization").lower()), "")
        scheme, _, token = given.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Failed(code, "validate-azure-ad-token", "TokenNotPresent")
        entra = self.gateway.entra.get(self.text(element.get("tenant-id")))
        claims = entra.checked(token.strip()) if entra else "TokenIssuerNotAllowed"
        if isinstance(claims, str):
            raise Failed(code, "validate-azure-ad-token", claims)
        listed = {place.tag: [self.text(child.text) for child in place] for place in element}
        # Required by the reference, with one at least.
        clients = listed.get("client-application-ids") or []
        if not clients:
            raise expression.Unreadable("<validate-azure-ad-token> names no client")
        if claims.get("azp", claims.get("appid")) not in clients:
            raise Failed(code, "validate-azure-ad-token", "TokenClaimValueNotAllowed")
        if "audiences" in listed and claims.get("aud") not in listed["audiences"]:
            raise Failed(code, "validate-azure-ad-token", "TokenAudienceNotAllowed")
        if name := element.get("output-token-variable-name"):
            self.facts["variables"][name] = expression.Jwt(claims)

    def do_authentication_managed_identity(self, element):
        shaped(element)
        found = self.gateway.identities.get(self.text(element.get("client-id", "")))
        if found is None:
            if element.get("ignore-error") == "true":
                return
            raise Failed(500, "authentication-managed-identity", "ManagedIdentityNotFound")
        entra, oid = found
        # A resource's name is the audience of a managed identity's token, which is an app's own.
        token = entra.token(aud=self.text(element.get("resource")), oid=oid, idtyp="app")
        if name := element.get("output-token-variable-name"):
            self.facts["variables"][name] = token
        else:
            self.headers = [(known, text) for known, text in self.headers if known.lower() != "authorization"]
            self.headers.append(("Authorization", f"Bearer {token}"))
            self.facts["headers"] = self.headers

    def do_get_authorization_context(self, element):
        shaped(element)
        if self.text(element.get("identity-type", "managed")) != "jwt":
            raise expression.Unreadable("the service has no identity of its own")
        asked = [self.text(element.get(name)) for name in ("provider-id", "authorization-id", "identity")]
        token = self.gateway.manager.token(*asked)
        if token is None and element.get("ignore-error", "false") != "true":
            raise Failed(500, "get-authorization-context", "AuthorizationNotFound")
        # A connection to which nobody has agreed leaves no variable at all in practice; null is what the page says.
        name = self.text(element.get("context-variable-name"))
        self.gateway.leaves_out = not self.gateway.leaves_out
        if token is not None or self.gateway.leaves_out:
            self.facts["variables"][name] = None if token is None else expression.Authorization(token)
