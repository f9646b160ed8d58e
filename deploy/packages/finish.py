#!/usr/bin/env python3
"""Add to a folder of packed systems what stands for all of them: `deploy/packages/finish.py FOLDER [--image REFERENCE]`.

The npm package that people name, the installers, the formula, the connector's files, and server.json for the MCP registry, which has the
checksums of the bundles. Systems that were not packed are left out where that is possible; a release has them all (`--all`).
"""

import argparse
import sys
from pathlib import Path

sys.dont_write_bytecode = True

import platforms
import project
from archives import Entry, sha256, tar_gz, zipped
from pack import text

SCHEMA = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"
CONNECTOR = ("apiDefinition.swagger.json", "apiProperties.json", "settings.json", "icon.png", "readme.md")


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--all", action="store_true", help="fail unless every system is there")
    arguments.add_argument("--image", help="the container image, such as ghcr.io/owner/jira-mcp-bridge:0.1.0")
    chosen = arguments.parse_args()
    of, folder = project.read(), chosen.folder
    packed = [one for one in platforms.ALL if (folder / one.archive).exists()]
    if not packed or (chosen.all and len(packed) < len(platforms.ALL)):
        print(f"only these systems are packed: {', '.join(one.target for one in packed) or 'none'}", file=sys.stderr)
        return 1
    for name, content in common(of, folder, packed, chosen.image).items():
        (folder / name).write_bytes(content)
    return 0


def common(of, folder, packed, image):
    templates = Path(__file__).resolve().parent
    made = {
        f"{of.name}-{of.version}.tgz": tar_gz(npm(of)),
        "install.sh": filled((templates / "install.sh").read_text(), of).encode(),
        "install.ps1": filled((templates / "install.ps1").read_text(), of).encode(),
        f"{of.name}-connector.zip": zipped([Entry(name, (project.ROOT / "connector" / name).read_bytes()) for name in CONNECTOR]),
        "server.json": text(server(of, folder, packed, image)),
    }
    if len(packed) == len(platforms.ALL):
        made["jira-mcp-bridge.rb"] = formula((templates / "formula.rb").read_text(), of, folder).encode()
    return made


def filled(template, of):
    marks = {"VERSION": of.version, "DOWNLOADS": of.downloads, "REPOSITORY": of.repository, "DESCRIPTION": of.description, "LICENCE": of.licence}
    for name, value in marks.items():
        template = template.replace(f"@{name}@", value)
    return template


def formula(template, of, folder):
    for system in platforms.ALL:
        if f"@SHA256:{system.archive}@" in template:
            template = template.replace(f"@SHA256:{system.archive}@", sha256((folder / system.archive).read_bytes()))
    return filled(template, of)


def npm(of):
    """The launcher; npm installs that one of the optional packages which is for the system."""
    about = {
        "name": of.name,
        "version": of.version,
        "description": of.description,
        "license": of.licence,
        "keywords": list(of.keywords),
        "repository": {"type": "git", "url": f"git+{of.repository}.git"},
        "mcpName": of.registry_name,
        "bin": {of.name: "launcher.mjs"},
        "type": "module",
        "engines": {"node": ">=18"},
        "optionalDependencies": {system.npm: of.version for system in platforms.ALL},
    }
    launcher = Path(__file__).resolve().parent / "npm-launcher.mjs"
    return [
        Entry("package/package.json", text(about)),
        Entry("package/launcher.mjs", launcher.read_bytes(), runs=True),
        *(Entry(f"package/{name}", (project.ROOT / name).read_bytes()) for name in ("LICENSE", "README.md")),
    ]


def server(of, folder, packed, image):
    """What the MCP registry says of us. Source: the schema that it names."""
    asked = [{"name": s.variable, "description": s.description, "isRequired": True, "isSecret": s.secret} for s in project.SETTINGS]
    stdio = {"transport": {"type": "stdio"}, "packageArguments": [{"type": "positional", "value": "stdio"}], "environmentVariables": asked}
    packages = [
        {"registryType": "npm", "registryBaseUrl": "https://registry.npmjs.org", "identifier": of.name, "version": of.version, "runtimeHint": "npx", **stdio},
        {"registryType": "pypi", "registryBaseUrl": "https://pypi.org", "identifier": of.name, "version": of.version, "runtimeHint": "uvx", **stdio},
    ]
    if image:
        packages.append({"registryType": "oci", "identifier": image, "runtimeHint": "docker", **stdio})
    for system in packed:
        bundle = folder / f"{of.name}-{system.target}.mcpb"
        packages.append(
            {
                "registryType": "mcpb",
                "identifier": f"{of.downloads}/{bundle.name}",
                "version": of.version,
                "fileSha256": sha256(bundle.read_bytes()),
                "transport": {"type": "stdio"},
            }
        )
    host = {"description": "The host name of your company's bridge, such as jira-mcp.example.com", "isRequired": True}
    return {
        "$schema": SCHEMA,
        "name": of.registry_name,
        "title": "Jira MCP Bridge",
        "description": of.description,
        "version": of.version,
        "websiteUrl": of.repository,
        "repository": {"url": of.repository, "source": "github"},
        "packages": packages,
        "remotes": [{"type": "streamable-http", "url": "https://{host}/mcp", "variables": {"host": host}}],
    }


if __name__ == "__main__":
    sys.exit(main())
