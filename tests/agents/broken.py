"""Faults of an agent service, made in front of a good one: each must turn the check red that is there for it."""

import json
from dataclasses import replace

from between import Answer
from conversation import is_agents


def at(method, end, make):
    """Changes the answers at the routes that end so."""

    def change(asked, forward):
        answer = forward(asked)
        return make(asked, answer) if asked.method == method and asked.route.endswith(end) else answer

    return change, None


def edited(**values):
    """Members of a JSON object set anew; None takes them out."""

    def make(_, answer):
        if answer.status < 300:
            got = json.loads(answer.body) | values
            answer.body = json.dumps({name: value for name, value in got.items() if value is not None}).encode()
        return answer

    return make


def said(make):
    """Changes each set of activities, polled or at the socket."""
    return None, make


def each(make):
    return said(lambda activities: [make(activity) for activity in activities])


def users_are_agents(activity):
    return activity | {"from": activity["from"] | {"role": "bot"}}


def reply_elsewhere(activity):
    return activity | {"replyToId": "elsewhere|0000001"} if "replyToId" in activity else activity


def doubled(activities):
    return [one for activity in activities for one in [activity] * (1 + is_agents(activity))]


def without(kind, text=""):
    return said(lambda got: [one for one in got if one["type"] != kind or text not in one.get("text", "")])


def of_another(activities):
    """Somebody else's words beside each answer."""
    other = {"id": "other|0000001", "conversation": {"id": "other"}, "text": "The salary of Ben is a secret."}
    return [more for one in activities for more in ([one, one | other] if is_agents(one) and one["type"] == "message" else [one])]


def no_watermark():
    return (lambda asked, forward: forward(replace(asked, path=asked.route) if asked.route.endswith("/activities") else asked)), None


def typing_polled():
    def make(_, answer):
        got = json.loads(answer.body)
        got["activities"] += [one | {"type": "typing", "id": one["id"] + "t"} for one in got["activities"] if is_agents(one)]
        answer.body = json.dumps(got).encode()
        return answer

    return at("GET", "/activities", make)


def status(code):
    def make(_, answer):
        answer.status = code if answer.status < 300 else answer.status
        return answer

    return make


def wrong_is_right():
    """Whoever was right once lends his credentials to those who are wrong."""
    right = []

    def change(asked, forward):
        answer = forward(asked)
        if answer.status not in (401, 403):
            right[:] = [text for name, text in asked.headers if name.lower() == "authorization"] or right
            return answer
        others = [(name, text) for name, text in asked.headers if name.lower() != "authorization"]
        return forward(replace(asked, headers=[*others, ("Authorization", right[0])]))

    return change, None


def never_ends():
    """What was refused with 404 is taken after all."""

    def change(asked, forward):
        answer = forward(asked)
        taken = Answer(200, [("Content-Type", "application/json")], b'{"id":"x|0000099"}')
        return taken if asked.method == "POST" and answer.status == 404 else answer

    return change, None


def events(make):
    """Changes the text of each event stream."""

    def edit(_, answer):
        if "event-stream" in answer["Content-Type"]:
            answer.body = make(answer.body.decode()).encode()
        return answer

    return at("POST", "", edit)


def twice(stream):
    """Each event but the last."""
    parts = stream.split("\n\n")
    return "\n\n".join([one for part in parts[:-2] for one in (part, part)] + parts[-2:])


def another_conversation(_, answer):
    return answer.set("x-ms-conversationid", "other") if answer["x-ms-conversationid"] else answer


# What is broken: the change, then who must see it at which check.
FAULTS = {
    "the user's messages have the role of the agent": (each(users_are_agents), {"polling": "own message, question"}),
    "replyToId names another message": (each(reply_elsewhere), {"socket": "replyToId, question"}),
    "answers come twice": (said(doubled), {"texts": "question", "socket": "each has an id of its own"}),
    "words of another conversation": (said(of_another), {"polling": "one conversation", "texts": "question"}),
    "the watermark is ignored": (no_watermark(), {"polling": "each has an id of its own", "texts": "several"}),
    "typing by polling": (typing_polled(), {"polling": "signs of typing"}),
    "no typing at the socket": (without("typing"), {"socket": "signs of typing"}),
    "no greeting": (without("message", "sandbox agent"), {"socket": "greeting"}),
    "nobody says that it ended": (without("endOfConversation"), {"socket": "the end is said"}),
    "one of three messages is lost": (without("message", "Part 2"), {"texts": "several"}),
    "a new conversation is 200": (at("POST", "/conversations", status(200)), {"texts": "a new conversation is 201"}),
    "tokens without a life": (
        at("POST", "/conversations", edited(expires_in=None)),
        {"polling": "tokens say how long they live"},
    ),
    "wrong secrets are taken": (wrong_is_right(), {"texts": "wrong credentials", "polling": "wrong credentials hear nothing"}),
    "messages are taken after the end": (never_ends(), {"polling": "after the end", "texts": "after the end is refused"}),
    "no event: end": (
        events(lambda stream: stream.replace("event: end\ndata: end\n\n", "")),
        {"engine, JavaScript": "each message is sent once"},
    ),
    "each event twice": (events(twice), {"engine, Python": "question"}),
    "the header names another conversation": (at("POST", "", another_conversation), {"engine, JavaScript": "question"}),
    "wrong tokens are taken": (wrong_is_right(), {"engine, Python": "wrong credentials"}),
}
# Only who holds what passed against the service's own document sees these.
UNDOCUMENTED = {
    "an answer that the document lacks": (at("POST", "/activities", status(202)), "texts", "no answer 202"),
    "a life in words": (at("POST", "/conversations", edited(expires_in="3600")), "polling", "expires_in: "),
    "activities without a set": (each(lambda one: one | {"from": "somebody"}), "socket", "activities/0/from"),
}


def in_place_of(old, new):
    return at("POST", "/mcp", lambda _, answer: answer.replace((old, new)))[0]


def no_progress(_, answer):
    """Only the events that are answers."""
    if "event-stream" in answer["Content-Type"]:
        parts = answer.body.decode().split("\n\n")
        answer.body = "\n\n".join(part for part in parts if "notifications/progress" not in part).encode()
    return answer


def goes_on(asked, forward):
    """Ending is said to have been done."""
    if b"end_conversation" not in asked.body or asked.method != "POST" or b"tools/call" not in asked.body:
        return forward(asked)
    ended = json.dumps({"status": "ended", "messageCount": 9})
    result = {"content": [{"type": "text", "text": ended}], "isError": False, "resultType": "complete"}
    body = json.dumps({"jsonrpc": "2.0", "id": json.loads(asked.body)["id"], "result": result})
    return Answer(200, [("Content-Type", "application/json")], body.encode())


# The same of the bridge, in front of the official Python client.
OF_THE_BRIDGE = {
    "no progress is told": (at("POST", "/mcp", no_progress)[0], "progress"),
    "everything was said by the agent": (in_place_of('\\"from\\":\\"user\\"', '\\"from\\":\\"agent\\"'), "both sides"),
    "only the last of several messages": (in_place_of("Part 1 of 3", "Part 3 of 3"), "several messages"),
    "an ended conversation goes on": (goes_on, "nothing is sent after the end"),
    "a tool is missing": (in_place_of('"end_conversation"', '"end"'), "the four tools"),
}
