"""What the official Python client 2.x tells its user when the server refuses: `URL BYTES NAME=VALUE…` for the headers."""

import sys

import anyio
import httpx2
import mcp
from mcp.client.streamable_http import streamable_http_client


async def main(url, size, *headers):
    named = dict(header.split("=", 1) for header in headers)
    try:
        async with (
            httpx2.AsyncClient(headers=named) as http,
            mcp.Client(streamable_http_client(url, http_client=http)) as client,
        ):
            await client.list_tools()
            arguments = {"issue_key": "ACME-1", "file_name": "a.txt", "text": "x" * int(size)}
            await client.call_tool("jira_add_attachment", arguments)
        print("not refused")
    except BaseException as fault:
        while isinstance(fault, BaseExceptionGroup):
            fault = fault.exceptions[0]
        print(f"{type(fault).__name__}: {fault}")


anyio.run(main, *sys.argv[1:])
