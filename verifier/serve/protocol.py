"""The Model Context Protocol over standard input and output, by the official SDK. No other file knows it."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

from verifier import VERSION
from verifier.serve.answers import Answer, RefusedError
from verifier.serve.held import Workshop
from verifier.serve.tools import TOOLS, Tool, call, input_schema, output_schema

INSTRUCTIONS = (
    "Buttress reads a backend (Flask, FastAPI, Django, aiohttp, Express, Fastify, Hono, Koa) and tells what in it will "
    "fail, without running it. After you have written or changed code, call `check`, mend what it names from the first "
    "finding on, and check again until it passes. `sql`, `trace` and `facts` tell what your code does."
)
PULSE = 2  # seconds
STACK = 256 * 1024 * 1024  # bytes; only what is used of them is taken: deeply nested code is read by recursion


def serve(workshop: Workshop) -> None:
    """Answer until the client hangs up."""
    asyncio.run(talk(workshop))


async def talk(workshop: Workshop) -> None:
    """Answer the questions of one client."""
    threading.stack_size(STACK)
    # One thread: reading is work for the processor, and what is held of a project belongs to one question at a time.
    worker = ThreadPoolExecutor(1, "buttress")
    worker.submit(lambda: workshop.book)  # starts the thread, with its stack
    threading.stack_size(0)
    server = make(workshop, worker)
    try:
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())
    finally:
        worker.shutdown(wait=False, cancel_futures=True)  # nobody waits for an answer any more


def make(workshop: Workshop, worker: ThreadPoolExecutor) -> Server[Any]:
    """The server, not connected yet."""

    async def list_tools(
        context: ServerRequestContext[Any], asked: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[described(tool) for tool in TOOLS])

    async def call_tool(context: ServerRequestContext[Any], asked: types.CallToolRequestParams) -> types.CallToolResult:
        work = partial(call, workshop, asked.name, asked.arguments)
        answering = asyncio.get_running_loop().run_in_executor(worker, work)
        try:
            await awaited(answering, context)
            answer = answering.result()
        except RefusedError as error:
            return types.CallToolResult(content=[said(str(error))], is_error=True)
        return types.CallToolResult(content=[said(answer.text)], structured_content=answer.data)

    return Server(
        "buttress", version=VERSION, instructions=INSTRUCTIONS, on_list_tools=list_tools, on_call_tool=call_tool
    )


async def awaited(answering: asyncio.Future[Answer], context: ServerRequestContext[Any]) -> None:
    """Wait for an answer, and let the client know meanwhile that there is somebody at work, if it wants to."""
    seconds = 0
    try:
        while not (await asyncio.wait([answering], timeout=PULSE))[0]:
            seconds += PULSE
            await context.session.report_progress(seconds, message=f"{seconds} s")
    finally:
        answering.cancel()  # one that waits for its turn, where nobody asks any more


def said(text: str) -> types.TextContent:
    """A text as the protocol has it; names of files that are no Unicode keep their odd bytes as escapes."""
    return types.TextContent(type="text", text=text.encode("utf-8", "backslashreplace").decode())


def described(tool: Tool) -> types.Tool:
    """A tool as the protocol describes it."""
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=input_schema(tool),
        output_schema=output_schema(tool),
        annotations=types.ToolAnnotations(
            title=tool.title,
            read_only_hint=not tool.writes,
            destructive_hint=tool.writes,
            idempotent_hint=True,
            open_world_hint=False,
        ),
    )
