"""Conversations as decisions, customers and people read them."""

from datetime import timedelta
from typing import Any

import pytest

from hub.conversation.commands import Author, Patch, Receive, Take
from hub.conversation.state import Desk, Status
from hub.customer import Address
from hub.errors import Unavailable
from hub.ids import uuid7
from hub.inbound import Identity, IdentityKind, Party, Reaction
from hub.journal import Change
from hub.reading import Reading
from hub.rights import Reader, Role
from storage.conversation import Conversations
from storage.database import Database
from storage.journal import Journal

CHANNEL = "whatsapp-main"
EVERYBODY = Reader(uuid7(), Role.ADMIN, frozenset())


async def commit(journal: Journal, *changes: Change) -> None:
    outcomes, _ = await journal.append(changes)
    for outcome in outcomes:
        assert not isinstance(outcome, Exception)
        assert outcome.written


async def person(database: Database, name: str = "Ana") -> Author:
    """A user, and by the same id a team of theirs."""
    author = Author(uuid7(), name)
    async with database.acquire() as connection:
        await connection.execute(
            "insert into users (id, email, name, role, password_hash) values ($1, $2, $3, 'agent', '')",
            author.id,
            f"{author.id}@example.com",
            name,
        )
        await connection.execute("insert into teams (id, name) values ($1, $2)", author.id, f"team {author.id}")
        await connection.execute("insert into team_members (team_id, user_id) values ($1, $1)", author.id)
    return author


async def begin(journal: Journal, decider: Any, count: int = 1) -> list[Desk]:
    """Conversations a minute apart."""
    desks = []
    for _ in range(count):
        decider.now += timedelta(minutes=1)
        desk, change = decider.begin()
        await commit(journal, change)
        desks.append(desk)
    return desks


async def edit(journal: Journal, decider: Any, desk: Desk, *commands: Any) -> Desk:
    desk, change = decider.change(desk, *commands)
    await commit(journal, change)
    return desk


# For decisions


async def test_a_desk_comes_with_what_is_held_and_all_addresses(
    database: Database, journal: Journal, decider: Any
) -> None:
    ana = await person(database)
    (desk,) = await begin(journal, decider)
    held = Reaction("r", "wamid.later", Party(()), "👍", decider.now)
    desk = await edit(journal, decider, desk, Receive((held,)), Take(ana))
    loaded = (await Conversations(database).load([desk.conversation.id, uuid7()]))[desk.conversation.id]  # type: ignore[union-attr]
    assert loaded.held == desk.held
    assert loaded.addresses == desk.addresses
    assert loaded.conversation is not None
    assert (loaded.conversation.assignee_name, loaded.conversation.version) == ("Ana", 2)


async def test_addresses_are_resolved_to_their_customers_live_conversation(
    database: Database, journal: Journal, decider: Any
) -> None:
    bsuid, phone = decider.person()
    desk, change = decider.begin(opening=decider.opening((bsuid, phone)))
    await commit(journal, change)
    conversations = Conversations(database)
    asked = [Address(CHANNEL, identity) for identity in (phone, Identity(IdentityKind.WA_ID, "0"), bsuid)]
    found = await conversations.resolve([*asked, Address("another", phone)])
    assert [known.conversation_id if known else None for known in found] == [
        desk.conversation.id,
        None,
        desk.conversation.id,
        None,
    ]
    assert found[0] is not None
    assert found[0].customer == desk.conversation.customer
    assert await conversations.resolve([]) == []


async def test_a_customer_whose_conversations_are_over_has_the_last_of_them(
    database: Database, journal: Journal, decider: Any
) -> None:
    bsuid, phone = decider.person()
    opening = decider.opening((bsuid, phone))
    desk, change = decider.begin(opening=opening)
    await commit(journal, change)
    desk = await edit(journal, decider, desk, Patch(decider.author, status=Status.RESOLVED))
    decider.now += timedelta(days=30)
    desk = await edit(journal, decider, desk, Receive((decider.text(),)))
    conversations = Conversations(database)
    (known,) = await conversations.resolve([Address(CHANNEL, phone)])
    assert known is not None
    assert (known.conversation_id, known.status) == (desk.conversation.id, Status.CLOSED)  # type: ignore[union-attr]
    following = decider.opening((), customer=opening.customer, new_customer=False, previous_id=known.conversation_id)
    desk, change = decider.begin(opening=following)
    await commit(journal, change)
    (known,) = await conversations.resolve([Address(CHANNEL, phone)])
    assert known is not None
    assert (known.conversation_id, known.status) == (following.conversation_id, Status.OPEN)


async def test_openings_number_conversations_and_name_the_team(database: Database, decider: Any) -> None:
    conversations = Conversations(database)
    assert await conversations.openings(["Support"]) == [(1001, None)]
    ids, insert = [uuid7(), uuid7()], "insert into teams (id, name, created_at) values ($1, $2, $3)"
    async with database.acquire() as connection:
        for n, name in enumerate(("First", "Support")):
            await connection.execute(insert, ids[n], name, decider.now + timedelta(hours=n))
    assert await conversations.openings(["Support", "Gone"]) == [(1002, ids[1]), (1003, ids[0])]
    assert await conversations.openings([]) == []


# For people


async def test_who_may_not_see_it_is_shown_nothing(database: Database, journal: Journal, decider: Any) -> None:
    ana = await person(database)
    (desk,) = await begin(journal, decider)
    desk = await edit(journal, decider, desk, Patch(ana, team_id=ana.id))
    assert desk.conversation is not None
    conversations, wanted = Conversations(database), desk.conversation.id
    assert await conversations.visible(Reader(uuid7(), Role.AGENT, frozenset()), wanted) is None
    row = await conversations.visible(Reader(uuid7(), Role.AGENT, frozenset({ana.id})), wanted)
    assert row is not None
    assert (row.conversation.id, row.unread) == (wanted, 1)
    audience = await conversations.audience(wanted)
    assert audience is not None
    assert (audience.team_id, audience.assignee_id) == (ana.id, None)
    assert await conversations.audience(uuid7()) is None


async def test_reading_moves_the_readers_own_position_both_ways(
    database: Database, journal: Journal, decider: Any
) -> None:
    ana = await person(database)
    (desk,) = await begin(journal, decider)
    desk = await edit(journal, decider, desk, Receive((decider.text(wamid="wamid.2"),)), decider.reply())
    assert desk.conversation is not None
    conversations, wanted = Conversations(database), desk.conversation.id
    reader = Reader(ana.id, Role.ADMIN, frozenset())

    async def unread() -> int:
        row = await conversations.visible(reader, wanted)
        assert row is not None
        return row.unread

    assert (await unread(), await conversations.read_position(ana.id, wanted)) == (2, 0)
    assert await conversations.mark_read(ana.id, wanted, 99) == Reading(3, 0, "wamid.2", moved=True)
    assert await conversations.mark_read(ana.id, wanted, 98) == Reading(3, 0, "wamid.2", moved=False)
    assert (await unread(), await conversations.read_position(ana.id, wanted)) == (0, 3)
    await conversations.mark_read(ana.id, wanted, 1)
    assert (await unread(), await conversations.read_position(ana.id, wanted)) == (1, 1)
    other = await conversations.visible(EVERYBODY, wanted)
    assert other is not None
    assert other.unread == 2
    assert await conversations.last_inbound(wanted) == (CHANNEL, "wamid.2")


async def test_a_queue_counts_what_is_open_and_what_nobody_has(
    database: Database, journal: Journal, decider: Any
) -> None:
    ana = await person(database)
    for n, desk in enumerate(await begin(journal, decider, 3)):
        commands = [Patch(ana, team_id=ana.id), *([Take(ana)] if n == 0 else [])]
        await edit(journal, decider, desk, *commands)
    conversations = Conversations(database)
    assert await conversations.queue(ana.id) == {"team_id": ana.id, "open": 3, "unassigned": 2}
    assert await conversations.queue(None) == {"team_id": None, "open": 0, "unassigned": 0}


async def test_without_a_database_conversations_are_unavailable(database_url: str) -> None:
    with pytest.raises(Unavailable):
        await Conversations(Database(database_url)).load([uuid7()])
