"""The official Python client with its own sign-in behind a pipe, which is given nothing but a URL: one JSON line in, one out.
The same file serves 1.x and 2.x of the package.

`python_client.py URL [STORE [DOCUMENT]]`: the client keeps its tokens in the file STORE; DOCUMENT is the address of its metadata
document.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import anyio
import mcp
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata, OAuthToken

# Nobody listens there: the browser stops before it.
REDIRECT = "http://127.0.0.1:9/callback"
BROWSER = Path(__file__).with_name("browser.py")
IS_1 = version("mcp").startswith("1.")
TYPES = {"tokens": OAuthToken, "client": OAuthClientInformationFull}


class Kept:
    """The client's own store of tokens and registration."""

    def __init__(self, path):
        self.path = path and Path(path)
        self.values = json.loads(self.path.read_text()) if path and self.path.exists() else {}

    def get(self, name):
        return TYPES[name].model_validate(self.values[name]) if name in self.values else None

    def set(self, name, value):
        self.values[name] = value.model_dump(mode="json")
        if self.path:
            self.path.write_text(json.dumps(self.values))

    async def get_tokens(self):
        return self.get("tokens")

    async def set_tokens(self, tokens):
        self.set("tokens", tokens)

    async def get_client_info(self):
        return self.get("client")

    async def set_client_info(self, client):
        self.set("client", client)

    def grant(self):
        return {"client_id": self.values["client"]["client_id"], **self.values["tokens"]}


async def main(url, store=None, document=None):
    answer, kept = {}, Kept(store)

    async def show(address):
        command = [sys.executable, "-B", str(BROWSER), address, REDIRECT]
        shown = await anyio.run_process(command, stderr=None)
        query = parse_qs(urlsplit(shown.stdout.decode().strip()).query)
        answer.update({name: texts[0] for name, texts in query.items()})

    async def code():
        if IS_1:
            return answer["code"], answer["state"]
        from mcp.client.auth import AuthorizationCodeResult

        return AuthorizationCodeResult(code=answer["code"], state=answer["state"], iss=answer["iss"])

    wanted = OAuthClientMetadata(client_name="interop", redirect_uris=[REDIRECT], token_endpoint_auth_method="none")
    provider = OAuthClientProvider(url, wanted, kept, show, code, client_metadata_url=document)
    library = __import__("httpx" if IS_1 else "httpx2")
    async with library.AsyncClient(auth=provider) as http, streamable_http_client(url, http_client=http) as streams:
        async with mcp.ClientSession(*streams[:2]) as session:
            hello = await session.initialize()
            negotiated = hello.protocolVersion if IS_1 else hello.protocol_version
            say({"version": version("mcp"), "negotiated": negotiated})
            while line := await anyio.to_thread.run_sync(sys.stdin.readline):
                say(await answer_to(json.loads(line), session, kept))


async def answer_to(asked, session, kept):
    try:
        if asked["method"] == "grant":
            return kept.grant()
        result = await session.call_tool(asked["name"], asked["arguments"])
        return result.model_dump(mode="json", by_alias=True)
    except Exception as fault:
        return {"fault": f"{type(fault).__name__}: {fault}"}


def say(message):
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    anyio.run(main, *sys.argv[1:])
