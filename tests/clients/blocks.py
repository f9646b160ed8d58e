"""The blocks of a document, each tried by what its page knows of its language."""

import json
import re
import subprocess
from pathlib import Path

from clients import SECONDS
from scenario import Row

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def play(path, languages, make) -> Row:
    """`languages` says how many blocks there must at least be of each; `make` gives the page."""
    row = Row(f"{path.parent.name}/{path.name}", version="-", era="as documented")
    try:
        page = make()
        blocks = BLOCK.findall(path.read_text())
        for language, at_least in languages.items():
            found = [text for name, text in blocks if name == language]
            row.check(f"{language} blocks", len(found), lambda count: count >= at_least)
            for text in found:
                getattr(page, language)(row, text)
        row.check("languages", sorted({name for name, _ in blocks}), lambda names: names == sorted(languages))
    except Exception as fault:  # One failed row, so that the other rows are still shown.
        row.failures.append(f"{type(fault).__name__}: {fault}")
    return row


class Page:
    """A folder to try things in; a page has one function for each language of its blocks."""

    def __init__(self, installed, home, name):
        self.installed, self.folder = installed, Path(home, name)
        self.folder.mkdir()
        (self.folder / "node_modules").symlink_to(installed.npm / "node_modules")
        # npx takes what is installed beside it and may not ask a registry.
        self.env = {**installed.env, "npm_config_offline": "true"}
        self.files = 0

    def values(self) -> dict:
        """What stands for each placeholder; every placeholder's meaning stands in the page."""
        raise NotImplementedError

    def filled(self, text: str) -> str:
        for placeholder, value in self.values().items():
            text = text.replace(placeholder, value)
        return text

    def run(self, command):
        done = subprocess.run(
            command, cwd=self.folder, env=self.env, capture_output=True, encoding="utf-8", timeout=SECONDS
        )
        return {"code": done.returncode, "out": done.stdout, "err": done.stderr[-1000:]}

    def configuration(self, row, text):
        """The root's name and the servers of a client's configuration file."""
        read = json.loads(self.filled(text))
        ((key, servers),) = [(key, value) for key, value in read.items() if key != "inputs"]
        row.check("root of a configuration", key, lambda key: key in ("servers", "mcpServers"))
        asked = {f"${{input:{entry['id']}}}" for entry in read.get("inputs", [])}
        row.check("inputs are used and known", text, lambda text: set(re.findall(r"\$\{input:[\w-]+\}", text)) == asked)
        return key, servers

    def inspected(self, servers, server, *arguments):
        """What the Inspector prints of one of these servers."""
        self.files += 1
        path = self.folder / f"servers-{self.files}.json"
        path.write_text(json.dumps({"mcpServers": servers}))
        command = [self.installed.npm / "node_modules/.bin/mcp-inspector", "--cli", "--config", path]
        return self.run([*command, "--server", server, "--format", "json", "-q", *arguments])
