"""What a circuit became is noted for good and told, as soon as the database is there."""

import asyncio

from actors.kernel.testkit import settle, virtual
from hub.integration.breaker import State
from tests.actors.circuit_stage import FAILED, NAME, OK, Memory, Stage
from tests.actors.test_circuit import PATIENT


def told(stage: Stage) -> list[tuple[str, object]]:
    events = [event for change in stage.told for event in change.effects.events]
    assert all(event.type == "circuit.changed" for event in events)
    return [(event.data["state"], event.data["retry_after_s"]) for event in events]


@virtual
async def test_opening_and_closing_are_noted_and_told() -> None:
    stage = Stage(PATIENT)
    await stage.opens()
    await settle()
    assert stage.memory.saved == [(NAME, State.OPEN)]
    await asyncio.sleep(60.0)
    await stage.call()
    await settle()
    assert stage.memory.saved == [(NAME, State.OPEN), (NAME, State.CLOSED)]
    assert told(stage) == [("open", 60), ("closed", 0)]


@virtual
async def test_a_probe_that_fails_is_the_same_opening() -> None:
    stage = Stage(PATIENT)
    await stage.opens()
    await asyncio.sleep(60.0)
    stage.back_end.answers = lambda wire: FAILED
    await stage.calls(1)
    await settle()
    assert told(stage) == [("open", 60)]


@virtual
async def test_a_database_that_is_away_gets_the_newest_later() -> None:
    stage = Stage(PATIENT, memory=Memory(away=True))
    await stage.opens()
    await asyncio.sleep(20.0)
    assert told(stage) == []
    stage.memory.away = False
    await asyncio.sleep(5.0)
    assert told(stage) == [("open", 60)]
    stage.back_end.answers = lambda wire: OK
    assert stage.memory.saved == [(NAME, State.OPEN)]


@virtual
async def test_what_was_true_meanwhile_is_nobodys_news() -> None:
    stage = Stage(PATIENT, memory=Memory(away=True))
    await stage.opens()
    await asyncio.sleep(62.0)
    await stage.call()
    stage.memory.away = False
    await asyncio.sleep(10.0)
    assert told(stage) == [("closed", 0)]
    assert stage.memory.saved == [(NAME, State.CLOSED)]
