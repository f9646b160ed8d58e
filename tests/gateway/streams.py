"""What every policy lets through as it comes: the event stream, and a body that is not too large."""

import http.client
import json
from urllib.parse import urlsplit

from client import send

# A stream ends by itself, so that one that should not have been opened holds up nothing for long.
SETTINGS = {"COMPAT_STREAM": "true", "STREAM_HEARTBEAT_MS": "200", "STREAM_MAX_MS": "20000"}
STREAM, COMMAND = "/api/mcp/stream", "/api/mcp/command"
# Both of them, for each API that stands in front.
OPERATIONS = {("GET", STREAM), ("POST", COMMAND)}
# Long past two heartbeats, and before the end of a stream.
SECONDS = 15


def compatible(check, gateway, bearer, named):
    """The stream's events arrive while it is open, the other path of POST works; `named` are the gateway's values."""
    events = opened(gateway.url + STREAM, bearer)
    check("an event stream arrives while it is open", [event for event, _ in events] == ["connected", "heartbeat", "heartbeat"], events)
    ping = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"}).encode()
    headers = [("Authorization", f"Bearer {bearer}"), ("Content-Type", "application/json")]
    reply = send(gateway.url + COMMAND, "POST", headers, ping)
    check("the other path of POST works", (reply.status, reply.json.get("result")) == (200, {}), str(reply))
    limit = int(named["jira-mcp-body-bytes-max"])
    before = len(gateway.forwarded)
    reply = send(gateway.url + COMMAND, "POST", headers, ping + b" " * (limit + 1 - len(ping)))
    check("a body beyond the limit is refused", (reply.status, reply.json.get("error")) == (413, "payload_too_large"), str(reply))
    check("and not forwarded", len(gateway.forwarded) == before, len(gateway.forwarded))
    reply = send(gateway.url + COMMAND, "POST", headers, ping + b" " * (limit - len(ping)))
    check("one at the limit passes", reply.status == 200, str(reply))


def opened(url, bearer):
    """The first three events, or what came instead."""
    to = urlsplit(url)
    connection = http.client.HTTPConnection(to.hostname, to.port, timeout=SECONDS)
    try:
        connection.request("GET", to.path, headers={"Authorization": f"Bearer {bearer}", "Accept": "text/event-stream"})
        got = connection.getresponse()
        if got.status != 200 or not got.getheader("Content-Type", "").startswith("text/event-stream"):
            return [(f"{got.status}", got.read(500))]
        found, event = [], ""
        while len(found) < 3:
            line = got.readline().decode().rstrip()
            if line.startswith("event:"):
                event = line.partition(":")[2].strip()
            elif line.startswith("data:"):
                found.append((event, line))
        return found
    except TimeoutError:
        return [("nothing within", SECONDS)]
    finally:
        connection.close()
