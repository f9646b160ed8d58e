"""The failover drill of docs/OPERATIONS.md, step by step: two regions, one of them drained, then killed, then back."""

import secrets
import tempfile
import threading
import time
import uuid
from contextlib import ExitStack
from dataclasses import dataclass, field

from frontdoor import FrontDoor, Origin
from held import Held
from region import Client, Region

WAIT_S = 30
# What a first event may take to come through; whatever keeps it back keeps it for a minute and more.
FIRST_EVENT_S = 5


@dataclass
class Setting:
    """What is done; every field that differs from this is a fault, and one law or another must be found broken."""

    equal_secrets: bool = True
    front_door: dict = field(default_factory=dict)
    drains_by_kill: bool = False
    repeats_with_id: bool = True
    returns: bool = True


class Reader:
    """Somebody else, who reads all the time."""

    def __init__(self, client):
        self.client, self.ended, self.read, self.failed = client, threading.Event(), 0, []
        self.thread = threading.Thread(target=self.go_on)
        self.thread.start()

    def go_on(self):
        while not self.ended.is_set():
            answer = self.client.tool("jira_get_issue", issue_key="ACME-1")
            self.read += 1
            if answer.is_error:
                self.failed.append(answer.status)

    def end(self):
        self.ended.set()
        self.thread.join(WAIT_S)
        return self.read, self.failed


class Drill:
    def __init__(self, binary, jira, setting):
        self.binary, self.jira, self.setting = binary, jira, setting
        self.broken, self.held_laws = {}, []

    def law(self, name, holds, seen=""):
        if holds:
            self.held_laws.append(name)
        else:
            self.broken.setdefault(name, str(seen)[:300])

    def play(self):
        with ExitStack() as stack:
            home = stack.enter_context(tempfile.TemporaryDirectory(prefix="regions-"))
            self.between = stack.enter_context(Held(self.jira["jira_url"]))
            first_secret = secrets.token_urlsafe(36)
            second_secret = first_secret if self.setting.equal_secrets else secrets.token_urlsafe(36)
            self.first = self.region("first", home, first_secret)
            self.second = self.region("second", home, second_secret)
            for region in (self.first, self.second):
                stack.callback(region.stop)
                region.start()
            origins = [Origin("first", self.first.port, first_secret), Origin("second", self.second.port, second_secret)]
            for origin in origins:
                self.until(lambda: origin.probe() or origin.is_healthy() and origin.samples[-1], f"{origin.name} did not start")
            self.door = stack.enter_context(FrontDoor(origins, **self.setting.front_door))
            self.client = Client(self.door.url, self.jira["tokens"]["anna"])
            try:
                self.before()
                self.drained()
                self.killed()
                self.back()
            except Exception as fault:
                self.law("the drill comes to its end", False, f"{type(fault).__name__}: {fault}")
        return self.broken

    def region(self, name, home, secret):
        settings = {
            "JIRA_API_BASE_URL": self.between.url,
            "GATEWAY_SHARED_SECRET": secret,
            "TOOLSETS": "core,context,collab,destructive",
            "COMPAT_STREAM": "true",
            "RATE_LIMIT_PER_USER_PER_MINUTE": "100000",
            "MAX_CONCURRENT_PER_USER": "64",
        }
        return Region(name, self.binary, home, settings)

    def before(self):
        """Region 1 serves; what will be needed on the other side is made here."""
        first = self.client.tool("jira_whoami")
        self.law("the region of the first priority serves", not first.is_error and first.origin == "first", first.body)
        doomed = self.client.tool("jira_create_issue", project_key="ACME", issue_type="Task", summary=f"doomed {uuid.uuid4()}")
        self.doomed = doomed.text["key"]
        self.confirm = self.client.tool("jira_delete_issue", issue_key=self.doomed).text["confirm"]
        began = time.monotonic()
        self.stream = self.client.stream(FIRST_EVENT_S)
        self.law("a stream's first event comes at once", time.monotonic() - began < FIRST_EVENT_S)

    def create(self, summary, request_id):
        arguments = {"project_key": "ACME", "issue_type": "Task", "summary": summary}
        if self.setting.repeats_with_id:
            arguments["request_id"] = request_id
        return self.client.tool("jira_create_issue", **arguments)

    def in_flight(self, summary, request_id):
        """A create that Jira has done and whose answer is on its way: the list that it will come to stand in, and its thread."""
        answers = []
        self.between.hold_next()
        thread = threading.Thread(target=lambda: answers.append(self.create(summary, request_id)))
        thread.start()
        self.between.wait_until_made()
        return answers, thread

    def switched(self):
        """Until Front Door has seen what its probe says; True if a call then reaches region 2."""
        end = time.monotonic() + WAIT_S
        while self.door.looks and self.door.origins[0].is_healthy() and time.monotonic() < end:
            threading.Event().wait(0.01)
        return self.client.tool("jira_whoami")

    def drained(self):
        """SIGTERM: no traffic wanted, streams end, calls in flight finish."""
        summary, request_id = f"in flight {uuid.uuid4()}", str(uuid.uuid4())
        answers, thread = self.in_flight(summary, request_id)
        reader = Reader(self.client)
        if self.setting.drains_by_kill:
            self.first.kill()
        else:
            self.first.drain()
        try:
            last = self.stream.rest()[-1:]
        except Exception as fault:
            last = [{"broke off": fault}]
        self.law("a drained stream ends in good order with retry:", last and "retry" in last[0], last)
        elsewhere = self.switched()
        self.law("the probe moves calls to region 2", not elsewhere.is_error and elsewhere.origin == "second", (elsewhere.origin, elsewhere.status))
        read, failed = reader.end()
        self.law("no call fails while a region is drained", read and not failed, (read, failed))
        self.between.released.set()
        thread.join(WAIT_S)
        done = answers[0]
        self.law("a call in flight is finished by the region that is drained", not done.is_error and done.origin == "first", done.body)
        code = self.first.child.wait(WAIT_S)
        self.law("a drained region ends with code 0", code == 0, code)
        again = self.create(summary, request_id)
        same = not again.is_error and (done.is_error or again.text["key"] == done.text["key"])
        self.law("a create that is repeated elsewhere is one issue", same and self.between.times_made(summary) == 1, again.text)
        self.carried_over()

    def carried_over(self):
        """What region 1 has sealed, at region 2."""
        known = self.client.command(self.stream.session_id)
        self.law("a stream's session id is good in both regions", known.status == 200, known.body)
        fresh = self.client.stream()
        self.law("a stream is opened anew in region 2", fresh.origin == "second", fresh.origin)
        fresh.answer.close()
        deleted = self.client.tool("jira_delete_issue", issue_key=self.doomed, confirm=self.confirm)
        self.law("a confirm token is good in both regions", not deleted.is_error and deleted.text.get("deleted"), deleted.text)
        if deleted.is_error:
            text = deleted.text
            says = text.get("error") == "confirmation_required" and "repeat the call with this `confirm`" in text.get("hint", "") and text.get("preview")
            self.law("a confirm token that is refused brings a new preview", says, text)
            again = self.client.tool("jira_delete_issue", issue_key=self.doomed, confirm=text.get("confirm"))
            self.law("the new preview can be confirmed", not again.is_error and again.text.get("deleted"), again.text)

    def killed(self):
        """Region 1 is back and ends without a word, while Jira's answer to a create is on its way to it."""
        self.first.start()
        self.until(lambda: self.door.origins[0].is_healthy() and self.client.tool("jira_whoami").origin == "first", "region 1 did not come back")
        summary, request_id = f"cut {uuid.uuid4()}", str(uuid.uuid4())
        answers, thread = self.in_flight(summary, request_id)
        self.first.kill()
        thread.join(WAIT_S)
        self.between.released.set()
        self.law("a call that was cut is told as failed", answers[0].status == 502, answers[0].body)
        elsewhere = self.switched()
        self.law("the probe moves calls to region 2", not elsewhere.is_error and elsewhere.origin == "second", (elsewhere.origin, elsewhere.status))
        again = self.create(summary, request_id)
        self.law("a create that is repeated elsewhere is one issue", not again.is_error and self.between.times_made(summary) == 1, again.text)

    def back(self):
        if self.setting.returns:
            self.first.start()
        end = time.monotonic() + (WAIT_S if self.setting.returns else 1)
        home, failed = False, 0
        while not home and time.monotonic() < end:
            answer = self.client.tool("jira_whoami")
            home, failed = answer.origin == "first", failed + answer.is_error
        self.law("calls go back to region 1 when it is ready", home)
        self.law("no call fails on the way back", failed == 0, failed)

    def until(self, holds, what):
        end = time.monotonic() + WAIT_S
        while not holds():
            assert time.monotonic() < end, what
            threading.Event().wait(0.02)
