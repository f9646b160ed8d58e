"""directline-client has a conversation: `python directline_python.py JSON` with `url`, `secret` and `steps`."""

import json
import logging
import sys
import time
from importlib.metadata import version

from directline_client import DirectLineClient

asked = json.loads(sys.argv[1])
# It writes what went wrong, and returns as if nothing had been said.
faults = []
logging.getLogger().addHandler(type("Kept", (logging.Handler,), {"emit": lambda self, one: faults.append(one.getMessage())})())

client = DirectLineClient(secret=asked["secret"], endpoint=asked["url"])
conversation = client.start_conversation()
told = []
for step in asked["steps"] if conversation else []:
    faults.clear()
    sent, heard = client.send_message(conversation, step["text"]), []
    end = time.monotonic() + asked["patience"] / 1000
    until = step["until"]["text"] if step["until"] else None
    while sent and until and time.monotonic() < end and not any(text.startswith(until) for text in heard):
        texts, client.watermark = client.poll_responses(conversation, client.watermark)
        heard += texts
        time.sleep(0.05)
    # What comes too much may come a little later.
    time.sleep(0.3)
    heard += client.poll_responses(conversation, client.watermark)[0] if step["rest"] else []
    # It says nothing of an activity but its text, and leaves out those of its own name.
    activities = [{"type": "message", "text": text, "from": {"role": "bot"}} for text in heard]
    told.append({"step": step["name"], "fault": None if sent else " ".join(faults), "heard": activities})
refused = None if conversation else " ".join(faults)
print(json.dumps({"version": version("directline-client"), "told": told, "refused": refused}))
