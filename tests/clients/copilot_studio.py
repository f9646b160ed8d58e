"""Copilot Studio replayed with curl: four posts for each turn of the user, as captured on the wire."""

import json
import subprocess

from clients import SECONDS, Client

# No Origin and no MCP-Protocol-Version: Copilot Studio sends neither.
HEADERS = {
    "Accept": "application/json,text/event-stream",
    "Content-Type": "application/json; charset=utf-8",
    "User-Agent": "CopilotStudio PowerFx/1.99.0-local",
    "x-ms-client-object-id": "00000000-0000-0000-0000-000000000001",
    "x-ms-client-principal-id": "00000000-0000-0000-0000-000000000002",
    "x-ms-client-principal-name": "someone@example.com",
    "x-ms-client-tenant-id": "00000000-0000-0000-0000-000000000003",
    "x-ms-client-request-id": "00000000-0000-0000-0000-000000000004",
    "x-ms-correlation-id": "00000000-0000-0000-0000-000000000005",
    "traceparent": "00-00000000000000000000000000000001-0000000000000002-01",
    "Max-Forwards": "10",
    "X-Forwarded-Host": "msmanaged-na.azure-apim.net",
}
AGENT = {
    "name": "mcs",
    "version": "1.0.0",
    "agentName": "Jira agent",
    "appId": "00000000-0000-0000-0000-000000000006",
    "cdsBotId": "00000000-0000-0000-0000-000000000007",
    "channelId": "pva-studio",
}
NOTIFICATION = {"jsonrpc": "2.0", "method": "notifications/initialized"}
# What differs between the two captures: fields of the client, the notification's id, empty params.
CAPTURES = {
    "capture 2025-09": (AGENT, {**NOTIFICATION, "params": {}}, None),
    "capture 2026-05": (
        {**AGENT, "agentAuthenticationMode": "Integrated", "lcat": "none"},
        {**NOTIFICATION, "id": None},
        {},
    ),
}
# Only a client of 2026-07-28 may be shown these.
MODERN_ONLY = {"resultType", "ttlMs", "cacheScope"}


class CopilotStudio(Client):
    name = "Copilot Studio (curl)"
    version = "PowerFx/1.99"

    def __enter__(self):
        self.faults = []
        self.agent, self.notification, self.list_params = CAPTURES[self.mode]
        self.negotiated = self.turn()[0]["protocolVersion"]
        return self

    def tools(self):
        return self.turn()[1]["tools"]

    def call(self, tool, arguments):
        return self.turn({"name": tool, "arguments": arguments})[2]

    def further_checks(self, row):
        row.check("answers are shaped as Copilot Studio needs them", self.faults, lambda faults: faults == [])

    def turn(self, call=None):
        """One turn of the user; the results of initialize, tools/list and, if asked for, tools/call."""
        hello = {
            "protocolVersion": "2024-11-05",
            "capabilities": {},
            "clientInfo": self.agent,
            "sessionContext": {},
        }
        results = [self.request("1", "initialize", hello)]
        status, media_type, body = self.post(self.notification)
        if (status, body) != ("202", ""):
            self.faults.append(f"notification: {status} {media_type} {body[:200]}")
        results.append(self.request("2", "tools/list", self.list_params))
        if call:
            results.append(self.request("3", "tools/call", call))
        return results

    def request(self, number, method, params):
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        status, media_type, body = self.post(message)
        answer = json.loads(body)
        result = answer.get("result", {})
        if (
            status != "200"
            or media_type != "application/json"
            or answer.keys() != {"jsonrpc", "id", "result"}
            or answer["id"] != number
            or MODERN_ONLY & result.keys()
            or any(name.startswith("io.modelcontextprotocol") for name in result.get("_meta", {}))
        ):
            self.faults.append(f"{method}: {status} {media_type} {body[:200]}")
        return result

    def post(self, message):
        command = ["curl", "-sS", self.demo.url, "--max-time", str(SECONDS), "--data-binary", "@-"]
        for name, value in {**HEADERS, "Authorization": f"Bearer {self.demo.token}"}.items():
            command += ["-H", f"{name}: {value}"]
        command += ["-w", "\n%{http_code} %{content_type}"]
        done = subprocess.run(
            command,
            env=self.installed.env,
            input=json.dumps(message, separators=(",", ":")),
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        body, _, outcome = done.stdout.rpartition("\n")
        status, _, media_type = outcome.partition(" ")
        return status, media_type, body
