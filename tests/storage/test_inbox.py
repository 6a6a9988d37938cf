from datetime import UTC, datetime
from typing import Any

import pytest

from hub.chat_app.inbox import AppCustomer, Inbox
from hub.chat_app.ports import InboxTicket
from hub.delivery import DeliveryStatus
from hub.ids import uuid7
from storage.database import Database
from storage.inbox import InboxStore, InboxTicketStore

CUSTOMER = AppCustomer("app", "c-1")


CONVERSATION = """
insert into conversations (
    id, number, channel, channel_type, customer_id, status, version, revision, last_change, created_at, updated_at
) values ($1, $2, 'app', 'chat_app', $3, $4::text::conversation_status, 1, 1, $1, now(), now())"""
MESSAGE = """
insert into messages (
    id, conversation_id, seq, channel, channel_message_id, direction, sender_type, type, text, content_metadata, status,
    at, created_at, metadata, internal
) values (
    $1, $2, $3, 'app', $4, $5::text::message_direction, 'agent', 'text', 'x', '{}', $6::text::delivery_status, now(),
    now(), '{}', '{}'
)"""
MEDIA = "insert into media (id, direction, state, uploaded_by, mime_type) values ($1, 'outbound', 'stored', $2, 'a/b')"
MESSAGES = (("inbound", "received"), ("outbound", "read"), ("outbound", "pending"), ("outbound", "sent"))


@pytest.fixture
async def written(database: Database) -> dict[Any, Any]:
    """Two conversations of one customer (1001 closed, 1002), and one of somebody else; by number, or number and seq."""
    found: dict[Any, Any] = {"owner": uuid7(), "other": uuid7()}
    conversations = ((1001, "owner", "closed"), (1002, "owner", "open"), (1003, "other", "open"))
    async with database.acquire() as connection:
        for owner, value in (("owner", "c-1"), ("other", "c-2")):
            await connection.execute("insert into customers (id) values ($1)", found[owner])
            await connection.execute("insert into identities values ('app', 'app_id', $1, $2)", value, found[owner])
        for number, owner, status in conversations:
            conversation = found[number] = uuid7()
            await connection.execute(CONVERSATION, conversation, number, found[owner], status)
            for seq, (direction, state) in enumerate((*MESSAGES, MESSAGES[0]), 1):
                message = found[number, seq] = uuid7()
                await connection.execute(MESSAGE, message, conversation, seq, f"{number}-{seq}", direction, state)
    return found


def names(entries: Any) -> list[str]:
    return [entry.message.channel_message_id for entry in entries]


SEEN = [f"{number}-{seq}" for number in (1001, 1002) for seq in (1, 2, 4, 5)]


async def test_an_inbox_is_read_in_order_from_any_place(database: Database, written: dict[Any, Any]) -> None:
    store, inbox = InboxStore(database), Inbox(CUSTOMER, written["owner"])
    assert names(await store.page(inbox, None, None, 50)) == SEEN
    assert names(await store.page(inbox, (1001, 4), None, 2)) == ["1001-5", "1002-1"]
    assert names(await store.page(inbox, None, (1002, 2), 2)) == ["1001-5", "1002-1"]
    assert names(await store.page(Inbox(AppCustomer("shop", "c-1"), written["owner"]), None, None, 50)) == []
    assert await store.live(inbox) == written[1002]
    assert await store.head() == 0


async def test_whose_a_message_is(database: Database, written: dict[Any, Any]) -> None:
    store = InboxStore(database)
    mine, theirs = await store.find(CUSTOMER, "1001-1"), await store.find(CUSTOMER, "1003-1")
    assert mine is not None
    assert theirs is not None
    assert (mine[0].number, mine[1], theirs[1]) == (1001, True, False)
    assert await store.find(CUSTOMER, "none") is None


async def test_how_far_messages_have_come(database: Database, written: dict[Any, Any]) -> None:
    store, inbox = InboxStore(database), Inbox(CUSTOMER, written["owner"])
    last = written[1002, 5]
    assert await store.unreached(inbox, last, DeliveryStatus.DELIVERED, 10) == ["1001-4", "1002-4"]
    assert await store.unreached(inbox, last, DeliveryStatus.READ, 1) == ["1001-4"]
    assert await store.unreached(inbox, written[1002, 1], DeliveryStatus.READ, 10) == ["1001-4"]
    assert await store.unreached(inbox, written[1003, 5], DeliveryStatus.READ, 10) is None
    assert await store.unread("app", "1002-5", 10) == ["1002-1", "1002-5"]
    assert await store.unread("app", "1002-5", 1) == ["1002-5"]


async def test_whose_a_file_is(database: Database, written: dict[Any, Any]) -> None:
    store, inbox = InboxStore(database), Inbox(CUSTOMER, written["owner"])
    other = Inbox(AppCustomer("app", "c-2"), written["other"])
    loose, sent, unsent = uuid7(), uuid7(), uuid7()
    async with database.acquire() as connection:
        for id in (loose, sent, unsent):
            await connection.execute(MEDIA, id, inbox.id)
        await connection.execute("update messages set media_id = $1 where id = $2", sent, written[1002, 4])
        await connection.execute("update messages set media_id = $1 where id = $2", unsent, written[1002, 3])
    found = [await store.file(who, id) is not None for who in (inbox, other) for id in (loose, sent, unsent)]
    assert found == [True, True, False, False, False, False]


async def test_a_ticket_is_good_once_and_for_a_while(database: Database) -> None:
    tickets = InboxTicketStore(database)
    holder = InboxTicket(CUSTOMER, datetime(2026, 1, 5, 12, tzinfo=UTC))
    text = await tickets.issue(holder)
    assert await tickets.redeem(text) == holder
    assert await tickets.redeem(text) is None
    late = InboxTicketStore(database, life=-1.0)
    assert await late.redeem(await late.issue(holder)) is None
