"""Faults of a bridge, made in front of a good one: each must turn the step red that is there for it."""

import json
import re
from dataclasses import replace

import story
from between import Answer


def answers(method, route, make):
    """Changes the bridge's answers at one route; `make(asked, answer)`."""

    def change(asked, forward):
        answer = forward(asked)
        return make(asked, answer) if (asked.method, asked.route) == (method, route) else answer

    return lambda: change


def instead(method, route, answer, when=lambda asked: True):
    """An answer of ours, without asking the bridge."""

    def change(asked, forward):
        if (asked.method, asked.route) == (method, route) and when(asked):
            return replace(answer, headers=list(answer.headers))
        return forward(asked)

    return lambda: change


def edited(**values):
    """Members of a JSON object set anew; None takes them out."""

    def make(_, answer):
        got = {name: value for name, value in json.loads(answer.body).items() if name not in values}
        answer.body = json.dumps(got | {name: value for name, value in values.items() if value is not None}).encode()
        return answer

    return make


def located(pattern, text):
    """Another place that the browser is sent to with the client's answer."""

    def make(_, answer):
        return answer.set("Location", re.sub(pattern, text, answer["Location"])) if answer["Location"] else answer

    return make


def refused(code, status=400):
    return Answer(status, [("Content-Type", "application/json")], json.dumps({"error": code}).encode())


def is_refresh(asked):
    return asked.form.get("grant_type") == "refresh_token"


def names(old, new):
    return answers("POST", "/mcp", lambda _, answer: answer.replace((old, new)))


def forgets_everybody():
    """Gives no tokens any more after the third sign-in."""
    codes = 0

    def change(asked, forward):
        nonlocal codes
        if asked.route == "/token":
            if codes >= 3:
                return refused("invalid_grant")
            codes += not is_refresh(asked)
        return forward(asked)

    return change


def mixes_people_up():
    """Whoever asks is taken for the person who was asked for last."""
    last = []

    def change(asked, forward):
        bearers = [text for name, text in asked.headers if name.lower() == "authorization"]
        if asked.route == "/mcp" and bearers:
            last.extend(bearers)
            others = [(name, text) for name, text in asked.headers if name.lower() != "authorization"]
            asked.headers = [*others, ("Authorization", max(last))]
        return forward(asked)

    return change


def nothing():
    """So that nothing fails because of what stands between."""
    return lambda asked, forward: forward(asked)


METADATA = "/.well-known/oauth-authorization-server"
PAGE = Answer(200, [("Content-Type", "text/html")], b"<h1>You are signed out</h1>")
# What is broken: the change, and the step of the story that must see it.
FAULTS = {
    "nothing": (nothing, None),
    "nobody can register": (instead("POST", "/register", refused("invalid_client_metadata")), story.signs_in),
    "documents are not announced": (
        answers("GET", METADATA, edited(client_id_metadata_document_supported=None)),
        story.signs_in,
    ),
    "another state comes back": (answers("GET", "/auth/callback", located(r"\bstate=[^&]+", "state=other")), story.signs_in),
    "another issuer answers": (answers("GET", "/auth/callback", located(r"\biss=[^&]+", "iss=http://127.0.0.1:9")), story.signs_in),
    "the metadata is of another issuer": (answers("GET", METADATA, edited(issuer="http://127.0.0.1:9")), story.signs_in),
    "no code can be redeemed": (instead("POST", "/token", refused("invalid_grant")), story.signs_in),
    "everybody is Carla": (names(story.ANNA, story.CARLA), story.signs_in),
    "there are no refresh tokens": (answers("POST", "/token", edited(refresh_token=None)), story.outlives_its_access_token),
    "refreshing is refused": (
        instead("POST", "/token", refused("invalid_grant"), is_refresh),
        story.outlives_its_access_token,
    ),
    "registrations are forgotten": (
        instead("POST", "/token", refused("invalid_client", 401), is_refresh),
        story.outlives_its_access_token,
    ),
    "tokens are said to live longer": (answers("POST", "/token", edited(expires_in=3600)), story.outlives_its_access_token),
    "signing out does nothing": (instead("POST", "/auth/logout", PAGE), story.is_signed_out),
    "whoever comes next stays Anna": (names(story.BEN, story.ANNA), story.is_signed_out),
    "revoking does nothing": (instead("POST", "/revoke", Answer(200, [])), story.is_revoked),
    "the next day nobody is known": (forgets_everybody, story.comes_back_the_next_day),
}
# Every client is seen to fail, with and without a document, and every fault is seen; a client says nothing of what it does not look
# at (TypeScript's leave the state to the application).
TRIED = [
    ("nothing", "TypeScript client", False),
    ("nobody can register", "Python mcp 1", False),
    ("everybody is Carla", "Python mcp 1", False),
    ("another state comes back", "Python mcp 1", False),
    ("the metadata is of another issuer", "Python mcp 2", False),
    ("tokens are said to live longer", "Python mcp 2", False),
    ("there are no refresh tokens", "FastMCP", False),
    ("refreshing is refused", "TypeScript sdk", False),
    ("registrations are forgotten", "TypeScript client", False),
    ("whoever comes next stays Anna", "TypeScript client", False),
    ("signing out does nothing", "mcp-remote", False),
    ("revoking does nothing", "Inspector --cli", False),
    ("the next day nobody is known", "mcporter", False),
    ("documents are not announced", "Python mcp 1", True),
    ("another issuer answers", "Python mcp 2", True),
    ("documents are not announced", "FastMCP", True),
    ("documents are not announced", "TypeScript sdk", True),
    ("no code can be redeemed", "TypeScript client", True),
    ("documents are not announced", "Inspector --cli", True),
]
