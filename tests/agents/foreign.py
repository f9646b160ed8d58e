"""The clients that others wrote, and how each is started."""

import json
import subprocess
import time
from pathlib import Path
from urllib.request import Request, urlopen

import conversation
from recorder import Recorder
from scenario import Row

HERE = Path(__file__).resolve().parent
SECONDS = 180
PATIENCE_MS = 15_000
ALL = tuple(one["name"] for one in conversation.STEPS)


class Foreign:
    """`typing` is how many signs of it must come: none by polling; None if the client hands on nothing but text."""

    steps, typing = ALL, None

    def __init__(self, installed, sandbox):
        self.installed, self.sandbox = installed, sandbox

    def program(self):
        raise NotImplementedError

    def asked(self, recorder, wrong):
        return {"url": recorder.leads(self.sandbox["directline_url"]), "secret": "wrong" if wrong else self.sandbox["directline_secret"]}

    def run(self, recorder, steps, wrong=False):
        asked = self.asked(recorder, wrong) | {"steps": steps, "patience": 1500 if wrong else PATIENCE_MS}
        env = {**self.installed.env, "NPM_FOLDER": str(self.installed.npm)}
        command = [*self.program(), json.dumps(asked)]
        done = subprocess.run(command, cwd=HERE, env=env, capture_output=True, encoding="utf-8", timeout=SECONDS)
        if done.returncode != 0:
            raise RuntimeError(f"the client ended: {done.stderr[-1500:]}")
        return json.loads(done.stdout)


class Polling(Foreign):
    name, era, typing, mode = "botframework-directlinejs", "polling, secret", 0, "poll"

    def program(self):
        return ["node", HERE / "directline.mjs"]

    def asked(self, recorder, wrong):
        return super().asked(recorder, wrong) | {"mode": self.mode}

    def further_checks(self, row, recorder, told):
        conversation.direct_line(row, recorder, told, has_ids=True)
        row.check("sockets", recorder.sockets, lambda count: count == (self.mode == "socket"))


class AtTheSocket(Polling):
    """With a token, as a page in a browser has it."""

    era, typing, mode = "WebSocket, token", 2, "socket"

    def asked(self, recorder, wrong):
        asked = super().asked(recorder, wrong)
        if not wrong:
            asked["token"] = generated(asked["url"], asked.pop("secret"))
        return asked


class Texts(Foreign):
    name, era = "directline-client", "polling, secret"
    # It can neither ask for a greeting nor see what is no text.
    steps = tuple(name for name in ALL if name != "greeting")

    def program(self):
        return [self.installed.python["agents"], HERE / "directline_python.py"]

    def further_checks(self, row, recorder, told):
        conversation.direct_line(row, recorder, told, has_ids=False)


class Engine(Foreign):
    typing, era = 2, "direct to engine"

    def asked(self, recorder, wrong):
        return {"url": recorder.leads(self.sandbox["d2e_url"]), "token": "wrong" if wrong else self.sandbox["tokens"]["anna"]}

    def further_checks(self, row, recorder, told):
        conversation.engine(row, recorder, told)


class EnginePython(Engine):
    name = "microsoft-agents-copilotstudio-client"

    def program(self):
        return [self.installed.python["agents"], HERE / "engine_python.py"]


class EngineJavaScript(Engine):
    name = "@microsoft/agents-copilotstudio-client"
    # It asks for ever when it is refused.
    steps = tuple(name for name in ALL if name != "after the end")

    def program(self):
        return ["node", HERE / "engine.mjs"]


EVERYONE = {
    "polling": Polling,
    "socket": AtTheSocket,
    "texts": Texts,
    "engine, Python": EnginePython,
    "engine, JavaScript": EngineJavaScript,
}


def generated(url, secret):
    """A token for one user, as a server of the page's own gets it."""
    body = json.dumps({"user": {"id": "dl_somebody"}}).encode()
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    with urlopen(Request(f"{url}/tokens/generate", body, headers), timeout=SECONDS) as answer:
        return json.load(answer)["token"]


def play(kind, installed, sandbox, fault=(None, None)):
    """One client's row, and all that passed between it and the sandbox."""
    client = EVERYONE[kind](installed, sandbox)
    row, began = Row(client.name, era=client.era), time.monotonic()
    with Recorder(sandbox["directline_url"], *fault) as recorder:
        try:
            conversation.perform(client, row, recorder)
        except Exception as raised:  # A client that cannot even start is one failed check of its row.
            row.failures.append(f"{type(raised).__name__}: {raised}")
    row.seconds = time.monotonic() - began
    return row, recorder
