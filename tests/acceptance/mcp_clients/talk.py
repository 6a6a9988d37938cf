"""What every client does, whichever library it is: says what it found, and makes the calls it is given.

On standard input `{url, headers, mode, calls: [{name, arguments, meta}]}`, on standard output
`{version, tools, calls}`, where a call is `{structured, text, is_error}`, or `{fault}` where the library raised.
"""

import asyncio
import json
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol


class Talker(Protocol):
    """A library's client, connected."""

    def version(self) -> str:
        """The revision that was agreed on."""

    async def tools(self) -> list[Any]:
        """The tools it was shown."""

    async def call(self, name: str, arguments: dict[str, Any], meta: dict[str, Any]) -> Any:
        """What a call was answered with; a problem too."""


Connect = Callable[[dict[str, Any]], AbstractAsyncContextManager[Talker]]


async def _talk(connect: Connect, asked: dict[str, Any]) -> dict[str, Any]:
    async with connect(asked) as talker:
        tools = [tool.model_dump(mode="json", by_alias=True) for tool in await talker.tools()]
        calls = [await _call(talker, call) for call in asked["calls"]]
        return {"version": talker.version(), "tools": tools, "calls": calls}


async def _call(talker: Talker, call: dict[str, Any]) -> dict[str, Any]:
    try:
        result = await talker.call(call["name"], call["arguments"], call.get("meta", {}))
    except Exception as error:
        return {"fault": str(error)}
    told = result.model_dump(mode="json", by_alias=True)
    text = told["content"][0]["text"]
    return {"structured": told["structuredContent"], "text": text, "is_error": told["isError"]}


def run(connect: Connect) -> None:
    """Does it all once."""
    print(json.dumps(asyncio.run(_talk(connect, json.load(sys.stdin)))))
