"""Messages as people page through them and as decisions find them."""

from typing import Any

import attrs
import pytest

from hub.conversation.commands import Deliver, Outcome, Receive, Retry, SendResult
from hub.conversation.effects import Effects
from hub.delivery import DeliveryStatus
from hub.errors import Unavailable
from hub.ids import uuid7
from hub.inbound import StatusUpdate
from hub.journal import Change, Orphan
from hub.ports import Place
from storage.database import Database
from storage.journal import Journal
from storage.message import Messages

CHANNEL = "whatsapp-main"


async def commit(journal: Journal, change: Change) -> None:
    (outcome,), _ = await journal.append([change])
    assert not isinstance(outcome, Exception)
    assert outcome.written


async def test_pages_go_from_the_newest_backwards(database: Database, journal: Journal, decider: Any) -> None:
    desk, change = decider.begin(*(Receive((decider.text(str(n)),)) for n in range(2, 8)))
    await commit(journal, change)
    messages, found = Messages(database), []
    before = None
    while page := await messages.page(desk.conversation.id, before, 3):
        found.append([message.seq for message in page])
        before = page[0].seq
    assert found == [[5, 6, 7], [2, 3, 4], [1]]
    assert await messages.page(uuid7(), None, 10) == []


async def test_messages_are_found_by_every_id_they_have(database: Database, journal: Journal, decider: Any) -> None:
    client_id = uuid7()
    desk, change = decider.begin(decider.reply(client_id=client_id))
    await commit(journal, change)
    messages, conversation_id = Messages(database), desk.conversation.id
    inbound, outbound = desk.messages.values()
    assert await messages.by_ids(conversation_id, [inbound.id, uuid7()]) == [inbound]
    assert await messages.by_client_ids(conversation_id, [client_id]) == [outbound]
    assert await messages.by_channel_ids(conversation_id, CHANNEL, [inbound.channel_message_id]) == [inbound]
    assert await messages.by_ids(uuid7(), [inbound.id]) == []
    assert await messages.stored(CHANNEL, [inbound.channel_message_id, "wamid.no"]) == {inbound.channel_message_id}
    assert (await messages.locate(outbound.id) or [None])[0] == conversation_id
    assert await messages.locate(uuid7()) is None


async def test_a_message_is_found_by_the_ids_of_all_its_attempts(
    database: Database, journal: Journal, decider: Any
) -> None:
    desk, change = decider.begin(decider.reply())
    await commit(journal, change)
    message, (row,) = change.effects.messages[desk.conversation.last_message["message_id"]], change.effects.outbox
    result = SendResult(row.id, message.id, 1, Outcome.ACCEPTED, row.token, "wamid.one")
    desk, change = decider.change(desk, result)
    await commit(journal, change)
    failed = StatusUpdate("wamid.one", DeliveryStatus.FAILED, "failed", decider.now, error_code="131026")
    desk, change = decider.change(desk, Deliver(((message.id, failed),)), Retry(message.id, decider.author))
    await commit(journal, change)
    (row,) = change.effects.outbox
    desk, change = decider.change(
        desk, attrs.evolve(result, outbox_id=row.id, token=row.token, attempt=2, provider_id="wamid.two")
    )
    await commit(journal, change)
    messages, place = Messages(database), Place(message.id, desk.conversation.id)
    for known_as in ("wamid.one", "wamid.two"):
        (found,) = await messages.by_channel_ids(desk.conversation.id, CHANNEL, [known_as])
        assert found.id == message.id
        assert await messages.place_reports(CHANNEL, [known_as], []) == {known_as: place}
    assert await messages.place_reports(CHANNEL, [], [message.id]) == {str(message.id): place}
    assert await messages.place_reports("another", ["wamid.one"], [message.id]) == {}
    tried = await messages.attempts(message.id)
    assert [(a["attempt"], a["status"], a["provider_id"]) for a in tried] == [
        (1, "failed", "wamid.one"),
        (2, "sent", "wamid.two"),
    ]


async def test_orphans_wait_oldest_first_and_come_back_as_they_were(
    database: Database, journal: Journal, decider: Any
) -> None:
    updates = [
        StatusUpdate("wamid.X", status, raw, decider.now, None, "h1:x:1", "131026", "no", {"billable": True})
        for status, raw in ((DeliveryStatus.SENT, "sent"), (None, "warning"))
    ]
    orphans = tuple(Orphan(CHANNEL, update) for update in (*updates, *updates))
    await commit(journal, Change(uuid7(), Effects(), orphans=orphans))
    found = await Messages(database).orphans(CHANNEL, "wamid.X")
    assert sorted(found, key=lambda update: update.raw_status) == updates
    assert await Messages(database).orphans("another", "wamid.X") == []


async def test_without_a_database_messages_are_unavailable(database_url: str) -> None:
    with pytest.raises(Unavailable):
        await Messages(Database(database_url)).page(uuid7(), None, 1)
