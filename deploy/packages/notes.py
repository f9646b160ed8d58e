#!/usr/bin/env python3
"""Print what CHANGELOG.md says of a tag, for the release's page: `deploy/packages/notes.py v0.1.0`.

Fails unless the tag is the version in Cargo.toml and CHANGELOG.md has a section of it: a release whose texts speak of another is none.
"""

import re
import sys

sys.dont_write_bytecode = True

import project


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: deploy/packages/notes.py TAG", file=sys.stderr)
        return 64
    version = project.read().version
    notes = section((project.ROOT / "CHANGELOG.md").read_text(), version)
    if sys.argv[1] != f"v{version}" or not notes:
        print(f"the tag is {sys.argv[1]}, Cargo.toml says {version}, CHANGELOG.md {'has' if notes else 'lacks'} a section of it", file=sys.stderr)
        return 1
    print(notes)
    return 0


def section(text, version):
    """What stands below the version's heading, which may go on with a date."""
    found = re.search(rf"^## {re.escape(version)}\b.*\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    return found[1].strip() if found else ""


if __name__ == "__main__":
    sys.exit(main())
