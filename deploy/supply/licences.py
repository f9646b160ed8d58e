#!/usr/bin/env python3
"""Write THIRD-PARTY.md: every crate that is linked into a release, its licence, and the texts. `--check` only compares.

Where a crate leaves the choice, the first that fits of PREFERRED is taken; identical texts are printed once.
"""

import re
import sys

sys.dont_write_bytecode = True

import parts
from policy import permitted

FILE = parts.ROOT / "THIRD-PARTY.md"
PREFERRED = ["Apache-2.0", "MIT", "BSD-3-Clause", "ISC", "Zlib", "Unicode-3.0"]
# Where the text stands, by licence; the first pattern that a crate's folder has a file for is taken.
NAMED = {
    "Apache-2.0": ["license-apache", "license_apache", "apache"],
    "MIT": ["license-mit", "license_mit", "mit"],
    "Zlib": ["license-zlib", "zlib"],
}


def main() -> int:
    text = document([part for part in parts.of_release()[2] if part.linked])
    if "--check" in sys.argv[1:]:
        if FILE.exists() and FILE.read_text() == text:
            return 0
        print(f"{FILE.name} is not what Cargo.lock says; run deploy/supply/licences.py", file=sys.stderr)
        return 1
    FILE.write_text(text)
    return 0


def document(components):
    texts = {}
    lines = [
        "# Third-party parts",
        "",
        "What is linked into a release build and under which terms. Written by `deploy/supply/licences.py` from `Cargo.lock`.",
        "",
        "| Crate | Version | Licence | Text |",
        "|---|---|---|---|",
    ]
    for part in components:
        numbers = []
        for text in license_texts(part):
            numbers.append(texts.setdefault(text, len(texts) + 1))
        shown = ", ".join(f"[{number}](#text-{number})" for number in numbers) or "none in the crate; see its licence's name"
        lines.append(f"| {part.name} | {part.version} | {part.license} | {shown} |")
    for text, number in texts.items():
        lines += ["", f"## Text {number}", "", "```text", text, "```"]
    return "\n".join(lines) + "\n"


def license_texts(part):
    """The texts that count for this part: those of the chosen licence, and its notice."""
    found = sorted(
        path
        for path in part.folder.iterdir()
        if path.is_file() and re.match(r"(licen[cs]e|copying|unlicense|copyright|notice)", path.name, re.IGNORECASE)
    )
    chosen = next((name for name in PREFERRED if permitted(part.license, {name})), None)
    names = NAMED.get(chosen, [])
    special = [path for path in found if any(name in path.name.lower() for name in names)]
    notices = [path for path in found if path.name.lower().startswith("notice")]
    return [clean(path) for path in dict.fromkeys((special or found) + notices)]


def clean(path):
    lines = path.read_text(errors="replace").replace("\f", "").replace("```", "'''").splitlines()
    return "\n".join(line.rstrip() for line in lines).strip("\n")


if __name__ == "__main__":
    sys.exit(main())
