"""Packages and manifests with one thing wrong: somebody must say so, or installing them must fail."""

import json

import judged
import manifests
import platforms
import project


def checks(packed, home, tools):
    of = project.read()
    manifest = json.loads((packed / f"mcpb-{platforms.this_one().target}/manifest.json").read_text())
    server = json.loads((packed / "server.json").read_text())
    bundles = {
        "a bundle's setting without a title": changed(manifest, ("user_config", "jira_email", "title"), None),
        "a bundle of an unknown kind": changed(manifest, ("server", "type"), "rust"),
        "a bundle without a version": changed(manifest, ("version",), None),
    }
    entries = {
        "a registry entry with a short checksum": changed(server, ("packages", 3, "fileSha256"), "abc"),
        "a registry entry of any version": changed(server, ("packages", 0, "version"), "latest"),
        "a registry entry without its namespace": changed(server, ("name",), of.name),
        "a registry entry that says too much": changed(server, ("description",), "x" * 101),
        "a registry entry with another transport": changed(server, ("packages", 0, "transport", "type"), "pipe"),
    }
    plugins = {
        "a Claude plugin whose setting has no kind": (f"{manifests.PLUGIN}/.claude-plugin/plugin.json", ("name",), None),
        "a portable plugin with a server of no type": (f"{manifests.PLUGIN}/mcp.json", ("mcpServers", "jira", "type"), None),
        "a marketplace of Codex that leads elsewhere": (".agents/plugins/marketplace.json", ("plugins", 0, "source", "path"), "../elsewhere"),
    }
    made = {}
    for number, (name, value) in enumerate(bundles.items()):
        made[name] = lambda value=value, at=home / f"bundle-{number}.json": refused(lambda: tools.mcpb("validate", written(at, value)))
    for number, (name, value) in enumerate(entries.items()):
        made[name] = lambda value=value, at=home / f"entry-{number}/server.json": refused(lambda: tools.lint(written(at, value).parent))
    for number, (name, (file, place, value)) in enumerate(plugins.items()):
        made[name] = lambda file=file, place=place, value=value, at=home / f"plugin-{number}": refused(lambda: tools.lint(spoiled(at, file, place, value)))
    return {f"found: {name}": check for name, check in made.items()}


def refused(judge):
    try:
        judge()
    except AssertionError:
        return
    raise AssertionError("it is taken")


def changed(whole, place, instead):
    copy = json.loads(json.dumps(whole))
    inner = copy
    for step in place[:-1]:
        inner = inner[step]
    if instead is None:
        del inner[place[-1]]
    else:
        inner[place[-1]] = instead
    return copy


def written(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))
    return path


def spoiled(folder, file, place, value):
    judged.plugins(project.ROOT, folder)
    path = folder / file
    path.write_text(json.dumps(changed(json.loads(path.read_text()), place, value)))
    return folder
