"""The bridge under test: `demo --signin` with a folder of its own, and what its log says of the requests."""

import json
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

sys.path.append(str(Path(__file__).resolve().parents[1] / "clients"))

from between import Between
from demo import Demo

ACCESS_SECONDS = 4


class Bridge(Demo):
    """`url` is the address of /mcp; `change` breaks what the bridge answers, see Between."""

    def __init__(self, binary, home, change=None, settings=()):
        self.between = Between(change) if change else None
        own = {"ACCESS_TOKEN_TTL_MS": str(1000 * ACCESS_SECONDS), "LOG_FORMAT": "json", "LOG_LEVEL": "info", **dict(settings)}
        if self.between:
            own["PUBLIC_BASE_URL"] = self.between.url
        super().__init__(binary, tempfile.mkdtemp(prefix="bridge-", dir=home), ("--signin", "--json"), own)

    def __enter__(self):
        super().__enter__()
        if self.between:
            self.between.to = urlsplit(self.url).netloc
            self.url = f"{self.between.url}/mcp"
        self.base = self.url.removesuffix("/mcp")
        return self

    def stop(self):
        super().stop()
        if self.between:
            self.between.stop()

    def answered(self, method, route, status=None):
        """How often it did, by its log."""
        lines = [json.loads(line) for line in self.log.read_text().splitlines() if '"access"' in line]
        return sum(
            (line["method"], line["route"]) == (method, route) and status in (None, line["status"]) for line in lines
        )
