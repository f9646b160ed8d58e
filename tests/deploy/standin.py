"""The base of the image where no registry of images is reached: Debian's packages and this machine's own Rust of that version.

It holds what `rust:VERSION-slim-SUITE` holds (Debian's ca-certificates, gcc and libc6-dev, rustup, one toolchain), under the same paths and
settings. It stands in for that image in the gate and nowhere else.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ENVIRONMENT = {
    "RUSTUP_HOME": "/usr/local/rustup",
    "CARGO_HOME": "/usr/local/cargo",
    "PATH": "/usr/local/cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
}
# Compiled for the gate's time: the same code, without optimisation over all crates. `--ships` leaves them out.
QUICK = {"CARGO_PROFILE_RELEASE_LTO": "off", "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16", "CARGO_PROFILE_RELEASE_OPT_LEVEL": "1"}
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")


def files(cache, base, target):
    """The folder with the base's files as Dockerfile and archive; made once for each version of what it is made of."""
    version, suite = re.fullmatch(r"rust:([\d.]+)-slim-(\w+)", base).groups()
    toolchain = f"{version}-{target.replace('musl', 'gnu')}"
    salt = Path(__file__).read_bytes() + base.encode() + CERTIFICATES.read_bytes()
    folder = only(cache, "image-base-", hashlib.sha256(salt).hexdigest()[:12])
    if (folder / "complete").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "rust/cargo/bin").mkdir(parents=True)
    debian = ["mmdebstrap", "--quiet", "--variant=minbase", "--include=ca-certificates,gcc,libc6-dev", suite, folder / "debian.tar"]
    run(debian)
    rust(folder / "rust", version, toolchain, target)
    # How this machine trusts what it downloads from.
    shutil.copy(CERTIFICATES, folder)
    (folder / "complete").touch()
    return folder


def only(cache, prefix, name):
    """A folder of the cache; those of earlier versions go."""
    for path in cache.glob(f"{prefix}*"):
        if path.name != prefix + name:
            shutil.rmtree(path)
    return cache / (prefix + name)


def rust(folder, version, toolchain, target):
    environment = {**os.environ, "RUSTUP_TOOLCHAIN": version}
    sysroot = Path(run(["rustc", "--print", "sysroot"], env=environment).strip()).resolve()
    found = run([sysroot / "bin/rustc", "--version"]).split()[1]
    if found != version:
        raise RuntimeError(f"the Dockerfile wants Rust {version}, this machine has {found}")
    into = folder / "rustup/toolchains" / toolchain
    shutil.copytree(sysroot, into, symlinks=True, ignore=shutil.ignore_patterns("doc", "man"))
    (folder / "rustup/settings.toml").write_text(f'default_toolchain = "{toolchain}"\nprofile = "minimal"\nversion = "12"\n\n[overrides]\n')
    proxies = folder / "cargo/bin"
    shutil.copy(Path(shutil.which("rustup")).resolve(), proxies / "rustup")
    for name in ("cargo", "rustc"):
        os.link(proxies / "rustup", proxies / name)
    # Fetched here, where it can be tried again; the Dockerfile's own step then finds it there.
    environment = {**os.environ, "RUSTUP_HOME": str(folder / "rustup"), "CARGO_HOME": str(folder / "cargo")}
    tries(3, [proxies / "rustup", "target", "add", "--toolchain", toolchain, target], env=environment)


def dockerfile(quick):
    variables = ENVIRONMENT | (QUICK if quick else {})
    words = " ".join(f'{name}="{value}"' for name, value in variables.items())
    return f"FROM scratch\nADD debian.tar /\nCOPY rust /usr/local\nCOPY {CERTIFICATES.name} {CERTIFICATES}\nENV {words}\n"


def tries(times, command, **more):
    for left in reversed(range(times)):
        try:
            return run(command, **more)
        except RuntimeError:
            if not left:
                raise
            print("once more", file=sys.stderr)


def run(command, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout
