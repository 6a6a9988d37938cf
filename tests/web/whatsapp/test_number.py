"""A number is what its section of the configuration says."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from hub.config import WhatsAppChannel, load
from hub.conversation.commands import Outcome
from hub.conversation.effects import OutboxRow
from hub.demo.whatsapp import WhatsAppWorld
from hub.ids import uuid7
from storage.database import Database
from storage.media import MediaRows
from storage.media_files import MediaFiles
from web.outgoing_guard import session
from web.whatsapp.number import Lines, WhatsAppNumber

TOKEN = "an-access-token-of-the-tests"
SECRETS = ("an-app-secret-of-the-present", "an-app-secret-of-the-past")
CONFIG = """
[outgoing]
connect = "1s"
read = "2s"
total = "3s"
media_total = "60s"
response_bytes = "2KiB"
[channels.wa]
type = "whatsapp"
phone_number_id = "106540352242922"
waba_id = "102290129340398"
access_token = "{token}"
app_secret = ["{present}", "{past}"]
verify_token = "verify-it"
graph_url = "{graph}"
graph_version = "v25.0"
"""


class Made:
    """A number made of a configuration, and the world that it is made for."""

    def __init__(self, world: WhatsAppWorld, number: WhatsAppNumber) -> None:
        self.world, self.number = world, number


@pytest.fixture
async def made(database: Database, tmp_path: Path) -> AsyncIterator[Made]:
    world = WhatsAppWorld(
        phone_number_id="106540352242922",
        access_token=TOKEN,
        app_secret=SECRETS[0],
        verify_token="verify-it",
        webhook_url="http://127.0.0.1:9/",
    )
    world.add_template("hello", "en", "Hi {{1}}")
    await world.start()
    source = CONFIG.format(token=TOKEN, present=SECRETS[0], past=SECRETS[1], graph=world.base_url)
    config = load(source.encode(), name="config.toml", make_up=lambda path: "x" * 40).config
    channel = config.channels["wa"]
    assert isinstance(channel, WhatsAppChannel)
    files = MediaFiles(tmp_path)
    async with session(guarded=False) as graph, session(guarded=True) as outside:
        lines = Lines(graph, outside, MediaRows(database), files, config.outgoing, config.outbox)
        yield Made(world, WhatsAppNumber.of("wa", channel, lines))
    files.close()
    await world.stop()


async def test_its_parts_know_what_they_need(made: Made) -> None:
    account, api = made.number.account, made.number.carrier.api
    assert (account.channel, account.app_secrets, account.verify_token) == ("wa", SECRETS, "verify-it")
    assert api.messages == f"{made.world.base_url}/v25.0/106540352242922/messages"
    assert api.timeout == aiohttp.ClientTimeout(total=3.0, connect=1.0, sock_read=2.0)
    assert api.largest == 2048
    for secret in (TOKEN, *SECRETS, "verify-it"):
        assert secret not in repr(made.number)


async def test_it_speaks_with_whatsapp(made: Made) -> None:
    await made.world.customer("351910000001").say("Oi")
    to = [{"kind": "wa_id", "value": "351910000001"}]
    row = OutboxRow(uuid7(), "wa", uuid7(), 1, 1, {"kind": "text", "text": "Olá", "to": to}, message_id=uuid7())
    assert (await made.number.carrier.send(row)).outcome is Outcome.ACCEPTED
    assert [template.name for template in await made.number.templates.all()] == ["hello"]
