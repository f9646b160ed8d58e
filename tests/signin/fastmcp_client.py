"""FastMCP's client behind a pipe, with its own sign-in, callback server and way of opening the browser:
`fastmcp_client.py URL FOLDER [DOCUMENT]`."""

import json
import sys
from importlib.metadata import version

import anyio
from fastmcp import Client
from fastmcp.client.auth import OAuth
from key_value.aio.stores.filetree import (
    FileTreeStore,
    FileTreeV1CollectionSanitizationStrategy,
    FileTreeV1KeySanitizationStrategy,
)


async def main(url, folder, document=None):
    folder = anyio.Path(folder)
    await folder.mkdir(exist_ok=True)
    store = FileTreeStore(
        data_directory=str(folder),
        key_sanitization_strategy=FileTreeV1KeySanitizationStrategy(folder),
        collection_sanitization_strategy=FileTreeV1CollectionSanitizationStrategy(folder),
    )
    auth = OAuth(url, token_storage=store, client_metadata_url=document, callback_timeout=90)
    async with Client(url, auth=auth) as client:
        print(json.dumps({"version": version("fastmcp"), "negotiated": None}), flush=True)
        while line := await anyio.to_thread.run_sync(sys.stdin.readline):
            print(json.dumps(await answer_to(json.loads(line), client, auth)), flush=True)


async def answer_to(asked, client, auth):
    try:
        if asked["method"] == "grant":
            kept = auth.token_storage_adapter
            known, tokens = await kept.get_client_info(), await kept.get_tokens()
            return {"client_id": known.client_id, **tokens.model_dump(mode="json")}
        result = await client.call_tool_mcp(asked["name"], asked["arguments"])
        return result.model_dump(mode="json", by_alias=True)
    except Exception as fault:
        return {"fault": f"{type(fault).__name__}: {fault}"}


if __name__ == "__main__":
    anyio.run(main, *sys.argv[1:])
