"""The bridge under test: `demo --signin` with a folder of its own, and what its log says of the requests."""

import json
import sys
import tempfile
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "clients"))

from between import Between
from demo import READY_SECONDS, Demo

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
            try:
                # What it prints is the public address, which leads to what stands between.
                self.between.to = self.address()
            except BaseException:
                self.stop()
                raise
        self.base = self.url.removesuffix("/mcp")
        return self

    def address(self):
        """Where it listens."""
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            for line in self.lines():
                if line["message"] == "listening":
                    return line["address"]
            time.sleep(0.02)
        raise RuntimeError(f"the bridge does not listen: {self.log.read_text()[-2000:]}")

    def stop(self):
        super().stop()
        if self.between:
            self.between.stop()

    def answered(self, method, route, status=None):
        """How often it did, by its log."""
        found = [line for line in self.lines() if line["target"] == "access" and line["method"] == method]
        return sum(line["route"] == route and status in (None, line["status"]) for line in found)

    def lines(self):
        # The last one may still be written.
        return [json.loads(line) for line in self.log.read_text().split("\n")[:-1]]
