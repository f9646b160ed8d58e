"""The crates a release consists of, as cargo resolves them: what is linked in, and what only helps to build."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What there are images and packages for; deploy/packages/platforms.py has more of each.
TARGETS = (
    "x86_64-unknown-linux-musl",
    "aarch64-unknown-linux-musl",
    "x86_64-apple-darwin",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
)
# The image for production leaves the sandbox out; packages have it.
WITHOUT_SANDBOX = ("--no-default-features",)


@dataclass(frozen=True)
class Part:
    name: str
    version: str
    license: str
    folder: Path
    repository: str
    source: str
    checksum: str
    linked: bool
    needs: tuple


def of_release(targets=TARGETS, features=()):
    """Every part of the release for any of the targets, sorted; the project and its own crates are not among them."""
    linked = {part for target in targets for part in tree(target, "normal,no-proc-macro", features)}
    built = {part for target in targets for part in tree(target, "normal,build", features)}
    metadata = json.loads(cargo("metadata", "--format-version", "1"))
    checksums = locked_checksums()
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    packages = {package["id"]: package for package in metadata["packages"]}
    root = metadata["resolve"]["root"]
    key = {id: (package["name"], package["version"]) for id, package in packages.items()}
    own = {id for id in metadata["workspace_members"] if id == root or key[id] in linked}
    parts = []
    for id, package in packages.items():
        if id in own or key[id] not in built | linked:
            continue
        needs = {key[need["pkg"]] for need in nodes[id]["deps"] if ships(need)} & (built | linked)
        parts.append(
            Part(
                *key[id],
                license=package["license"] or "",
                folder=Path(package["manifest_path"]).parent,
                repository=package["repository"] or "",
                source=package["source"] or "",
                checksum=checksums.get(key[id], ""),
                linked=key[id] in linked,
                needs=tuple(sorted(needs)),
            )
        )
    wanted = (built | linked) - {key[id] for id in own}
    missing = wanted - {(part.name, part.version) for part in parts}
    if missing:
        raise RuntimeError(f"cargo tree names what cargo metadata does not: {sorted(missing)}")
    direct = {key[need["pkg"]] for id in own for need in nodes[id]["deps"] if ships(need)} & wanted
    return packages[root], tuple(sorted(direct)), sorted(parts, key=lambda part: (part.name, part.version))


def ships(need):
    return any(kind["kind"] != "dev" for kind in need["dep_kinds"])


def tree(target, edges, features):
    """(name, version) of everything along the edges; cargo tree alone knows features without those of tests."""
    lines = cargo("tree", "--package", "jira-mcp-bridge", "--edges", edges, "--target", target, "--prefix", "none", "--format", "{p}", *features)
    names = (line.split() for line in lines.splitlines() if line.strip())
    return {(words[0], words[1].removeprefix("v")) for words in names}


def locked_checksums():
    found, current = {}, {}
    for line in (ROOT / "Cargo.lock").read_text().splitlines():
        if line == "[[package]]":
            current = {}
        elif " = " in line:
            name, value = line.split(" = ", 1)
            current[name] = value.strip('"')
            if name == "checksum":
                found[current["name"], current["version"]] = current["checksum"]
    return found


def cargo(*arguments):
    command = ["cargo", *arguments, "--locked"]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
