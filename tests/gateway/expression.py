"""The C# of policy expressions, as far as our policies use it: parsed to a tree, then evaluated against a request.

What is not known here is an error and no guess, so a policy that uses more fails its check until this file knows it.
"""

import base64
import hashlib
import json
import re

TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>\d+)|(?P<name>[A-Za-z_]\w*)|(?P<sign>==|!=|\|\||&&|\?\.|[-+!().,?:\[\]{}]))"""
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
        tree = self.choice()
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

    def choice(self):
        tree = self.either()
        if not self.take("?"):
            return tree
        first = self.choice()
        self.need(":")
        return ("choice", tree, first, self.choice())

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
        if self.take("!"):
            return ("not", self.unary())
        if self.take("-"):
            return ("minus", self.unary())
        # A cast: the name of a type alone between parentheses, before something that has a value.
        type_of = self.tokens[self.at : self.at + 3]
        if [kind for kind, _ in type_of] == ["sign", "name", "sign"] and type_of[1][1] in TYPES and (type_of[0][1], type_of[2][1]) == ("(", ")"):
            self.at += 3
            return ("cast", type_of[1][1], self.unary())
        return self.postfix()

    def postfix(self):
        tree = self.primary()
        while True:
            if self.take("["):
                tree = ("item", tree, self.choice())
                self.need("]")
                continue
            is_safe = self.take("?.")
            if not is_safe and not self.take("."):
                return tree
            kind, name = self.next()
            if kind != "name":
                raise Unreadable(f"no name after the dot: {name}")
            if is_safe:
                tree = ("safe", tree, name)
            else:
                tree = ("call", tree, name, self.arguments()) if self.peek("(") else ("member", tree, name)

    def primary(self):
        kind, text = self.next()
        if kind == "text":
            return ("text", json.loads(text))
        if kind == "number":
            return ("number", int(text))
        if (kind, text) == ("sign", "("):
            tree = self.choice()
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
        found = [self.choice()]
        while self.take(","):
            found.append(self.choice())
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
    "context.Response.StatusCode": lambda facts: facts["status"],
    "context.LastError.Source": lambda facts: facts["error_source"],
    "context.LastError.Reason": lambda facts: facts["error_reason"],
    "StringComparison.OrdinalIgnoreCase": lambda facts: "OrdinalIgnoreCase",
    "true": lambda facts: True,
    "false": lambda facts: False,
}

# Static calls, by their whole path.
STATICS = {
    "Convert.ToBase64String": lambda data: base64.b64encode(data).decode(),
    "System.Text.Encoding.UTF8.GetBytes": lambda text: text.encode(),
    "System.Security.Cryptography.SHA256.Create": lambda: hashlib.sha256,
    "Convert.ToInt64": int,
    "Math.Max": max,
    "JValue.CreateNull": lambda: None,
    "string.IsNullOrEmpty": lambda text: not text,
}


class Jwt:
    """A checked token, whose claims are lists of texts. Source: API Management's policy expressions, the type Jwt."""

    def __init__(self, claims):
        self.claims = {name: [str(one) for one in (value if isinstance(value, list) else [value])] for name, value in claims.items()}


class Authorization:
    """Source: the reference page of get-authorization-context, "Authorization object"."""

    def __init__(self, access_token):
        self.access_token = access_token


# What a variable may be cast to, and what each type has.
TYPES = {"string": str, "Jwt": Jwt, "Authorization": Authorization}
MEMBERS = {(Jwt, "Claims"): lambda jwt: jwt.claims, (Authorization, "AccessToken"): lambda context: context.access_token}


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
    "ContainsKey": lambda claims, name: name in claims,
    "GetValueOrDefault": lambda claims, name, otherwise: ",".join(claims[name]) if name in claims else otherwise,
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
    if kind == "minus":
        return -evaluate(tree[1], facts)
    if kind == "choice":
        return evaluate(tree[2] if evaluate(tree[1], facts) else tree[3], facts)
    if kind == "cast":
        found = evaluate(tree[2], facts)
        return found if found is None or isinstance(found, TYPES[tree[1]]) else unreadable(f"no {tree[1]}: {type(found).__name__}")
    if kind == "item":
        return item(evaluate(tree[2], facts), tree[1], facts)
    if kind == "safe":
        before = evaluate(tree[1], facts)
        return None if before is None else member(before, tree[2])
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
    if kind == "member" and not known:
        return member(evaluate(tree[1], facts), tree[2])
    raise Unreadable(f"not known here: {known or kind}")


def member(before, name):
    return MEMBERS.get((type(before), name), lambda _: unreadable(f"{type(before).__name__} has no {name}"))(before)


def item(key, target, facts):
    """`target[key]`: a variable of the context, or a claim; one that is not there is an exception in C#, too."""
    whole = facts["variables"] if path(target) == "context.Variables" else evaluate(target, facts)
    return whole[key] if isinstance(whole, dict) and key in whole else unreadable(f"there is no {key}")


def concatenated(left, right):
    return left + right if isinstance(left, str) and isinstance(right, str) else unreadable("+ of something that is no text")


def made(name, items):
    if name == "JProperty" and len(items) == 2:
        return tuple(items)
    if name == "JObject":
        return dict(items)
    if name == "JArray":
        return list(items)
    raise Unreadable(f"new {name} is not known here")


def called(tree, facts):
    _, target, name, given = tree
    items = [evaluate(item, facts) for item in given]
    before = path(target)
    if (before, name) == ("context.Request.Headers", "GetValueOrDefault"):
        wanted, otherwise = items
        lines = [value for known, value in facts["headers"] if known.lower() == wanted.lower()]
        return ",".join(lines) if lines else otherwise
    if (before, name) == ("context.Variables", "GetValueOrDefault"):
        return facts["variables"].get(*items)
    if f"{before}.{name}" in STATICS:
        return STATICS[f"{before}.{name}"](*items)
    if name in METHODS:
        whole = evaluate(target, facts)
        if whole is None:
            raise Unreadable(f"{name} of null")
        return METHODS[name](whole, *items)
    raise Unreadable(f"the call {name} is not known here")
