"""The C# of policy expressions, as far as our policies use it: parsed to a tree, then evaluated against a request.

What is not known here is an error and no guess, so a policy that uses more fails its check until this file knows it.
"""

import base64
import hashlib
import json
import re

TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>\d+)|(?P<name>[A-Za-z_]\w*)|(?P<sign>==|!=|\|\||&&|[-+!().,?:\[\]{}]))"""
)


class Unreadable(ValueError):
    """The text is no expression that is known here."""


def parse(text):
    """The tree of `@(…)`; each node is a tuple whose first item says what it is."""
    if not (text.startswith("@(") and text.endswith(")")):
        raise Unreadable(f"no expression: {text[:60]}")
    return Parser(text[2:-1]).whole()


class Parser:
    def __init__(self, text):
        self.tokens, at = [], 0
        while text[at:].strip():
            found = TOKEN.match(text, at)
            if not found:
                raise Unreadable(f"unknown sign at: {text[at:at + 30].strip()}")
            self.tokens.append((found.lastgroup, found.group(found.lastgroup)))
            at = found.end()
        self.at = 0

    def whole(self):
        tree = self.either()
        if self.at < len(self.tokens):
            raise Unreadable(f"too much: {self.tokens[self.at][1]}")
        return tree

    def peek(self, sign):
        return self.at < len(self.tokens) and self.tokens[self.at] == ("sign", sign)

    def take(self, sign):
        if self.peek(sign):
            self.at += 1
            return True
        return False

    def need(self, sign):
        if not self.take(sign):
            raise Unreadable(f"{sign} is missing")

    def next(self):
        if self.at == len(self.tokens):
            raise Unreadable("it ends too early")
        self.at += 1
        return self.tokens[self.at - 1]

    def either(self):
        tree = self.both()
        while self.take("||"):
            tree = ("or", tree, self.both())
        return tree

    def both(self):
        tree = self.comparison()
        while self.take("&&"):
            tree = ("and", tree, self.comparison())
        return tree

    def comparison(self):
        tree = self.joined()
        for sign in ("==", "!="):
            if self.take(sign):
                return (sign, tree, self.joined())
        return tree

    def joined(self):
        tree = self.unary()
        while self.take("+"):
            tree = ("+", tree, self.unary())
        return tree

    def unary(self):
        return ("not", self.unary()) if self.take("!") else self.postfix()

    def postfix(self):
        tree = self.primary()
        while self.take("."):
            kind, name = self.next()
            if kind != "name":
                raise Unreadable(f"no name after the dot: {name}")
            tree = ("call", tree, name, self.arguments()) if self.peek("(") else ("member", tree, name)
        return tree

    def primary(self):
        kind, text = self.next()
        if kind == "text":
            return ("text", json.loads(text))
        if kind == "number":
            return ("number", int(text))
        if (kind, text) == ("sign", "("):
            tree = self.either()
            self.need(")")
            return tree
        if kind == "name" and text == "new":
            return self.made()
        if kind == "name":
            return ("name", text)
        raise Unreadable(f"out of place: {text}")

    def made(self):
        if self.take("["):
            self.need("]")
            self.need("{")
            return ("array", self.items("}"))
        kind, name = self.next()
        if kind != "name":
            raise Unreadable(f"new what: {name}")
        return ("new", name, self.arguments())

    def arguments(self):
        self.need("(")
        return self.items(")")

    def items(self, end):
        if self.take(end):
            return ()
        found = [self.either()]
        while self.take(","):
            found.append(self.either())
        self.need(end)
        return tuple(found)


def path(tree):
    """`context.Request.Method` as one word; None for anything but names and dots."""
    if tree[0] == "name":
        return tree[1]
    if tree[0] == "member" and (before := path(tree[1])):
        return f"{before}.{tree[2]}"
    return None


def walk(tree):
    """The tree and everything in it."""
    yield tree
    for part in tree[1:]:
        if isinstance(part, tuple) and part:
            parts = [part] if isinstance(part[0], str) else part
            for inner in parts:
                yield from walk(inner)


# What an expression may read: the path, and how it is found in the facts of one exchange.
VALUES = {
    "context.Request.Method": lambda facts: facts["method"],
    "context.Request.IpAddress": lambda facts: facts["address"],
    "context.Operation.UrlTemplate": lambda facts: facts["template"],
    "context.RequestId": lambda facts: facts["request_id"],
    "context.LastError.Source": lambda facts: facts["error_source"],
    "context.LastError.Reason": lambda facts: facts["error_reason"],
    "StringComparison.OrdinalIgnoreCase": lambda facts: "OrdinalIgnoreCase",
}

# Static calls, by their whole path.
STATICS = {
    "Convert.ToBase64String": lambda data: base64.b64encode(data).decode(),
    "System.Text.Encoding.UTF8.GetBytes": lambda text: text.encode(),
    "System.Security.Cryptography.SHA256.Create": lambda: hashlib.sha256,
}


def unreadable(why):
    raise Unreadable(why)


def starts_with(text, prefix, comparison=None):
    if comparison == "OrdinalIgnoreCase":
        return text.lower().startswith(prefix.lower())
    return text.startswith(prefix)


METHODS = {
    "StartsWith": starts_with,
    "Contains": lambda whole, part: part in whole,
    "Substring": lambda text, start: text[start:] if start <= len(text) else unreadable("Substring begins behind the end"),
    "Trim": lambda text: text.strip(),
    "Replace": lambda text, old, new: text.replace(old, new),
    "ComputeHash": lambda algorithm, data: algorithm(data).digest(),
    "ToString": lambda value: json.dumps(value) if isinstance(value, dict) else str(value),
}


def evaluate(tree, facts):
    """The value of a parsed expression."""
    kind = tree[0]
    if kind in ("text", "number"):
        return tree[1]
    if kind == "not":
        return not evaluate(tree[1], facts)
    if kind in ("or", "and"):
        left = evaluate(tree[1], facts)
        return left if left == (kind == "or") else evaluate(tree[2], facts)
    if kind in ("==", "!="):
        return (evaluate(tree[1], facts) == evaluate(tree[2], facts)) == (kind == "==")
    if kind == "+":
        return concatenated(evaluate(tree[1], facts), evaluate(tree[2], facts))
    if kind == "array":
        return [evaluate(item, facts) for item in tree[1]]
    if kind == "new":
        return made(tree[1], [evaluate(item, facts) for item in tree[2]])
    if kind == "call":
        return called(tree, facts)
    if (known := path(tree)) in VALUES:
        return VALUES[known](facts)
    raise Unreadable(f"not known here: {known or kind}")


def concatenated(left, right):
    return left + right if isinstance(left, str) and isinstance(right, str) else unreadable("+ of something that is no text")


def made(name, items):
    if name == "JProperty" and len(items) == 2:
        return tuple(items)
    if name == "JObject":
        return dict(items)
    raise Unreadable(f"new {name} is not known here")


def called(tree, facts):
    _, target, name, given = tree
    items = [evaluate(item, facts) for item in given]
    before = path(target)
    if (before, name) == ("context.Request.Headers", "GetValueOrDefault"):
        wanted, otherwise = items
        lines = [value for known, value in facts["headers"] if known.lower() == wanted.lower()]
        return ",".join(lines) if lines else otherwise
    if f"{before}.{name}" in STATICS:
        return STATICS[f"{before}.{name}"](*items)
    if name in METHODS:
        return METHODS[name](evaluate(target, facts), *items)
    raise Unreadable(f"the call {name} is not known here")
