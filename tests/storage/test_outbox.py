"""What is to be sent: in order per conversation, by one replica at a time, and none twice."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs
import pytest

from hub.conversation.commands import Outcome, React, Receive, Retry, SendResult
from hub.conversation.state import Desk
from hub.errors import Unavailable
from hub.journal import Verdict
from hub.outbox import Claimed
from storage.database import Database
from storage.journal import Journal
from storage.outbox import Outbox

CHANNEL = "whatsapp-main"
LEASE = timedelta(seconds=30)
OURS, THEIRS = 1, 2
FREE = "state = 'queued', lease_token = null, leased_by = null"


class Post:
    """Replies in the outbox, and the outbox as our and as their replica see it."""

    def __init__(self, database: Database, journals: list[Journal], decider: Any) -> None:
        self.database = database
        self.ours, self.theirs = (Outbox(database, replica, LEASE) for replica in (OURS, THEIRS))
        self.journals = journals
        self.decider = decider

    async def write(self, desk: Desk | None = None, replies: int = 1, replica: int = OURS) -> Desk:
        """Some replies, each committed by itself, in a conversation of their own if none is given."""
        journal = self.journals[replica - 1]
        for n in range(replies):
            if desk is None:
                desk, change = self.decider.begin(self.decider.reply(f"{n}"))
            else:
                desk, change = self.decider.change(desk, self.decider.reply(f"{n}"))
            await self.commit(journal, change)
        assert desk is not None
        return desk

    async def commit(self, journal: Journal, change: Any) -> None:
        (outcome,), _ = await journal.append([change])
        assert not isinstance(outcome, Exception)
        assert outcome.verdict is Verdict.OK

    async def settle(self, desk: Desk, claimed: Claimed, **given: Any) -> Desk:
        """The courier's word on a row."""
        row = claimed.row
        result = SendResult(row.id, row.message_id, row.attempt, Outcome.ACCEPTED, row.token, f"wamid.{row.id}")
        desk, change = self.decider.change(desk, attrs.evolve(result, **given))
        await self.commit(self.journals[0], change)
        return desk

    async def set(self, what: str, *arguments: Any) -> None:
        async with self.database.acquire() as connection:
            await connection.execute(f"update outbox set {what}", *arguments)

    async def states(self) -> list[str]:
        async with self.database.acquire() as connection:
            return [row["state"] for row in await connection.fetch("select state from outbox order by seq, created_at")]


def texts(found: list[Claimed]) -> list[str]:
    return sorted(claimed.row.payload["text"] for claimed in found)


@pytest.fixture
async def post(database: Database, new_journal: Callable[[int], Journal], decider: Any) -> Post:
    journals = [new_journal(OURS), new_journal(THEIRS)]
    for journal in journals:
        await journal.append([decider.begin()[1]])  # connected: both replicas live
    return Post(database, journals, decider)


async def test_a_row_is_born_leased_and_nobody_alive_loses_it(post: Post) -> None:
    await post.write()
    assert await post.states() == ["leased"]
    assert await post.ours.claim(CHANNEL, 10) == []
    assert await post.theirs.claim(CHANNEL, 10) == []


async def test_only_the_first_row_of_a_conversation_is_claimed(post: Post) -> None:
    await post.write(replies=3)
    desk = await post.write(replies=2)
    await post.set(FREE)
    found = await post.ours.claim(CHANNEL, 10)
    assert texts(found) == ["0", "0"]
    assert await post.ours.claim(CHANNEL, 10) == []
    mine = next(c for c in found if c.row.conversation_id == desk.conversation.id)  # type: ignore[union-attr]
    await post.settle(desk, mine)
    following = await post.ours.claim_next(mine.row.conversation_id)
    assert following is not None
    assert following.row.payload["text"] == "1"
    assert await post.ours.claim_next(mine.row.conversation_id) is None


async def test_rows_with_the_same_place_keep_the_order_they_were_made_in(post: Post) -> None:
    """Reactions take the place of the newest message."""
    desk = await post.write()
    desk, change = post.decider.change(desk, Receive((post.decider.text(wamid="wamid.1"),)))
    await post.commit(post.journals[0], change)
    message = next(m for m in desk.messages.values() if m.channel_message_id == "wamid.1")
    for emoji in ("👍", ""):
        post.decider.now += timedelta(seconds=1)
        desk, change = post.decider.change(desk, React(message.id, emoji, post.decider.author))
        await post.commit(post.journals[0], change)
    await post.set(FREE)
    said = []
    for _ in range(3):
        (claimed,) = await post.ours.claim(CHANNEL, 10)
        said.append(claimed.row.payload.get("reaction", {}).get("emoji"))
        desk = await post.settle(desk, claimed)
    assert said == [None, "👍", ""]


async def test_a_dead_replicas_rows_are_free_at_once(post: Post) -> None:
    await post.write(replica=THEIRS)
    assert await post.ours.claim(CHANNEL, 10) == []
    await post.journals[1].close()
    found: list[Claimed] = []
    while not found:
        found = await post.ours.claim(CHANNEL, 10)
    assert not found[0].interrupted


@pytest.mark.parametrize("by_conversation", [True, False])
async def test_what_a_lost_replica_was_sending_is_interrupted_and_stays_so(post: Post, by_conversation: bool) -> None:
    desk = await post.write()
    await post.set("state = 'sending', lease_until = clock_timestamp() - interval '1 s'")
    assert desk.conversation is not None
    if by_conversation:
        claimed = await post.theirs.claim_next(desk.conversation.id)
        assert claimed is not None
    else:
        (claimed,) = await post.theirs.claim(CHANNEL, 10)
    assert claimed.interrupted
    await post.theirs.release(CHANNEL)
    assert await post.states() == ["sending"]


async def test_only_a_lease_that_is_ours_and_long_enough_lets_us_send(post: Post) -> None:
    await post.write()
    await post.set(FREE)
    (claimed,) = await post.ours.claim(CHANNEL, 10)
    await post.set("lease_until = clock_timestamp() + interval '14 s'")
    assert await post.ours.sending([claimed.row]) == set()
    await post.set("lease_until = clock_timestamp() + interval '25 s'")
    assert await post.ours.sending([claimed.row]) == {claimed.row.id}
    assert await post.ours.sending([claimed.row]) == set()
    assert await post.states() == ["sending"]


async def test_a_lease_that_somebody_else_got_is_not_ours(post: Post) -> None:
    await post.write()
    await post.set(FREE)
    (mine,) = await post.ours.claim(CHANNEL, 10)
    await post.set("lease_until = clock_timestamp() - interval '1 s'")
    (claimed,) = await post.theirs.claim(CHANNEL, 10)
    assert await post.ours.sending([mine.row]) == set()
    assert await post.theirs.sending([claimed.row]) == {claimed.row.id}


async def test_what_is_not_due_holds_what_follows(post: Post) -> None:
    desk = await post.write(replies=2)
    await post.set(f"{FREE}, not_before = now() + interval '1 h' where seq = 2")
    assert await post.ours.claim(CHANNEL, 10) == []
    assert desk.conversation is not None
    assert await post.ours.claim_next(desk.conversation.id) is None


async def test_leases_are_handed_back(post: Post) -> None:
    for replica in (OURS, THEIRS):
        await post.write(replica=replica)
    await post.ours.release(CHANNEL)
    assert sorted(await post.states()) == ["leased", "queued"]
    assert len(await post.theirs.claim(CHANNEL, 10)) == 1


async def test_other_channels_rows_are_theirs(post: Post) -> None:
    await post.write()
    await post.set(FREE)
    assert await post.ours.claim("another", 10) == []


async def test_two_replicas_that_claim_at_once_share(post: Post) -> None:
    for _ in range(10):
        await post.write()
    await post.set(FREE)
    claims = await asyncio.gather(*(o.claim(CHANNEL, 3) for o in (post.ours, post.theirs) * 3))
    ids: list[UUID] = [claimed.row.id for found in claims for claimed in found]
    assert len(ids) == len(set(ids))


async def test_a_retry_goes_before_what_was_written_after_its_message(post: Post) -> None:
    desk = await post.write(replies=2)
    await post.set(FREE)
    (first,) = await post.ours.claim(CHANNEL, 10)
    desk = await post.settle(desk, first, outcome=Outcome.REFUSED, provider_id=None)
    assert first.row.message_id is not None
    desk, change = post.decider.change(desk, Retry(first.row.message_id, post.decider.author))
    await post.commit(post.journals[0], change)
    (again,) = await post.ours.claim(CHANNEL, 10)
    assert (again.row.message_id, again.row.attempt) == (first.row.message_id, 2)


async def test_depth_is_told_per_channel(post: Post) -> None:
    await post.write(replies=3)
    ((channel, pending, oldest),) = await post.ours.depth()
    assert (channel, pending) == (CHANNEL, 3)
    assert oldest.tzinfo is not None


async def test_without_a_database_the_outbox_is_unavailable(database_url: str) -> None:
    outbox = Outbox(Database(database_url), OURS, LEASE)
    with pytest.raises(Unavailable):
        await outbox.claim(CHANNEL, 1)
