"""The SDK's own client, talking over standard input and output to the command as a user starts it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import Client, StdioServerParameters, stdio_client
from mcp.types import CallToolResult, TextContent, Tool

ROOT = Path(__file__).parent.parent.parent


class Told(NamedTuple):
    """An answer: its text, its data, and whether it is an error."""

    text: str
    data: Any
    error: bool


class Asking:
    """A client that is connected."""

    def __init__(self, client: Client, portal: BlockingPortal) -> None:
        self.client = client
        self.portal = portal

    def tools(self) -> list[Tool]:
        """The tools that the server offers."""
        return list(self.portal.call(self.client.list_tools).tools)

    def ask(self, tool: str, **arguments: Any) -> Told:
        """Ask, and wait for the answer."""
        return told(self.portal.call(self.client.call_tool, tool, arguments))

    def together(self, *questions: tuple[str, Mapping[str, Any]]) -> list[Told]:
        """Ask several questions at the same time."""

        async def all_of_them() -> list[CallToolResult]:
            return await asyncio.gather(*(self.client.call_tool(tool, dict(given)) for tool, given in questions))

        return [told(result) for result in self.portal.call(all_of_them)]


def told(result: CallToolResult) -> Told:
    """A result, taken apart. An answer is one text."""
    (content,) = result.content
    assert isinstance(content, TextContent)
    return Told(content.text, result.structured_content, result.is_error)


@contextmanager
def serving(root: Path, cache: Path, *options: str | Path) -> Iterator[Asking]:
    """A server on a folder, and a client of it."""
    server = StdioServerParameters(
        command=sys.executable,
        args=[str(ROOT / "cli.py"), "mcp", str(root), "--cache-dir", str(cache), *map(str, options)],
        env={"PATH": os.environ["PATH"]},
    )
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(portal.call(partial(made, server))) as client,
    ):
        yield Asking(client, portal)


async def made(server: StdioServerParameters) -> Client:
    """A client that is not connected yet."""
    return Client(stdio_client(server))
