"""The files of the built image: what belongs there, and nothing else."""

import os
import shutil
import subprocess
from pathlib import Path

import imagerun

# Of what ships.
BYTES_MAX = 30_000_000
# Compiled with fewer optimisations, and with the sandbox in it.
QUICK_BYTES_MAX = 40_000_000


def looks(root, bytes_max):
    """What is wrong with the files themselves."""
    expected = {
        "jira-mcp-bridge",
        "etc/ssl/certs/ca-certificates.crt",
        "usr/share/doc/jira-mcp-bridge/LICENSE",
        "usr/share/doc/jira-mcp-bridge/THIRD-PARTY.md",
        "usr/share/doc/jira-mcp-bridge/sbom.cdx.json",
    }
    files = {str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir()}
    if files != expected:
        yield f"files that do not belong or are missing: {sorted(files ^ expected)}"
        return
    for path in root.rglob("*"):
        mode = path.lstat().st_mode
        if mode & 0o6222 and not path.is_dir():
            yield f"{path.relative_to(root)} is writable or set-id: {oct(mode)}"
    size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
    if size >= bytes_max:
        yield f"the image has {size} bytes"
    program = (root / "jira-mcp-bridge").read_bytes()
    headers = subprocess.run(["readelf", "--program-headers", root / "jira-mcp-bridge"], stdout=subprocess.PIPE, text=True)
    if "INTERP" in headers.stdout or "LOAD" not in headers.stdout:
        yield "the program is not static"
    for trace in (b"/usr/local/cargo/", b"/src/src/", b"/src/target", str(Path.home()).encode() + b"/.cargo"):
        if trace in program:
            yield f"the program holds a path of its build: {trace.decode()}"


def missed(root, image, copy, bytes_max):
    """What is broken in a copy of the image and not found."""
    program, papers = "jira-mcp-bridge", "usr/share/doc/jira-mcp-bridge"
    breakages = {
        "files that do not belong": lambda: shutil.copy("/bin/sh", copy / "sh"),
        "is writable": lambda: (copy / papers / "LICENSE").chmod(0o644),
        "not static": lambda: shutil.copy("/bin/true", copy / program),
        "the image has": lambda: os.truncate(copy / papers / "LICENSE", bytes_max),
        "path of its build": lambda: append(copy / program, b"/usr/local/cargo/"),
        "check ends with": lambda: os.truncate(copy / "etc/ssl/certs/ca-certificates.crt", 0),
    }
    for expected, breaks in breakages.items():
        shutil.copytree(root, copy)
        breaks()
        said = [*looks(copy, bytes_max), *imagerun.roots_of_tls(copy, image)]
        if not any(expected in sentence for sentence in said):
            yield f"a broken image was taken; nothing says: {expected}"
        shutil.rmtree(copy)


def append(path, more):
    path.chmod(0o755)
    with path.open("ab") as file:
        file.write(more)
    path.chmod(0o555)


def report(root):
    total = 0
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        total += path.stat().st_size
        print(f"{path.stat().st_size:>10} {path.relative_to(root)}")
    print(f"{total:>10} bytes in all")
