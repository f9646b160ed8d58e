"""What passed a recorder, held against the service's own document."""

import json
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

HERE = Path(__file__).resolve().parent


def wrong(installed, document, recorder):
    """What is wrong with it, a sentence each."""
    exchanges = [exchange(asked, answer) for asked, answer in recorder.seen if asked.route.startswith("/v3/directline/")]
    # An empty frame is a sign of life.
    passed = {"exchanges": exchanges, "frames": [text for text in recorder.frames if text]}
    done = subprocess.run(
        [installed.python[2], HERE / "judge.py", document], input=json.dumps(passed), capture_output=True, encoding="utf-8"
    )
    if done.returncode != 0:
        raise RuntimeError(f"the judge ended: {done.stderr[-1500:]}")
    return json.loads(done.stdout)


def exchange(asked, answer):
    return {
        "method": asked.method,
        "path": asked.route,
        "query": sorted(parse_qs(urlsplit(asked.path).query)),
        "has_credentials": any(name.lower() == "authorization" and text.startswith("Bearer ") for name, text in asked.headers),
        "body": read(asked.body),
        "status": answer.status,
        "answer": read(answer.body),
    }


def read(body):
    """None for nothing; what is no JSON stays text, which no schema here takes."""
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")
