"""What the demo tells on the terminal."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest

from hub.commands.demo_ledger import LONGEST, narrate
from hub.demo.whatsapp import WhatsAppWorld
from hub.demo.whatsapp.files import picture


@pytest.fixture
async def world() -> AsyncIterator[WhatsAppWorld]:
    world = WhatsAppWorld(
        phone_number_id="1", access_token="t", app_secret="s", verify_token="v", webhook_url="http://127.0.0.1:9/"
    )
    await world.start()
    yield world
    await world.stop()


async def test_a_line_for_each_message_that_comes_in(world: WhatsAppWorld, capsys: pytest.CaptureFixture[str]) -> None:
    telling = asyncio.create_task(narrate(world))
    await asyncio.sleep(0)
    maria = world.customer("351910000001", "Maria Oliveira")
    await maria.say("Bom dia")
    await maria.say("x" * 200)
    await maria.send_image(picture())
    lines: list[str] = []
    async with asyncio.timeout(10):
        while len(lines) < 3:
            await asyncio.sleep(0.01)
            lines += capsys.readouterr().err.splitlines()
    assert re.fullmatch(r" \d\d:\d\d:\d\d  in   WhatsApp  Maria Oliveira  “Bom dia”", lines[0])
    assert lines[1].endswith("“" + "x" * (LONGEST - 1) + "…”")
    assert lines[2].endswith("“[image]”")
    telling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await telling
