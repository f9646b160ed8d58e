"""The official Python client behind a pipe; the same file serves 1.x and 2.x of the package.

The server is a URL with a token, or a command that is started and spoken to over its standard streams.
"""

import json
import sys
from contextlib import asynccontextmanager
from importlib.metadata import version

import anyio
import mcp
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client


@asynccontextmanager
async def connect_1(url, headers, _mode):
    import httpx

    async with (
        httpx.AsyncClient(headers=headers) as http,
        streamable_http_client(url, http_client=http) as (reader, writer, _),
        mcp.ClientSession(reader, writer) as session,
    ):
        yield session, (await session.initialize()).protocolVersion


@asynccontextmanager
async def connect_2(url, headers, mode):
    import httpx2

    async with (
        httpx2.AsyncClient(headers=headers) as http,
        mcp.Client(streamable_http_client(url, http_client=http), mode=mode) as client,
    ):
        yield client, client.protocol_version


@asynccontextmanager
async def start_1(command, _mode):
    async with (
        stdio_client(StdioServerParameters(**command)) as (reader, writer),
        mcp.ClientSession(reader, writer) as session,
    ):
        yield session, (await session.initialize()).protocolVersion


@asynccontextmanager
async def start_2(command, mode):
    async with mcp.Client(stdio_client(StdioServerParameters(**command)), mode=mode) as client:
        yield client, client.protocol_version


async def main(target, token, mode):
    is_2 = hasattr(mcp, "Client")
    if target.startswith("{"):
        connected = (start_2 if is_2 else start_1)(json.loads(target), mode)
    else:
        connected = (connect_2 if is_2 else connect_1)(target, {"Authorization": f"Bearer {token}"}, mode)
    async with connected as (client, negotiated):
        say({"version": version("mcp"), "negotiated": negotiated})
        while line := await anyio.to_thread.run_sync(sys.stdin.readline):
            asked, heard = json.loads(line), []
            # Only whom it is asked for gets a token for progress.
            told = {"progress_callback": keeping(heard)} if asked.get("progress") else {}
            try:
                if asked["method"] == "list":
                    result = await client.list_tools()
                else:
                    result = await client.call_tool(asked["name"], asked["arguments"], **told)
                say({**result.model_dump(mode="json", by_alias=True), **({"progress": heard} if told else {})})
            except Exception as fault:
                say({"fault": f"{type(fault).__name__}: {fault}"})


def keeping(heard):
    async def keep(progress, total, message):
        heard.append(message)

    return keep


def say(message):
    print(json.dumps(message), flush=True)


anyio.run(main, *sys.argv[1:])
