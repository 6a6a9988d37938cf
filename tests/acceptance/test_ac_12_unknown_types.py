"""AC-12: whatever type of message WhatsApp sends, known, new or not supported, it is shown and the channel goes on."""

from collections.abc import Awaitable, Callable

import pytest

from hub.demo.whatsapp import Customer
from tests.acceptance.agent import PATIENCE, Agent, Json
from tests.acceptance.stage import Stage

TYPES: dict[str, tuple[str, Callable[[Customer], Awaitable[str]]]] = {
    "text": ("text", lambda c: c.say("Uma mensagem comum")),
    "forwarded": ("text", lambda c: c.say("Encaminhada muitas vezes", forwarded=9)),
    "image": ("image", lambda c: c.send_image(caption="Foto do comprovante")),
    "video": ("video", lambda c: c.send_video()),
    "audio": ("audio", lambda c: c.send_audio()),
    "voice": ("audio", lambda c: c.send_voice()),
    "document": ("document", lambda c: c.send_document()),
    "document without a name": ("document", lambda c: c.send_document(filename=None)),
    "sticker": ("image", lambda c: c.send_sticker(animated=True)),
    "location": ("text", lambda c: c.send_location(0.0, -46.6, "Praça da Sé")),
    "contacts": ("text", lambda c: c.send_contacts([("Paulo Freire", "+5511955550001")])),
    "order": ("interactive", lambda c: c.send_order([("sku-1", 2, 10.0)])),
    "button reply": ("interactive", lambda c: c.press("yes", "Sim, quero")),
    "template button": ("interactive", lambda c: c.press_template("PAY", "Pagar agora")),
    "list reply": ("interactive", lambda c: c.choose("row-1", "Primeira opção", "A mais barata")),
    "form": ("interactive", lambda c: c.fill_form({"nome": "Clarice"})),
    "broken media": ("video", lambda c: c.send_broken_media()),
    "unsupported": ("text", lambda c: c.unsupported("poll")),
    "unsupported without more": ("text", lambda c: c.unsupported(None)),
    "invented": ("text", lambda c: c.invent("hologram", {"id": "holo-1", "depth": 3})),
    "invented without a body": ("text", lambda c: c.invent("telepathy", None)),
}


async def _shown(stage: Stage, ana: Agent, kind: str) -> Json:
    """Sends it as somebody's first message; gives the message. The channel must go on afterwards."""
    customer = stage.customer()
    wamid = await TYPES[kind][1](customer)
    await customer.say("E o canal continua vivo")
    await stage.world.quiet(PATIENCE)
    assert all(attempt.status == 200 for attempt in stage.world.ledger.tries())
    conversation = await ana.conversation_of(customer.identity.name)
    messages = await ana.messages(conversation["id"])
    assert len(messages) == 2
    return next(m for m in messages if m["channel_message_id"] == wamid)


@pytest.mark.parametrize("kind", TYPES)
async def test_every_type_is_stored_and_shown(stage: Stage, kind: str) -> None:
    ana = await stage.login()
    message = await _shown(stage, ana, kind)
    assert message["content"]["type"] == TYPES[kind][0]
    assert message["content"]["text"] or message["content"]["metadata"]["media"]


async def test_an_invented_type_keeps_what_it_said(stage: Stage) -> None:
    ana = await stage.login()
    message = await _shown(stage, ana, "invented")
    content = message["content"]
    assert content["text"] == "[unsupported message: hologram]"
    assert content["metadata"]["unsupported"] is True
    assert content["metadata"]["raw"]["hologram"] == {"id": "holo-1", "depth": 3}
    assert message["metadata"]["wa"]["type"] == "hologram"


async def test_reactions_edits_and_deletions_change_the_message_they_are_about(stage: Stage) -> None:
    ana = await stage.login()
    customer, conversation_id = await stage.conversation(ana)
    first, second = await customer.say("Texto com erro"), await customer.say("Apago esta depois")
    await customer.react(first, "❤️")
    await customer.edit(first, "Texto sem erro")
    await customer.delete(second)
    await stage.world.quiet(PATIENCE)
    by_id = {m["channel_message_id"]: m for m in await ana.messages(conversation_id)}
    assert len(by_id) == 3
    assert by_id[first]["content"]["text"] == "Texto sem erro"
    assert by_id[first]["edited_at"]
    assert [reaction["emoji"] for reaction in by_id[first]["reactions"]] == ["❤️"]
    assert by_id[second]["deleted_at"]
    await customer.unreact(first, leave_key_out=True)
    await stage.world.quiet(PATIENCE)
    assert (await ana.message(conversation_id, by_id[first]["message_id"]))["reactions"] == []


async def test_what_is_no_message_does_not_become_one(stage: Stage) -> None:
    ana = await stage.login()
    customer, conversation_id = await stage.conversation(ana)
    await customer.request_welcome()
    await customer.call()
    await customer.allow_calls()
    await customer.change_identity_key()
    await customer.send_to_group("group-1", "Isto é de um grupo")
    await customer.stop_marketing()
    await customer.unsupported("edit")
    await stage.world.quiet(PATIENCE)
    assert all(attempt.status == 200 for attempt in stage.world.ledger.tries())
    assert len(await ana.messages(conversation_id)) == 1
    await customer.say("Agora sim uma mensagem")
    await stage.world.quiet(PATIENCE)
    assert [m["conversation_seq"] for m in await ana.messages(conversation_id)] == [1, 2]


async def test_a_field_that_does_not_exist_yet_is_taken_note_of(stage: Stage) -> None:
    answer = await stage.deliver(stage.body({"future": [{"id": "f-1"}]}, field="teleport_updates"))
    assert answer.status == 200
    kept = await stage.rows("select payload from channel_events where field = 'teleport_updates'")
    assert len(kept) == 1
