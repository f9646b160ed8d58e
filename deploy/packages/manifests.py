#!/usr/bin/env python3
"""Write the files by which clients install the bridge from its repository: `deploy/packages/manifests.py [--check]`.

The plugins of Claude Code, Codex and the clients of Agent Plugins, the extension of Gemini CLI, and the links for VS Code and Cursor in
docs/CLIENTS.md. All start the npm package of the version in Cargo.toml. `--check` only compares.
"""

import base64
import json
import sys
from urllib.parse import quote

sys.dont_write_bytecode = True

import project

PLUGIN = "deploy/packages/plugin"
AGENT_PLUGINS = "https://agent-plugins.org/schemas/1.0.0"
LINKS = ("<!-- install links -->", "<!-- /install links -->")


def main() -> int:
    stale = []
    for name, text in files(project.read(), project.ROOT).items():
        path = project.ROOT / name
        if "--check" not in sys.argv[1:]:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            stale.append(name)
    for name in stale:
        print(f"{name} is not what Cargo.toml says; run deploy/packages/manifests.py", file=sys.stderr)
    return 1 if stale else 0


def files(of, root):
    """The text of every file by its name."""
    made = {
        ".claude-plugin/marketplace.json": claude_marketplace(of),
        ".agents/plugins/marketplace.json": codex_marketplace(of),
        f"{PLUGIN}/.claude-plugin/plugin.json": claude_plugin(of),
        f"{PLUGIN}/plugin.json": {"$schema": f"{AGENT_PLUGINS}/plugin.schema.json", **about(of)},
        f"{PLUGIN}/mcp.json": {"$schema": f"{AGENT_PLUGINS}/mcp.schema.json", "mcpServers": {"jira": {"type": "stdio", **started(of)}}},
        "gemini-extension.json": gemini(of),
    }
    document = "docs/CLIENTS.md"
    return {
        **{name: json.dumps(value, indent=2, ensure_ascii=False) + "\n" for name, value in made.items()},
        document: between(LINKS, (root / document).read_text(), links(of)),
    }


def started(of):
    """How a client starts this version."""
    return {"command": "npx", "args": ["-y", f"{of.name}@{of.version}", "stdio"]}


def about(of):
    return {
        "name": of.name,
        "version": of.version,
        "description": of.description,
        "author": {"name": of.owner},
        "homepage": of.repository,
        "repository": of.repository,
        "license": of.licence,
        "keywords": list(of.keywords),
    }


def claude_marketplace(of):
    return {
        "name": of.name,
        "owner": {"name": of.owner},
        "metadata": {"description": of.description},
        "plugins": [{"name": of.name, "source": f"./{PLUGIN}", "description": of.description}],
    }


def claude_plugin(of):
    """Claude Code asks for the options when the plugin is switched on, and keeps secret ones in the system's keyring."""
    options = {
        setting.key: {"type": "string", "title": setting.title, "description": setting.description, "required": True, "sensitive": setting.secret}
        for setting in project.SETTINGS
    }
    environment = {setting.variable: f"${{user_config.{setting.key}}}" for setting in project.SETTINGS}
    return {**about(of), "userConfig": options, "mcpServers": {"jira": {**started(of), "env": environment}}}


def codex_marketplace(of):
    return {
        "name": of.name,
        "interface": {"displayName": "Jira MCP Bridge"},
        "plugins": [
            {
                "name": of.name,
                "source": {"source": "local", "path": f"./{PLUGIN}"},
                "policy": {"installation": "AVAILABLE", "authentication": "ON_INSTALL"},
                "category": "Productivity",
            }
        ],
    }


def gemini(of):
    """Gemini CLI asks for the settings when the extension is installed, and keeps sensitive ones in the system's keyring."""
    settings = [
        {"name": setting.title, "description": setting.description, "envVar": setting.variable, "sensitive": setting.secret}
        for setting in project.SETTINGS
    ]
    environment = {setting.variable: f"${{{setting.variable}}}" for setting in project.SETTINGS}
    server = {**started(of), "env": environment}
    return {"name": of.name, "version": of.version, "description": of.description, "mcpServers": {"jira": server}, "settings": settings}


def links(of):
    """VS Code asks for each input, and keeps it; Cursor shows the values, which are to be replaced there."""
    inputs = [
        {"type": "promptString", "id": setting.key, "description": setting.title, "password": setting.secret} for setting in project.SETTINGS
    ]
    asked = {"type": "stdio", **started(of), "env": {setting.variable: f"${{input:{setting.key}}}" for setting in project.SETTINGS}}
    shown = {**started(of), "env": {setting.variable: setting.example for setting in project.SETTINGS}}
    code = f"https://vscode.dev/redirect/mcp/install?name=jira&inputs={compact(inputs)}&config={compact(asked)}"
    cursor = f"https://cursor.com/en/install-mcp?name=jira&config={quote(base64.b64encode(json.dumps(shown).encode()).decode(), safe='')}"
    return f"- [Install in VS Code]({code})\n- [Install in Cursor]({cursor})\n"


def compact(value):
    return quote(json.dumps(value, separators=(",", ":")), safe="")


def between(marks, text, new):
    """The text with what stands between the marks replaced."""
    before, first, rest = text.partition(marks[0])
    old, second, after = rest.partition(marks[1])
    if not first or not second:
        raise LookupError(f"no {marks[0]} … {marks[1]}")
    return f"{before}{first}\n\n{new}\n{second}{after}"


if __name__ == "__main__":
    sys.exit(main())
