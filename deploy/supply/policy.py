#!/usr/bin/env python3
"""Hold every part of a release against deny.toml: licences, banned crates, sources. cargo-deny's gate without cargo-deny.

What only cargo-deny does: advisories, which need their database.
"""

import re
import sys
import tomllib

sys.dont_write_bytecode = True

import parts

PUBLIC_REGISTRY = r"registry\+https://github\.com/rust-lang/[a-z.]+-index"


def main() -> int:
    rules = tomllib.loads((parts.ROOT / "deny.toml").read_text())
    components = parts.of_release()[2]
    faults = [fault for part in components for fault in judge(part, rules)]
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(components)} parts, {len(faults)} against deny.toml")
    return 1 if faults else 0


def judge(part, rules):
    """Everything that deny.toml has against this part, one sentence each."""
    label = f"{part.name} {part.version}"
    allowed = set(rules["licenses"]["allow"])
    if not part.license or not permitted(part.license, allowed):
        yield f"{label}: licence '{part.license}' is not allowed"
    for ban in rules["bans"]["deny"]:
        if ban["crate"] == part.name:
            yield f"{label}: banned: {ban['reason']}"
    if not re.fullmatch(PUBLIC_REGISTRY, part.source):
        yield f"{label}: comes from '{part.source or part.folder}', not from Rust's public registry"
    elif not part.checksum:
        yield f"{label}: Cargo.lock holds no checksum"


def permitted(expression, allowed):
    """Does an SPDX expression leave a choice among the allowed licences? AND binds closer than OR."""
    tokens = re.findall(r"\(|\)|[^\s()/]+|/", expression)

    def alternatives():
        answer = every()
        while tokens and tokens[0] in ("OR", "/"):
            tokens.pop(0)
            answer = every() | answer
        return answer

    def every():
        answer = single()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            answer = single() & answer
        return answer

    def single():
        if not tokens:
            raise ValueError(f"not an SPDX expression: {expression}")
        token = tokens.pop(0)
        if token == "(":
            answer = alternatives()
            if not tokens or tokens.pop(0) != ")":
                raise ValueError(f"not an SPDX expression: {expression}")
            return answer
        if tokens and tokens[0] == "WITH":
            # An exception only grants more than its licence.
            del tokens[:2]
        return token in allowed

    answer = alternatives()
    if tokens:
        raise ValueError(f"not an SPDX expression: {expression}")
    return answer


if __name__ == "__main__":
    sys.exit(main())
