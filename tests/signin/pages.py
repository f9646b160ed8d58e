"""The pages in a real browser, which stays open for all cases."""

import json
import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
SECONDS = 150
# Cases that share a bridge; whoever signs out takes all programs of that person along, so in a group each case that does has a
# person of its own.
GROUPS = {
    "used": [
        "mouse, phone, light",
        "mouse, phone, dark",
        "mouse, desktop, light",
        "mouse, desktop, dark",
        "framing",
        "back button",
        "two tabs",
        "cookies blocked",
    ],
    "keys": ["keyboard, phone", "keyboard, desktop", "no script, nothing wide"],
    "judged": ["axe, phone, light", "axe, phone, dark", "axe, desktop, light", "axe, desktop, dark"],
}
CASES = [case for group in GROUPS.values() for case in group]


def play(installed, home, runs):
    """`runs` are {name, mcp, cases}. Gives (run, case, fault or None) for each that was played."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        raise RuntimeError("there is no Chromium; install the package chromium")
    # For people who want to look; otherwise they go with the run's own folder.
    pictures = Path(os.environ.get("SIGNIN_SCREENSHOTS") or Path(home, "screenshots"))
    pictures.mkdir(parents=True, exist_ok=True)
    asked = {
        "chromium": chromium,
        "axe": str(installed.npm / "node_modules/axe-core/axe.min.js"),
        "pictures": str(pictures),
        "cases": CASES,
        "runs": runs,
    }
    done = subprocess.run(
        ["node", HERE / "pages.mjs"],
        env={**installed.env, "NPM_FOLDER": str(installed.npm), "HOME": home},
        input=json.dumps(asked),
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the browser's program ended: {done.stderr[-2000:]}")
    seen = [json.loads(line) for line in done.stdout.splitlines()]
    return [(one["run"], one["case"], one["fault"]) for one in seen]


def axe_version(installed):
    return json.loads((installed.npm / "node_modules/axe-core/package.json").read_text())["version"]
