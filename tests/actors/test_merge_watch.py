"""Merges that were interrupted are completed, and one that cannot be costs the others nothing."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from actors.kernel.testkit import virtual
from actors.merge_watch import MergeWatch
from hub.conversation.commands import AddTag, Author, Merge, Patch
from hub.conversation.merge import Unfinished
from hub.conversation.state import Status
from hub.ids import uuid7
from hub.inbound import Identity, IdentityKind, Party

ANA = Author(uuid7(), "Ana")


class Left:
    """Implements hub.conversation.merge.Merges over what a test says was left."""

    def __init__(self, *left: Unfinished) -> None:
        self.left = list(left)
        self.dropped: list[UUID] = []

    async def take(self, idle: timedelta, limit: int) -> list[Unfinished]:
        return self.left[:limit]

    async def drop(self, source_id: UUID) -> None:
        self.dropped.append(source_id)


async def begun(replica: Any, name: str) -> Any:
    """The conversation of another customer, who waits."""
    before = set(replica.store.conversations)
    party = Party((Identity(IdentityKind.WA_ID, name),), name)
    await replica.arrives(replica.text(wamid=f"wamid.{name}"), party=party)
    (new,) = set(replica.store.conversations) - before
    return replica.store.conversations[new]


@virtual
async def test_the_target_takes_over_what_the_source_left(new_store: Any, new_replica: Any) -> None:
    replica = new_replica(new_store())
    source, target = await begun(replica, "351910000001"), await begun(replica, "351910000002")
    await replica.ask(AddTag(ANA, "vip"), source.id)
    await replica.ask(Patch(ANA, status=Status.RESOLVED), target.id)
    left = await replica.ask(Merge(ANA, target.id, 7), source.id)  # and then the process was gone
    unfinished = Unfinished(source.id, target.id, left.waiting_since)
    await MergeWatch(replica.system, Left(unfinished)).look()
    after = replica.store.conversations[target.id]
    assert (after.status, after.waiting_since, after.tags) == (Status.OPEN, source.waiting_since, ("vip",))
    (told,) = [event for event in replica.store.events if "from" in event.data]
    assert (told.data["from"]["id"], told.actor["type"]) == (source.id, "system")


@virtual
async def test_what_nobody_takes_over_is_given_up_and_the_rest_goes_on(new_store: Any, new_replica: Any) -> None:
    replica = new_replica(new_store())
    source, closed, target = [await begun(replica, f"35191000000{n}") for n in (1, 2, 3)]
    await replica.ask(Merge(ANA, target.id, 8), closed.id)
    left = Left(
        Unfinished(uuid7(), None, None),
        Unfinished(source.id, closed.id, source.waiting_since),  # has ended in this very moment
        Unfinished(source.id, target.id, source.waiting_since),
    )
    await MergeWatch(replica.system, left).look()
    assert left.dropped == [left.left[0].source_id]
    assert [event.conversation_id for event in replica.store.events if "from" in event.data] == [target.id]
