"""The pages in a real browser, which stays open for all cases."""

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "clients"))

import inspector_page

# Against a browser that hangs; whatever a case waits for has an end of its own.
SECONDS = 900
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


def play(installed, home, runs, patience=15, at_once=2):
    """`runs` are {name, mcp, cases}. Gives (run, case, fault or None) for each that was played."""
    # For people who want to look; otherwise they go with the run's own folder.
    pictures = Path(os.environ.get("SIGNIN_SCREENSHOTS") or Path(home, "screenshots"))
    pictures.mkdir(parents=True, exist_ok=True)
    asked = {
        "chromium": inspector_page.chromium(),
        "axe": str(installed.npm / "node_modules/axe-core/axe.min.js"),
        "pictures": str(pictures),
        "cases": CASES,
        "patience": patience,
        "atOnce": at_once,
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


def inspector_signs_in(installed, bridge):
    """The Inspector's web page sends the browser away and takes it back; what it shows of jira_whoami then."""
    with inspector_page.Page(installed, bridge, installed.env["HOME"]) as page:
        done = subprocess.run(
            ["node", HERE / "inspector_page.mjs", inspector_page.chromium(), page.url],
            env=installed.env,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
        )
    return done.stdout or done.stderr[-2000:]
