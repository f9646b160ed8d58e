"""What every client must come through with one sign-in of a person, from nothing but the URL of /mcp; written once."""

import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

sys.path.append(str(Path(__file__).resolve().parents[1] / "clients"))

from bridge import ACCESS_SECONDS
from browser import sign_out
from exchange import send
from scenario import Row

FORM = ("Content-Type", "application/x-www-form-urlencoded")
ANNA, BEN, CARLA = "Anna Admin", "Ben Developer", "Carla Guest"


class Story:
    """`steps` are played in order, all on one client; a step that raises ends the story. `red` is the first that failed."""

    red = None

    def __init__(self, name, make, bridge, person, document=None):
        self.row = Row(name, era="document" if document else "registration")
        self.bridge, self.person, self.document = bridge, person, document
        self.person.is_now("anna")
        self.client, self.running = make(bridge, person, *([document] if document else [])), False

    def play(self, steps):
        try:
            for step in steps:
                self.red = self.red or step
                step(self)
                if not self.row.failures:
                    self.red = None
        except Exception as fault:  # One failed row, so that the other rows are still shown.
            self.row.failures.append(f"{type(fault).__name__}: {fault} {self.person.browser_said}")
        finally:
            self.end()
        return self.row

    def start(self):
        self.client.__enter__()
        self.row.version = self.client.version
        self.running = True

    def end(self):
        if self.running:
            self.client.__exit__()
        self.running = False

    def works_as(self, what, name, opened):
        """The client works as that person, and the browser was opened so often in all."""
        self.row.check(what, self.client.whoami(), lambda got: got == name)
        self.row.check(f"{what}: the browser", self.person.opened, lambda got: got == opened)

    def access_ends(self):
        time.sleep(ACCESS_SECONDS + 0.3)


def signs_in(story):
    story.start()
    story.works_as("signs in", ANNA, opened=1)
    registered = 0 if story.document else 1
    story.row.check("registers", story.bridge.answered("POST", "/register"), lambda got: got == registered)
    if story.document:
        story.row.check("its document is read", story.document.fetched, lambda got: got >= 1)


def outlives_its_access_token(story):
    before = story.bridge.answered("POST", "/token", 200)
    story.access_ends()
    story.works_as("outlives its access token", ANNA, opened=1)
    story.row.check("refreshes", story.bridge.answered("POST", "/token", 200), lambda got: got > before)


def is_signed_out(story):
    shown, reply = sign_out(story.bridge.base, "anna")
    story.row.check("the person sees one program", shown, lambda got: got.count("<li><p>") == 1)
    story.row.check("signs out", reply.status, lambda got: got == 200)
    story.person.is_now("ben")
    story.works_as("after the sign-out", BEN, opened=2)


def is_revoked(story):
    grant = story.client.grant()
    form = urlencode({"token": grant["refresh_token"], "client_id": grant["client_id"]}).encode()
    reply = send(f"{story.bridge.base}/revoke", "POST", [FORM], form)
    story.row.check("is revoked", reply.status, lambda got: got == 200)
    story.person.is_now("carla")
    story.works_as("after the revocation", CARLA, story.person.opened + 1)


def comes_back_the_next_day(story):
    registered, opened = story.bridge.answered("POST", "/register"), story.person.opened
    name = story.client.whoami()
    story.end()
    story.access_ends()
    story.start()
    story.works_as("the next day", name, opened + story.client.opens_next_day)
    again = story.bridge.answered("POST", "/register") - registered
    story.row.check("registers no second time", again, lambda got: got == 0)


STEPS = [signs_in, outlives_its_access_token, is_signed_out, is_revoked, comes_back_the_next_day]


def several_at_once(name, stories, bridge):
    """Clients as different people at one bridge, at the same time: each stays who it is, and one's sign-out is nobody else's."""
    row = Row(name, era=f"{len(stories)} people")
    people = {"anna": ANNA, "ben": BEN, "carla": CARLA}
    try:
        with ThreadPoolExecutor(len(stories)) as pool:
            for story, person in zip(stories, people):
                story.person.is_now(person)
            list(pool.map(Story.start, stories))
            for turn in range(3):
                got = list(pool.map(lambda story: story.client.whoami(), stories))
                row.check(f"turn {turn}", got, lambda got: got == list(people.values())[: len(stories)])
        for story, person in list(zip(stories, people))[:1]:
            shown, _ = sign_out(bridge.base, person)
            # On a slow machine one may have signed in twice: its token had ended before it was used.
            row.check("their own program alone", shown, lambda got: len(set(re.findall("<li><p>(.*?)</p>", got))) == 1)
        for story, name in list(zip(stories, people.values()))[1:]:
            row.check("another's sign-out", story.client.whoami(), lambda got: got == name)
            row.check("another's sign-out: the browser", story.person.opened, lambda got: got == 1)
    except Exception as fault:
        row.failures.append(f"{type(fault).__name__}: {fault}")
    finally:
        for story in stories:
            story.end()
    return row
