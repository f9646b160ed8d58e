"""What others say of the manifests: mcpb of the bundle, skillsaw of server.json and the plugins, by the schemas of their makers."""

import base64
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import install
import platforms
import project

HERE = Path(__file__).resolve().parent
PLUGIN_FILES = (".agents", ".claude-plugin", "deploy/packages/plugin", "gemini-extension.json")


@dataclass(frozen=True)
class Tools:
    python: Path
    npm: Path

    def mcpb(self, *words):
        return run(["node", self.npm / "node_modules/@anthropic-ai/mcpb/dist/cli/cli.js", *words])

    def lint(self, folder):
        """Everything that the linter has against a folder, warnings too."""
        run([self.python / "skillsaw", "lint", "--strict", folder])

    @property
    def uvx(self):
        return self.python / "uvx"


def tools():
    cache = Path(os.environ.get("CLIENTS_CACHE") or install.default_cache())
    cache.mkdir(parents=True, exist_ok=True)
    with open(cache / "lock-packages", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        python = install.venv(cache, str(HERE / "requirements.txt"))
        pins = [str(HERE / "node" / name) for name in ("package.json", "package-lock.json")]
        return Tools(python / "bin", install.folder(cache, "packages-node", pins, fill))


def fill(target):
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / "node" / name, target)
    install.quiet(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=target)


def run(command, **settings):
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, **settings)
    if done.returncode != 0:
        raise AssertionError(f"{Path(command[0]).name} ends with {done.returncode}: {done.stdout[-1500:]}")
    return done.stdout


def checks(packed, home, tools):
    return {
        "files made of Cargo.toml are up to date": lambda: run([sys.executable, project.ROOT / "deploy/packages/manifests.py", "--check"]),
        "server.json by the registry's schema": lambda: tools.lint(alone(packed / "server.json", home / "registry")),
        "plugins by their makers' schemas": lambda: tools.lint(plugins(project.ROOT, home / "plugins")),
        "one-click links say what they should": links,
        "cargo binstall finds every archive": binstall,
    }


def alone(file, folder):
    folder.mkdir(exist_ok=True)
    shutil.copy(file, folder)
    return folder


def plugins(root, folder):
    """The files that clients read, without the rest of the repository."""
    for name in PLUGIN_FILES:
        source, target = root / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    return folder


def links():
    """Both links, decoded as VS Code and Cursor do."""
    of, text = project.read(), (project.ROOT / "docs/CLIENTS.md").read_text()
    found = dict(re.findall(r"\[Install in (VS Code|Cursor)\]\((\S+)\)", text))
    code, cursor = (parse_qs(urlsplit(found[name]).query) for name in ("VS Code", "Cursor"))
    asked, inputs = json.loads(code["config"][0]), json.loads(code["inputs"][0])
    shown = json.loads(base64.b64decode(cursor["config"][0], validate=True))
    for config in (asked, shown):
        assert config["command"] == "npx" and config["args"] == ["-y", f"{of.name}@{of.version}", "stdio"], config
        assert set(config["env"]) == {setting.variable for setting in project.SETTINGS}, config
    for setting in project.SETTINGS:
        one = next(one for one in inputs if asked["env"][setting.variable] == f"${{input:{one['id']}}}")
        assert one["type"] == "promptString" and one["password"] == setting.secret, one
    assert code["name"] == cursor["name"] == ["jira"]


def binstall():
    """The addresses that Cargo.toml's patterns give are those of the archives. Source: SUPPORT.md of cargo-binstall."""
    cargo, of = tomllib.loads((project.ROOT / "Cargo.toml").read_text()), project.read()
    about = cargo["package"]["metadata"]["binstall"]
    linux = {f"{one.target.removesuffix('-musl')}-gnu": one for one in platforms.ALL if one.os == "linux"}
    for target, system in [*((one.target, one) for one in platforms.ALL), *linux.items()]:
        chosen = {**about, **about["overrides"].get(target, {})}
        values = {
            "repo": of.repository,
            "name": of.name,
            "version": of.version,
            "target": target,
            "archive-suffix": {"tgz": ".tar.gz", "zip": ".zip"}[chosen["pkg-fmt"]],
            "bin": of.name,
            "binary-ext": ".exe" if system.os == "win32" else "",
        }
        fill = lambda pattern: re.sub(r"\{ ([\w-]+) \}", lambda found: values[found[1]], pattern)
        assert fill(chosen["pkg-url"]) == f"{of.downloads}/{system.archive}", fill(chosen["pkg-url"])
        assert fill(chosen["bin-dir"]) == f"{of.name}-{system.target}/{system.program}", fill(chosen["bin-dir"])
