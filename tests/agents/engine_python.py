"""Microsoft's client for Python, direct to engine: `python engine_python.py JSON` with `url`, `token` and `steps`."""

import asyncio
import json
import sys
from importlib.metadata import version

from microsoft_agents.copilotstudio.client import ConnectionSettings, CopilotClient

asked = json.loads(sys.argv[1])


async def main():
    client = CopilotClient(ConnectionSettings("", "", direct_connect_url=asked["url"]), asked["token"])
    told, refused = [], None
    for step in asked["steps"]:
        heard, fault = [], None
        try:
            async with asyncio.timeout(asked["patience"] / 1000):
                async for activity in client.start_conversation() if step["event"] else client.ask_question(step["text"]):
                    heard.append(activity.model_dump(mode="json", by_alias=True, exclude_none=True))
        except Exception as raised:
            fault = f"{type(raised).__name__}: {raised}"
        told.append({"step": step["name"], "fault": fault, "heard": heard})
        if step["event"] and fault:
            refused = fault
            break
    print(json.dumps({"version": version("microsoft-agents-copilotstudio-client"), "told": told, "refused": refused}))


asyncio.run(main())
