"""Empty places with one thing in them, Node or Python or a shell: what a person types there starts the program."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import pack
import platforms
import project
from judged import run
from registries import Registries

READY_S = 60
ASKED = [
    {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "packages", "version": "1"}}},
    {"jsonrpc": "2.0", "method": "notifications/initialized"},
    {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
]


def checks(packed, home, tools, registries):
    of = project.read()
    node, python = Node(home / "node", registries), Python(home / "python", tools, registries)
    npx, uvx = ["npx", "-y", f"{of.name}@{of.version}"], ["uvx", f"{of.name}@{of.version}"]
    return {
        "nothing but Node: npx starts the demo": lambda: demo(node, npx),
        "npx took the package of this system alone": lambda: only_own(registries),
        "npx passes on the end of the program": lambda: ends(node, npx),
        "connector files by npx": lambda: connector(node, npx),
        "nothing but Python: uvx starts the demo": lambda: demo(python, uvx),
        "nothing but Python: pip puts it on the path": lambda: by_pip(python),
        "connector files by uvx": lambda: connector(python, uvx),
        "install.sh installs what was released": lambda: by_installer(home / "installed", registries, packed),
        "install.sh refuses what was not released": lambda: refused_by_installer(home / "refused", packed),
        "the bundle, unpacked, speaks over stdio": lambda: bundle(packed, home / "bundle", tools),
        "the archive has its papers, completions and manual": lambda: archive(packed),
        "the connector's files in one archive": lambda: archive_of_connector(packed),
    }


class Place:
    """An empty home, and a path with the named programs and what a shell script needs."""

    def __init__(self, home, programs):
        self.home, self.bin = home, home / "bin"
        self.bin.mkdir(parents=True)
        for name, target in programs.items():
            (self.bin / name).symlink_to(target)
        self.environment = {"HOME": str(home), "PATH": str(self.bin), "LANG": "C.UTF-8"}

    def start(self, command, **settings):
        return subprocess.Popen(command, cwd=self.home, env={**self.environment, **settings}, executable=self.bin / command[0], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)

    def run(self, command):
        return run([self.bin / command[0], *command[1:]], cwd=self.home, env=self.environment)


class Node(Place):
    def __init__(self, home, registries):
        node = Path(shutil.which("node")).resolve()
        # npx begins with `env node`, and starts programs by sh.
        super().__init__(home, {"node": node, "npx": shutil.which("npx"), "sh": "/bin/sh", "env": "/usr/bin/env"})
        self.environment |= {"npm_config_registry": f"{registries.url}/npm/", "npm_config_update_notifier": "false"}


class Python(Place):
    def __init__(self, home, tools, registries):
        super().__init__(home, {"python3": Path(sys.executable).resolve(), "uvx": tools.uvx})
        index = f"{registries.url}/simple"
        self.environment |= {"UV_DEFAULT_INDEX": index, "UV_PYTHON_DOWNLOADS": "never", "PIP_INDEX_URL": index, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def demo(place, command):
    """It says that it is ready, lists its tools over HTTP, and ends when it is told to."""
    started = place.start([*command, "demo", "--json"], PORT="0", ADMIN_ADDR="")
    try:
        printed = line(started)
        headers = {"authorization": f"Bearer {printed['tokens']['anna']}", "content-type": "application/json", "accept": "application/json, text/event-stream"}
        request = urllib.request.Request(printed["mcp_url"], json.dumps(ASKED[2]).encode(), headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            has_tools(json.load(answer))
        # Told to the tool alone, as a client does; a terminal would tell the program too.
        started.terminate()
        # Its streams close when the program has ended.
        out, err = started.communicate(timeout=30)
        assert started.returncode in (0, -signal.SIGTERM, 128 + signal.SIGTERM), f"it ends with {started.returncode}: {err[-500:]}"
        assert gone(printed["mcp_url"]), "the program still runs"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGKILL)
        started.communicate()


def line(started):
    watchdog = threading.Timer(READY_S, started.kill)
    watchdog.start()
    try:
        text = started.stdout.readline()
    finally:
        watchdog.cancel()
    assert text.startswith("{"), f"not ready: {text}{started.stderr.read()[-1500:]}"
    return json.loads(text)


def has_tools(answer):
    names = {tool["name"] for tool in answer["result"]["tools"]}
    assert "jira_search" in names, names


def gone(url):
    try:
        urllib.request.urlopen(url, timeout=2)
    except urllib.error.HTTPError:
        return False
    except OSError:
        return True
    return False


def only_own(registries):
    """npm reads what the packages of other systems say, and leaves them where they are."""
    own = platforms.this_one().npm
    taken = {path for path in registries.asked if path.startswith("/files/") and path.endswith(".tgz")}
    of = project.read()
    assert taken == {f"/files/{of.name}-{of.version}.tgz", f"/files/{own}-{of.version}.tgz"}, taken


def ends(place, command):
    for arguments, expected in ((["--version"], 0), (["no-such-command"], 64)):
        started = place.start([*command, *arguments])
        out, err = started.communicate(timeout=60)
        assert started.returncode == expected, f"{arguments} ends with {started.returncode}: {out}{err}"
        assert expected or project.read().version in out, out


def connector(place, command):
    """What a maker does who has no toolchain."""
    place.run([*command, "connector", "--host", "bridge.example.com", "--client-id", "made-up-client", "--out", "filled"])
    written = json.loads((place.home / "filled/apiDefinition.swagger.json").read_text())
    assert written["host"] == "bridge.example.com"
    shutil.rmtree(place.home / "filled")


def by_pip(place):
    place.run(["python3", "-m", "venv", "venv"])
    run([place.home / "venv/bin/python", "-m", "pip", "install", "--quiet", project.read().name], cwd=place.home, env=place.environment)
    said = run([place.home / "venv/bin" / platforms.this_one().program, "--version"], env={"PATH": ""})
    assert project.read().version in said, said
    shutil.rmtree(place.home / "venv")


def by_installer(folder, registries, packed):
    said = installer(folder, packed, f"{registries.url}/files")
    program = folder / "bin" / platforms.this_one().program
    assert f"installed: {program}" in said and "is not on your PATH" in said, said
    assert project.read().version in run([program, "--version"])
    # A second time, over the first.
    installer(folder, packed, f"{registries.url}/files")
    assert [path.name for path in program.parent.iterdir()] == [program.name]


def installer(folder, packed, downloads):
    settings = {"JIRA_MCP_BRIDGE_DOWNLOADS": downloads, "JIRA_MCP_BRIDGE_BIN": str(folder / "bin"), "HOME": str(folder), "PATH": "/usr/local/bin:/usr/bin:/bin"}
    return run(["sh", packed / "install.sh"], env=settings)


def refused_by_installer(folder, packed):
    """Another archive, another checksum, none, and a page in the place of one: nothing is installed."""
    archive = platforms.this_one().archive
    for name, content in ((archive, b"not it"), (f"{archive}.sha256", b"0" * 64 + b"  x\n"), (f"{archive}.sha256", b""), (f"{archive}.sha256", b"<html>")):
        changed = folder / "changed"
        changed.mkdir(parents=True)
        for file in (archive, f"{archive}.sha256"):
            shutil.copy(packed / file, changed)
        (changed / name).write_bytes(content)
        with Registries(changed) as registries:
            try:
                installer(folder, packed, f"{registries.url}/files")
            except AssertionError as refusal:
                assert "is not what was released" in str(refusal), refusal
            else:
                raise AssertionError(f"it installs a changed {name}")
        assert not (folder / "bin").exists()
        shutil.rmtree(changed)


def bundle(packed, folder, tools):
    """As a host does it: unpacked, its settings filled in, its command started."""
    system = platforms.this_one()
    tools.mcpb("unpack", packed / f"{project.read().name}-{system.target}.mcpb", folder)
    config = json.loads((folder / "manifest.json").read_text())["server"]["mcp_config"]
    given = {setting.key: setting.example for setting in project.SETTINGS}
    command = [word.replace("${__dirname}", str(folder)) for word in (config["command"], *config["args"])]
    environment = {name: given[value.removeprefix("${user_config.").removesuffix("}")] for name, value in config["env"].items()}
    lines = "".join(json.dumps(message) + "\n" for message in ASKED)
    done = subprocess.run(command, input=lines, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
    answers = [json.loads(text) for text in done.stdout.splitlines()]
    # All was sent at once: the handshake is answered first nevertheless.
    assert done.returncode == 0 and [answer.get("id") for answer in answers] == [1, 2], f"{done.returncode}: {done.stdout[:800]}{done.stderr[-800:]}"
    has_tools(answers[1])


def archive(packed):
    system = platforms.this_one()
    with tarfile.open(packed / system.archive) as opened:
        sizes = {member.name.partition("/")[2]: member.size for member in opened}
    wanted = {system.program, "LICENSE", "README.md", "THIRD-PARTY.md", "man/jira-mcp-bridge.1", *(f"completions/{name}" for name in pack.SHELLS.values())}
    assert set(sizes) == wanted and min(sizes.values()) > 200, sizes


def archive_of_connector(packed):
    with zipfile.ZipFile(packed / f"{project.read().name}-connector.zip") as archive:
        names = set(archive.namelist())
        assert {"apiDefinition.swagger.json", "apiProperties.json", "readme.md", "icon.png", "settings.json"} <= names, names
        assert not any(os.path.isabs(name) or ".." in name for name in names)
