"""The official Python client with its own sign-in, which is given nothing but a URL: `python_client.py URL`, prints who it works as.
The same file serves 1.x and 2.x of the package."""

import sys
from importlib.metadata import version
from urllib.parse import parse_qs, urlsplit

import anyio
import mcp
from browser import agree
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientMetadata

# Nobody listens there: the browser stops before it.
REDIRECT = "http://127.0.0.1:9/callback"
IS_1 = version("mcp").startswith("1.")


class Kept:
    """The client's own store of tokens and registration."""

    tokens = client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client


async def main(url):
    answer = {}

    async def show(address):
        end = await anyio.to_thread.run_sync(agree, address, REDIRECT)
        answer.update({name: texts[0] for name, texts in parse_qs(urlsplit(end).query).items()})

    async def code():
        if IS_1:
            return answer["code"], answer["state"]
        from mcp.client.auth import AuthorizationCodeResult

        return AuthorizationCodeResult(code=answer["code"], state=answer["state"], iss=answer["iss"])

    wanted = OAuthClientMetadata(client_name="interop", redirect_uris=[REDIRECT], token_endpoint_auth_method="none")
    provider = OAuthClientProvider(url, wanted, Kept(), show, code)
    library = __import__("httpx" if IS_1 else "httpx2")
    async with library.AsyncClient(auth=provider) as http, streamable_http_client(url, http_client=http) as streams:
        async with mcp.ClientSession(*streams[:2]) as session:
            await session.initialize()
            found = await session.call_tool("jira_whoami", {})
    print(found.content[0].text)


anyio.run(main, sys.argv[1])
