"""An independent client, pywa, as the business: it sends to the world and reads the world's webhooks."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from pywa.types.callback import Button, Section, SectionList, SectionRow
from pywa_async import errors, handlers
from pywa_async.client import WhatsApp

from hub.demo.whatsapp import Fault, Habits, WhatsAppWorld
from tests.demo.conftest import MakeWorld, Receiver

PHONE_ID, SECRET = "106540352242922", "app-secret-of-the-demo"
MARIA = "5511987650043"


class Pywa(WhatsApp):
    """pywa that keeps every update it understood."""

    heard: list[Any]


PywaOf = Callable[[WhatsAppWorld], Pywa]


@pytest.fixture
async def pywa_of() -> AsyncIterator[PywaOf]:
    """pywa as a client of any world."""
    sessions: list[httpx.AsyncClient] = []

    def make(world: WhatsAppWorld) -> Pywa:
        session = httpx.AsyncClient()
        sessions.append(session)
        wa = Pywa(
            phone_id=PHONE_ID, token="EAAG-demo-token", session=session, app_secret=SECRET, verify_token="verify-me"
        )
        session.base_url = f"{world.base_url}/v26.0"
        wa.heard = []

        async def hear(_: Any, update: Any) -> None:
            wa.heard.append(update)

        for kind in (
            handlers.MessageHandler,
            handlers.MessageStatusHandler,
            handlers.CallbackButtonHandler,
            handlers.CallbackSelectionHandler,
            handlers.PhoneNumberChangeHandler,
            handlers.IdentityChangeHandler,
            handlers.UserMarketingPreferencesHandler,
            handlers.CallConnectHandler,
            handlers.CallTerminateHandler,
            handlers.EditedMessageHandler,
            handlers.DeletedMessageHandler,
        ):
            wa.add_handlers(kind(hear))
        return wa

    yield make
    for session in sessions:
        await session.aclose()


async def listen(wa: Pywa, world: WhatsAppWorld, receiver: Receiver) -> list[Any]:
    """Give pywa every webhook of the receiver, checked; what it heard."""
    await world.quiet()
    for raw, signature in zip(receiver.bodies, receiver.signatures, strict=True):
        assert await wa.webhook_update_validator(raw, signature) is None
        assert await wa.webhook_update_handler(raw) == ("ok", 200)
    receiver.bodies.clear()
    receiver.signatures.clear()
    return wa.heard


async def test_sends_text_buttons_list_reaction_and_reads(world: WhatsAppWorld, pywa_of: PywaOf) -> None:
    wa, maria = pywa_of(world), world.customer(MARIA)
    asked = await maria.say("Oi")
    sent = await wa.send_message(to=f"+{MARIA}", text="Olá", tracker="h1:abc:1")
    assert sent.id == world.ledger.sends[0].wamid
    assert world.ledger.sends[0].opaque == "h1:abc:1"
    buttons = [Button(title="Sim", callback_data="yes"), Button(title="Não", callback_data="no")]
    await wa.send_message(to=f"+{MARIA}", text="Confirma?", buttons=buttons)
    rows = [SectionRow(title="Norte", callback_data="n"), SectionRow(title="Sul", callback_data="s")]
    menu = SectionList(button_title="Abrir", sections=[Section(title="Lojas", rows=rows)])
    await wa.send_message(to=f"+{MARIA}", text="Qual loja?", buttons=menu)
    await wa.send_reaction(to=f"+{MARIA}", emoji="👍", message_id=asked)
    await wa.mark_message_as_read(asked)
    await wa.indicate_typing(asked)
    await world.quiet()
    assert [bubble.text for bubble in maria.inbox] == ["Olá", "Confirma?", "Qual loja?"]
    assert [button["title"] for button in maria.inbox[1].buttons()] == ["Sim", "Não"]
    assert [row["id"] for row in maria.inbox[2].rows()] == ["n", "s"]
    assert maria.bubble(asked).reactions == {"business": "👍"}
    assert (list(world.ledger.reads), list(world.ledger.typings)) == ([asked, asked], [asked])


async def test_sends_to_a_user_id(world: WhatsAppWorld, pywa_of: PywaOf) -> None:
    maria = world.customer(MARIA)
    await maria.say("Oi")
    await pywa_of(world).send_message(to=maria.bsuid, text="Olá")
    await world.quiet()
    assert maria.inbox[0].text == "Olá"


async def test_uploads_looks_up_fetches_and_deletes_files(world: WhatsAppWorld, pywa_of: PywaOf) -> None:
    wa, maria = pywa_of(world), world.customer(MARIA)
    await maria.say("Oi")
    content = b"%PDF-1.4 something"
    media = await wa.upload_media(content, mime_type="application/pdf", filename="a.pdf")
    found = await wa.get_media_url(media.id)
    assert (found.mime_type, found.file_size) == ("application/pdf", len(content))
    assert await wa.get_media_bytes(found.url) == content
    await wa.send_document(to=f"+{MARIA}", document=media.id, filename="a.pdf", caption="Aqui")
    await wa.delete_media(media.id)
    with pytest.raises(errors.WhatsAppError) as missing:
        await wa.get_media_url(media.id)
    assert missing.value.code == 100
    await world.quiet()
    assert maria.inbox[0].text == "Aqui"


async def test_errors_have_their_types(make_world: MakeWorld, pywa_of: PywaOf) -> None:
    world = await make_world(habits=Habits(refuse_closed_window=True))
    wa = pywa_of(world)
    world.customer(MARIA)
    with pytest.raises(errors.ReEngagementMessage):
        await wa.send_message(to=f"+{MARIA}", text="too late")
    with pytest.raises(errors.MissingRequiredParameter):
        await wa.send_message(to=f"+{MARIA}", text="")
    for code, kind in (
        (130429, errors.RateLimitHit),
        (131056, errors.TooManyMessages),
        (131016, errors.ServiceUnavailable),
        (190, errors.ExpiredAccessToken),
    ):
        world.faults.next(1, Fault.error(code))
        with pytest.raises(kind):
            await wa.send_message(to=f"+{MARIA}", text="x")


async def test_reads_every_type_of_message(world: WhatsAppWorld, pywa_of: PywaOf, receiver: Receiver) -> None:
    wa, maria = pywa_of(world), world.customer(MARIA, name="Maria Oliveira")
    for act, kind in (
        (maria.say("مرحبا / olá"), "text"),
        (maria.send_image(caption="foto"), "image"),
        (maria.send_video(), "video"),
        (maria.send_voice(), "audio"),
        (maria.send_document(), "document"),
        (maria.send_sticker(), "sticker"),
        (maria.send_location(0.0, 0.0), "location"),
        (maria.send_contacts([("João Silva", "+55 11 91234-5678")]), "contacts"),
        (maria.send_order([("sku-1", 2, 9.9)]), "order"),
        (maria.unsupported(), "unsupported"),
        (maria.react(await maria.say("target"), "👍"), "reaction"),
    ):
        wa.heard.clear()
        wamid = await act
        heard = [update for update in await listen(wa, world, receiver) if update.id == wamid]
        assert [(type(update).__name__, update.type.value) for update in heard] == [("Message", kind)]
        assert heard[0].from_user.name == "Maria Oliveira"
        assert heard[0].from_user.wa_id == MARIA
        assert heard[0].from_user.bsuid == maria.bsuid


async def test_reads_answers_and_changes(world: WhatsAppWorld, pywa_of: PywaOf, receiver: Receiver) -> None:
    wa, maria = pywa_of(world), world.customer(MARIA)
    first = await maria.say("Oi")
    for act, kind in (
        (maria.press("yes", "Sim", of=first), "CallbackButton"),
        (maria.press_template("payload", "Sim"), "CallbackButton"),
        (maria.choose("n", "Norte", "Loja do norte", of=first), "CallbackSelection"),
        (maria.edit(first, "Olá"), "EditedMessage"),
        (maria.delete(first), "DeletedMessage"),
        (maria.change_identity_key(), "IdentityChange"),
        (maria.change_number("5511900001111"), "PhoneNumberChange"),
    ):
        wa.heard.clear()
        wamid = await act
        heard = [update for update in await listen(wa, world, receiver) if update.id == wamid]
        assert [type(update).__name__ for update in heard] == [kind]
    assert heard[0].new_wa_id == "5511900001111"
    wa.heard.clear()
    await maria.stop_marketing()
    await maria.call()
    names = [type(update).__name__ for update in await listen(wa, world, receiver)]
    assert sorted(names) == ["CallConnect", "CallTerminate", "UserMarketingPreferences"]


async def test_reads_statuses(make_world: MakeWorld, pywa_of: PywaOf, receiver: Receiver) -> None:
    # pywa cannot read a failed status without contacts, which is what Meta sends since 2026.
    world = await make_world(habits=Habits(contacts_on_failures=True))
    wa, maria = pywa_of(world), world.customer(MARIA)
    await maria.say("Oi")
    sent = await wa.send_message(to=f"+{MARIA}", text="Olá", tracker="h1:abc:1")
    world.faults.next(1, Fault.fails_later(131049))
    failed = await wa.send_message(to=f"+{MARIA}", text="never")
    await world.quiet()
    await maria.open_chat()
    heard = [update for update in await listen(wa, world, receiver) if type(update).__name__ == "MessageStatus"]
    assert sorted(update.status.value for update in heard if update.id == sent.id) == ["delivered", "read", "sent"]
    assert {update.tracker for update in heard if update.id == sent.id} == {"h1:abc:1"}
    (failure,) = [update for update in heard if update.id == failed.id]
    assert failure.error.code == 131049
