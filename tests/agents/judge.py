"""Holds what passed against the service's own document: `python judge.py DOCUMENT`, exchanges and frames as JSON on standard input.

The document is Microsoft's description of Direct Line 3.0 (Swagger 2.0); who judges is the library jsonschema. Prints what is wrong.
"""

import json
import re
import sys
from datetime import datetime

from jsonschema import Draft4Validator, FormatChecker

FORMATS = FormatChecker(formats=())
FORMATS.checks("date-time", raises=ValueError)(lambda text: not isinstance(text, str) or datetime.fromisoformat(text).tzinfo is not None)
FORMATS.checks("int32")(lambda number: not isinstance(number, int) or abs(number) < 1 << 31)


class Judge:
    def __init__(self, document):
        self.document, self.wrong = document, []
        self.routes = [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + "$"), calls) for path, calls in document["paths"].items()]

    def holds(self, where, value, schema):
        if isinstance(value, dict) and schema.get("$ref"):
            unknown = set(value) - set(self.definition(schema).get("properties", value))
            self.wrong += [f"{where}: the document knows no {name}" for name in sorted(unknown)]
        rooted = {**schema, "definitions": self.document["definitions"]}
        for fault in Draft4Validator(rooted, format_checker=FORMATS).iter_errors(value):
            # The document says "object" where it means anything: an activity's `value` may be a text.
            if list(fault.absolute_path)[-1:] not in (["value"], ["content"]):
                self.wrong.append(f"{where}: {'/'.join(map(str, fault.absolute_path))}: {fault.message[:200]}")

    def definition(self, schema):
        return self.document["definitions"][schema["$ref"].rsplit("/", 1)[-1]]

    def exchange(self, one):
        where = f"{one['method']} {re.sub('conversations/[^/]+', 'conversations/ID', one['path'])}"
        calls = next((calls for route, calls in self.routes if route.match(one["path"])), None)
        call = calls and calls.get(one["method"].lower())
        if call is None:
            self.wrong.append(f"{where}: the document has no such call")
            return
        self.request(where, one, call)
        expected = call["responses"].get(str(one["status"]))
        if expected is None:
            self.wrong.append(f"{where}: no answer {one['status']} in the document")
        elif one["status"] >= 400:
            self.holds(f"{where}, {one['status']}", one["answer"], {"$ref": "#/definitions/ErrorResponse"})
            error = one["answer"].get("error") if isinstance(one["answer"], dict) else None
            if not (isinstance(error, dict) and error.get("code") and error.get("message")):
                self.wrong.append(f"{where}, {one['status']}: an error without code and message")
        elif "schema" in expected:
            self.holds(f"{where}, {one['status']}", one["answer"], expected["schema"])

    def request(self, where, one, call):
        if not one["has_credentials"]:
            self.wrong.append(f"{where}: without Authorization")
        queries = {parameter["name"] for parameter in call.get("parameters", []) if parameter["in"] == "query"}
        self.wrong += [f"{where}: the document has no parameter {name}" for name in one["query"] if name not in queries]
        for parameter in call.get("parameters", []):
            if parameter["in"] == "body" and (one["body"] is not None or parameter["required"]):
                self.holds(f"{where}, body", one["body"], parameter["schema"])


judged = Judge(json.load(open(sys.argv[1])))
passed = json.load(sys.stdin)
for one in passed["exchanges"]:
    judged.exchange(one)
for text in passed["frames"]:
    judged.holds("a frame", json.loads(text), {"$ref": "#/definitions/ActivitySet"})
print(json.dumps(sorted(set(judged.wrong))))
