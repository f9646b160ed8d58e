"""What every client must come through with the sandbox agent, and what must be true of all that passed."""

import json

HELLO = 'Grüße = "5 %" & 日本 🚀'
GREETING = "Hello, I am the sandbox agent"
SAID = "You said: "
PARTS = [f"Part {number} of 3" for number in (1, 2, 3)]


def step(name, text=None, event=None, until=None, kind="message", rest=0):
    return {"name": name, "text": text, "event": event, "until": until and {"type": kind, "text": until}, "rest": rest}


# What comes too late or too often may come after the last word of a step.
STEPS = [
    step("greeting", event="startConversation", until=GREETING),
    step("question", text=HELLO, until=SAID + HELLO, rest=500),
    step("several", text="/several 3", until=PARTS[-1]),
    step("typing", text="/typing", until=SAID + "/typing"),
    step("end", text="/end", until=SAID + "/end", rest=300),
    step("after the end", text="more", rest=300),
]
EXPECTED = {
    "question": [SAID + HELLO],
    "several": PARTS,
    "typing": [SAID + "/typing"],
    "end": [SAID + "/end"],
    "after the end": [],
}


def perform(client, row, recorder):
    """The whole conversation, and one with credentials that are wrong."""
    steps = [one for one in STEPS if one["name"] in client.steps]
    got = client.run(recorder, steps)
    row.version = got["version"]
    told = {one["step"]: one for one in got["told"]}
    row.check("connected", got["refused"], lambda refused: refused is None)
    for name in client.steps:
        row.check(name, told.get(name), lambda one: answered(name, one))
    heard = [activity for one in got["told"] for activity in one["heard"]]
    if client.typing is not None:
        row.check("signs of typing", heard, lambda got: kinds(got).count("typing") == client.typing)
        row.check("the end is said", told.get("end"), lambda one: kinds(one["heard"]).count("endOfConversation") == 1)
        ids = [activity.get("id") for activity in heard]
        row.check("each has an id of its own", ids, lambda ids: all(ids) and len(ids) == len(set(ids)))
        places = [activity["conversation"]["id"] for activity in heard if "conversation" in activity]
        row.check("one conversation", places, lambda places: places and len(set(places)) == 1)
    client.further_checks(row, recorder, told)
    passed = len(recorder.seen)
    refused = client.run(recorder, steps[:1], wrong=True)
    says = {"refused": refused["refused"], "answers": [answer.status for _, answer in recorder.seen[passed:]]}
    said = [one["heard"] for one in refused["told"]]
    row.check("wrong credentials", says, lambda got: got["refused"] and got["answers"] and set(got["answers"]) <= {401, 403})
    row.check("wrong credentials hear nothing", said, lambda said: not any(said))


def answered(name, one):
    """What the agent is to say in a step, that and no more; only after the end nothing is taken."""
    if bool(one.get("fault")) != (name == "after the end"):
        return False
    texts = [activity.get("text") for activity in one["heard"] if is_agents(activity) and activity["type"] == "message"]
    if name == "greeting":
        return len(texts) == 1 and texts[0].startswith(GREETING)
    return texts == EXPECTED[name]


def is_agents(activity):
    return activity.get("from", {}).get("role") == "bot"


def kinds(activities):
    return [activity["type"] for activity in activities]


def direct_line(row, recorder, told, has_ids):
    """What holds of Direct Line for each client; `has_ids` of those that hand activities on as they come."""
    opened = recorder.answers("POST", "/conversations")
    row.check("a new conversation is 201", [one.status for one in opened], lambda got: got == [201])
    tickets = [json.loads(one.body) for one in opened]
    lives = [ticket.get("expires_in") for ticket in tickets]
    row.check("tokens say how long they live", lives, lambda lives: all(type(one) is int and one > 0 for one in lives))
    statuses = [one.status for one in recorder.answers("POST", "/activities")]
    # All but the last.
    row.check("each message is sent once", statuses, lambda got: got[:-1] == [200] * (len(told) - 1))
    row.check("after the end is refused", statuses, lambda got: 400 <= got[-1] < 500)
    if not has_ids:
        return
    for name, one in told.items():
        own = [activity for activity in one["heard"] if activity.get("id") == one.get("posted")]
        if name in ("question", "several", "typing", "end"):
            row.check(f"own message, {name}", own, lambda own: len(own) == 1 and own[0]["from"].get("role") in (None, "user"))
            replies = [activity.get("replyToId") for activity in one["heard"] if is_agents(activity) and activity["type"] == "message"]
            row.check(f"replyToId, {name}", replies, lambda got: got and set(got) == {one["posted"]})


def engine(row, recorder, told):
    statuses = [answer.status for answer in recorder.answers("POST", "")]
    row.check("each message is sent once", statuses, lambda got: len(got) == len(told))
    row.check("before the end all is well", statuses, lambda got: set(got[:-1]) == {200})
