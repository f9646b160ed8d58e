"""The systems that the program is released for, and what each packager calls them."""

import platform
from dataclasses import dataclass


@dataclass(frozen=True)
class Platform:
    # Rust's name, which the release's archives have too.
    target: str
    # What Node calls them: the npm package of this system is for these alone.
    os: str
    cpu: str
    # The tag of the wheel. Source: PEP 600 (manylinux), PEP 656 (musllinux), PEP 425. A static program runs on both kinds of Linux.
    wheel: str
    # The machine that GitHub builds it on.
    runner: str

    @property
    def program(self):
        return "jira-mcp-bridge.exe" if self.os == "win32" else "jira-mcp-bridge"

    @property
    def archive(self):
        return f"jira-mcp-bridge-{self.target}.{'zip' if self.os == 'win32' else 'tar.gz'}"

    @property
    def npm(self):
        return f"jira-mcp-bridge-{self.os}-{self.cpu}"


ALL = (
    Platform("x86_64-unknown-linux-musl", "linux", "x64", "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64", "ubuntu-24.04"),
    Platform("aarch64-unknown-linux-musl", "linux", "arm64", "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64", "ubuntu-24.04-arm"),
    Platform("x86_64-apple-darwin", "darwin", "x64", "macosx_11_0_x86_64", "macos-15-intel"),
    Platform("aarch64-apple-darwin", "darwin", "arm64", "macosx_11_0_arm64", "macos-15"),
    Platform("x86_64-pc-windows-msvc", "win32", "x64", "win_amd64", "windows-2025"),
)


def named(target):
    """The platform of this name; a LookupError where nothing is released for it."""
    return next(one for one in ALL if one.target == target)


def this_one():
    """This machine's own: what is packed for it can be tried here."""
    system = {"Linux": "linux", "Darwin": "darwin", "Windows": "win32"}[platform.system()]
    cpu = {"x86_64": "x64", "AMD64": "x64", "aarch64": "arm64", "arm64": "arm64"}[platform.machine()]
    return next(one for one in ALL if (one.os, one.cpu) == (system, cpu))
