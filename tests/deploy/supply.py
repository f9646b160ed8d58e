"""The list of parts is valid CycloneDX and complete; deny.toml's rules, read by our own gate, find what they must."""

import dataclasses
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "deploy/supply"))

import licences
import parts
import policy


def check(project):
    """Every rule that is broken, as (rule, sentence)."""
    rules = tomllib.loads((project / "deny.toml").read_text())
    components = parts.of_release()[2]
    for fault in (fault for part in components for fault in policy.judge(part, rules)):
        yield "supply-policy", fault
    if licences.FILE.read_text() != licences.document([part for part in components if part.linked]):
        yield "supply-licences", "THIRD-PARTY.md is not what Cargo.lock says; run deploy/supply/licences.py"
    command = [sys.executable, "-B", PROJECT / "deploy/supply/sbom.py"]
    first, second = (subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout for _ in range(2))
    if first != second:
        yield "supply-bom", "the list of parts differs from one run to the next"
    yield from bom(first, {f"pkg:cargo/{part.name}@{part.version}" for part in components})


def bom(text, wanted):
    fault = JsonStrictValidator(SchemaVersion.V1_5).validate_str(text)
    if fault:
        yield "supply-bom", f"not CycloneDX: {str(fault)[:300]}"
        return
    read = json.loads(text)
    listed = {component["purl"] for component in read["components"]}
    # One list is for one target, the gate for all of them.
    if not listed or listed - wanted or not {"pkg:cargo/tokio", "pkg:cargo/rustls"} <= {name.partition("@")[0] for name in listed}:
        yield "supply-bom", "the list of parts is not that of a release"
    for component in read["components"]:
        if not re.fullmatch("[0-9a-f]{64}", component.get("hashes", [{}])[0].get("content", "")):
            yield "supply-bom", f"{component['purl']} has no checksum"
    known = listed | {read["metadata"]["component"]["bom-ref"]}
    for one in read["dependencies"]:
        if not {one["ref"], *one["dependsOn"]} <= known:
            yield "supply-bom", f"{one['ref']} depends on what is not listed"


def missed():
    """What our gate should refuse or take and does not."""
    rules = tomllib.loads((PROJECT / "deny.toml").read_text())
    good = next(part for part in parts.of_release()[2] if part.linked)
    for change in (
        {"license": "GPL-3.0-only"},
        {"license": ""},
        {"license": "MIT AND GPL-3.0-only"},
        {"name": "openssl-sys"},
        {"source": "git+https://git.test/x"},
        {"source": "registry+https://registry.test/index"},
        {"source": ""},
        {"checksum": ""},
    ):
        if not list(policy.judge(dataclasses.replace(good, **change), rules)):
            yield f"deny.toml's gate takes {change}"
    allowed = {"MIT", "Apache-2.0"}
    for expression, expected in (
        ("MIT OR GPL-3.0-only", True),
        ("GPL-3.0-only/MIT", True),
        ("(MIT OR GPL-2.0) AND Apache-2.0", True),
        ("GPL-2.0 OR MIT AND GPL-3.0", False),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("GPL-2.0 WITH Classpath-exception-2.0", False),
    ):
        if policy.permitted(expression, allowed) != expected:
            yield f"{expression} is not read as {expected}"
    text = subprocess.run([sys.executable, "-B", PROJECT / "deploy/supply/sbom.py"], check=True, stdout=subprocess.PIPE, text=True).stdout
    wanted = {component["purl"] for component in json.loads(text)["components"]}
    for old, new in (('"CycloneDX"', '"Cyclone"'), ('"purl": "pkg:cargo/tokio@', '"purl": "pkg:cargo/tokyo@'), ('"SHA-256"', '"SHA-0"')):
        if not list(bom(text.replace(old, new), wanted)):
            yield f"a list of parts with {new} for {old} is taken"
