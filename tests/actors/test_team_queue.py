"""A team's queue is told once per burst, and always in the end."""

import asyncio
from typing import Any

import attrs
import pytest

from actors import kinds
from actors.kernel.testkit import virtual
from actors.team_queue import Changed, concerns, teams
from hub.conversation.commands import Author, Patch, Take
from hub.conversation.state import Status
from hub.ids import uuid7

ANA = Author(uuid7(), "Ana")


def told(store: Any) -> list[dict[str, Any]]:
    return [event.data for event in store.events if event.type == "queue.updated"]


@virtual
async def test_a_burst_of_changes_is_told_as_one(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replica = new_replica(store)
    await replica.arrives(replica.text())
    team = uuid7()
    await replica.ask(Patch(ANA, team_id=team))
    for _ in range(20):
        replica.system.ref(kinds.TEAM_QUEUE, team).tell(Changed())
    await asyncio.sleep(1)
    assert told(store) == [{"team_id": team, "open": 1, "unassigned": 1}]
    await replica.ask(Take(ANA))
    await asyncio.sleep(1)
    assert told(store)[1:] == [{"team_id": team, "open": 1, "unassigned": 0}]


@virtual
async def test_both_teams_are_told_when_a_conversation_moves(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replica = new_replica(store)
    await replica.arrives(replica.text())
    one, two = uuid7(), uuid7()
    await replica.ask(Patch(ANA, team_id=one))
    await replica.ask(Patch(ANA, team_id=two))
    await asyncio.sleep(1)
    assert sorted(((d["team_id"], d["open"]) for d in told(store)), key=lambda told: told[1]) == [(one, 0), (two, 1)]


@virtual
async def test_another_replicas_word_in_between_is_corrected(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    one, two = new_replica(store), new_replica(store, number=2)
    await one.arrives(one.text())
    team = uuid7()
    await one.ask(Patch(ANA, team_id=team))
    await asyncio.sleep(1)
    await two.ask(Take(ANA))
    await asyncio.sleep(1)
    await one.ask(Patch(ANA, assignee=None))
    await asyncio.sleep(1)
    assert [counts["unassigned"] for counts in told(store)] == [1, 0, 1]


@virtual
async def test_while_the_database_is_away_the_count_waits(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replica = new_replica(store)
    team = uuid7()
    store.away = True
    replica.system.ref(kinds.TEAM_QUEUE, team).tell(Changed())
    await asyncio.sleep(5)
    assert told(store) == []
    store.away = False
    await asyncio.sleep(2)
    assert told(store) == [{"team_id": team, "open": 0, "unassigned": 0}]


@pytest.mark.parametrize(
    ("changed", "concerned"),
    [
        ({"subject": "s"}, False),
        ({"assignee_id": ANA.id}, True),
        ({"status": Status.RESOLVED}, True),
        ({"team_id": ANA.id}, True),
    ],
)
@virtual
async def test_only_what_moves_in_the_queue_concerns_it(
    new_store: Any, new_replica: Any, changed: dict[str, Any], concerned: bool
) -> None:
    store = new_store()
    replica = new_replica(store, couriers=False)
    await replica.arrives(replica.text())
    before = store.conversation()
    assert concerns(before, attrs.evolve(before, **changed)) is concerned
    assert concerns(None, before)
    assert teams(None, attrs.evolve(before, team_id=ANA.id)) == {ANA.id}
