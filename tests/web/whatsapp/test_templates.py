"""The templates of an account, asked of the simulated WhatsApp."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from hub.demo.whatsapp import Fault, WhatsAppWorld
from hub.errors import Unavailable
from web.whatsapp import templates as module
from web.whatsapp.carrier import Api
from web.whatsapp.templates import Templates

TOKEN = "a token for the templates"


@pytest.fixture
async def account() -> AsyncIterator[WhatsAppWorld]:
    world = WhatsAppWorld(
        phone_number_id="106540352242922",
        access_token=TOKEN,
        app_secret="s",
        verify_token="v",
        webhook_url="http://127.0.0.1:9/",
    )
    world.add_template("order_update", "en_US", "Hi {{1}}, order {{2}}.", category="UTILITY")
    await world.start(host="127.0.0.1", port=0)
    yield world
    await world.stop()


@pytest.fixture
async def templates(account: WhatsAppWorld) -> AsyncIterator[Templates]:
    api = Api(account.base_url, "v26.0", "106540352242922", TOKEN, aiohttp.ClientTimeout(total=5))
    async with aiohttp.ClientSession() as session:
        yield Templates(api, account.account.waba_id, session)


async def test_they_are_asked_once_and_believed(account: WhatsAppWorld, templates: Templates) -> None:
    (first,) = await templates.all()
    account.add_template("another", "en_US", "Hello", category="UTILITY")
    assert await templates.all() == (first,)
    assert await templates.find("order_update", "en_US") == first
    assert await templates.find("order_update", "pt_BR") is None


async def test_old_ones_are_better_than_none(
    account: WhatsAppWorld, templates: Templates, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = await templates.all()
    monkeypatch.setattr(module, "FRESH", -1.0)
    account.faults.always(1.0, Fault.html(502), on="templates")
    assert await templates.all() == known


async def test_none_are_known_while_whatsapp_does_not_tell(account: WhatsAppWorld, templates: Templates) -> None:
    account.faults.revoke_token()
    with pytest.raises(Unavailable):
        await templates.all()
    assert await templates.find("order_update", "en_US") is None


async def test_a_listing_without_end_is_not_read(
    account: WhatsAppWorld, templates: Templates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LARGEST", 100)
    with pytest.raises(Unavailable):
        await templates.all()


async def test_whatsapp_is_left_alone_for_a_while_after_it_did_not_answer(
    account: WhatsAppWorld, templates: Templates, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.faults.next(1, Fault.html(502), on="templates")
    for _ in range(2):
        with pytest.raises(Unavailable):
            await templates.all()
    monkeypatch.setattr(templates, "_again", 0.0)
    assert len(await templates.all()) == 1
