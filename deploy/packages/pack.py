#!/usr/bin/env python3
"""Make the packages of one system from its program: `deploy/packages/pack.py --target TRIPLE --program FILE --out FOLDER`.

The release's archive with its checksum, the wheel, the npm package of this system, and the folder that `mcpb pack` makes a bundle of. All
hold the same bytes of the same program: it is compiled once, tried once and attested once.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True

import platforms
import project
from archives import Entry, record, sha256, tar_gz, zipped

SHELLS = {"bash": "jira-mcp-bridge.bash", "zsh": "_jira-mcp-bridge", "fish": "jira-mcp-bridge.fish", "powershell": "_jira-mcp-bridge.ps1"}


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--target", required=True, choices=[one.target for one in platforms.ALL])
    arguments.add_argument("--program", required=True, type=Path)
    arguments.add_argument("--out", required=True, type=Path)
    chosen = arguments.parse_args()
    of, system = project.read(), platforms.named(chosen.target)
    chosen.out.mkdir(parents=True, exist_ok=True)
    for name, content in packages(of, system, chosen.program).items():
        path = chosen.out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        # Only the bundle's folder holds a program as it is.
        if path.name == system.program:
            path.chmod(0o755)
    return 0


def packages(of, system, program):
    """The content of every file by its name."""
    binary, papers = program.read_bytes(), [Entry(name, (project.ROOT / name).read_bytes()) for name in ("LICENSE", "README.md", "THIRD-PARTY.md")]
    archive = archived(system, binary, papers, program)
    bundle = f"mcpb-{system.target}"
    return {
        system.archive: archive,
        f"{system.archive}.sha256": f"{sha256(archive)}  {system.archive}\n".encode(),
        f"{of.name.replace('-', '_')}-{of.version}-py3-none-{system.wheel}.whl": wheel(of, system, binary, papers),
        f"{system.npm}-{of.version}.tgz": tar_gz(npm(of, system, binary, papers)),
        f"{bundle}/manifest.json": text(bundled(of, system)),
        f"{bundle}/icon.png": (project.ROOT / "connector/icon.png").read_bytes(),
        f"{bundle}/LICENSE": papers[0].content,
        f"{bundle}/THIRD-PARTY.md": papers[2].content,
        f"{bundle}/server/{system.program}": binary,
    }


def text(value):
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def archived(system, binary, papers, program):
    entries = [Entry(system.program, binary, runs=True), *papers, *said(program)]
    folder = f"jira-mcp-bridge-{system.target}"
    inside = [Entry(f"{folder}/{entry.name}", entry.content, entry.runs) for entry in entries]
    return zipped(inside) if system.os == "win32" else tar_gz(inside)


def said(program):
    """What the program prints about itself."""
    shells = [Entry(f"completions/{name}", output(program, "completions", shell)) for shell, name in SHELLS.items()]
    return [*shells, Entry("man/jira-mcp-bridge.1", output(program, "man"))]


def output(program, *arguments):
    return subprocess.run([program.resolve(), *arguments], check=True, stdout=subprocess.PIPE, timeout=60).stdout


def wheel(of, system, binary, papers):
    """The program alone, put among the scripts. Source: PEP 427 and the binary distribution format of packaging.python.org."""
    stem = f"{of.name.replace('-', '_')}-{of.version}"
    about = "\n".join(
        [
            "Metadata-Version: 2.4",
            f"Name: {of.name}",
            f"Version: {of.version}",
            f"Summary: {of.description}",
            f"License-Expression: {of.licence}",
            *(f"License-File: {entry.name}" for entry in papers if entry.name != "README.md"),
            f"Keywords: {','.join(of.keywords)}",
            f"Project-URL: Repository, {of.repository}",
            "Requires-Python: >=3.8",
            "Description-Content-Type: text/markdown",
            "",
            # The registry looks for this line to know whose package it is.
            f"<!-- mcp-name: {of.registry_name} -->",
            "",
            (project.ROOT / "README.md").read_text(),
        ]
    )
    tags = "".join(f"Tag: py3-none-{tag}\n" for tag in system.wheel.split("."))
    entries = [
        Entry(f"{stem}.data/scripts/{system.program}", binary, runs=True),
        *(Entry(f"{stem}.dist-info/licenses/{entry.name}", entry.content) for entry in papers if entry.name != "README.md"),
        Entry(f"{stem}.dist-info/METADATA", about.encode()),
        Entry(f"{stem}.dist-info/WHEEL", f"Wheel-Version: 1.0\nGenerator: jira-mcp-bridge\nRoot-Is-Purelib: false\n{tags}".encode()),
    ]
    own = f"{stem}.dist-info/RECORD"
    return zipped([*entries, Entry(own, record(entries, own).encode())])


def npm(of, system, binary, papers):
    """npm installs it on this system only."""
    about = {
        "name": system.npm,
        "version": of.version,
        "description": f"{of.description} ({system.os}, {system.cpu})",
        "license": of.licence,
        "repository": {"type": "git", "url": f"git+{of.repository}.git"},
        "os": [system.os],
        "cpu": [system.cpu],
        "preferUnplugged": True,
    }
    return [
        Entry("package/package.json", text(about)),
        Entry(f"package/bin/{system.program}", binary, runs=True),
        *(Entry(f"package/{entry.name}", entry.content) for entry in papers if entry.name != "README.md"),
        Entry("package/README.md", f"The program of the npm package {of.name} for {system.os} on {system.cpu}.\n".encode()),
    ]


def bundled(of, system):
    """The bundle's manifest. Source: MCPB manifest 0.3, which `mcpb validate` holds it against."""
    options = {
        setting.key: {"type": "string", "title": setting.title, "description": setting.description, "required": True, "sensitive": setting.secret}
        for setting in project.SETTINGS
    }
    environment = {setting.variable: f"${{user_config.{setting.key}}}" for setting in project.SETTINGS}
    return {
        "manifest_version": "0.3",
        "name": of.name,
        "display_name": "Jira MCP Bridge",
        "version": of.version,
        "description": of.description,
        "author": {"name": of.owner, "url": of.repository},
        "repository": {"type": "git", "url": of.repository},
        "license": of.licence,
        "icon": "icon.png",
        "server": {
            "type": "binary",
            "entry_point": f"server/{system.program}",
            "mcp_config": {"command": f"${{__dirname}}/server/{system.program}", "args": ["stdio"], "env": environment},
        },
        "tools_generated": True,
        "keywords": list(of.keywords),
        "compatibility": {"platforms": [system.os]},
        "user_config": options,
    }


if __name__ == "__main__":
    sys.exit(main())
