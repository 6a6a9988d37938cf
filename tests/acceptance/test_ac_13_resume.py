"""AC-13: after a cut a stream goes on as if it had never been cut; what is too old for that is said to be so."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.acceptance.agent import Agent, Stream
from tests.acceptance.stage import BEN, Stage

EVENTS = 10_000
BATCH = 50

Open = Callable[[Agent, int | None], Awaitable[Stream]]
OPEN: dict[str, Open] = {"ws": Agent.socket, "sse": Agent.events}


async def _pass_events(stage: Stage, count: int) -> None:
    """So many events: messages of a few customers."""
    people = [stage.customer() for _ in range(10)]
    for start in range(0, count, BATCH):
        drafts = [
            (people[n % len(people)], people[n % len(people)].draft("text", {"body": f"Mensagem de número {n}"}))
            for n in range(start, start + BATCH)
        ]
        assert (await stage.deliver(stage.written(*drafts))).status == 200


async def _head(stage: Stage) -> int:
    head: int = await stage.value("select seq from journal_head")
    return head


async def test_ten_thousand_events_later_the_resumed_streams_equal_the_uncut_one(stage: Stage) -> None:
    ana, ben = await stage.login(), await stage.login(BEN)
    await _pass_events(stage, BATCH)
    start = await _head(stage)
    uncut = await ana.socket()
    cut = {kind: await OPEN[kind](ben, None) for kind in OPEN}
    await _pass_events(stage, BATCH)
    for stream in cut.values():
        await stream.seq(await _head(stage))
        await stream.leave()
    await _pass_events(stage, EVENTS)
    head = await _head(stage)
    await uncut.seq(head, 60.0)
    numbers = [frame["seq"] for frame in uncut.durable]
    assert numbers == list(range(start + 1, numbers[-1] + 1))
    for kind, stream in cut.items():
        place = stream.durable[-1]["seq"]
        resumed = await OPEN[kind](ben, place)
        await resumed.until(lambda again: again.of("resumed"), 60.0)
        await uncut.seq(resumed.durable[-1]["seq"])
        again = stream.durable + resumed.durable
        assert again == uncut.durable[: len(again)]
        (said,) = resumed.of("resumed")
        assert (said["from"], said["count"]) == (place, said["to"] - place)
        assert said["to"] >= head


@pytest.mark.parametrize("kind", OPEN)
async def test_cut_again_and_again_while_events_pass(stage: Stage, kind: str) -> None:
    ana, ben = await stage.login(), await stage.login(BEN)
    uncut = await ana.socket()
    start = await _head(stage)
    passing = asyncio.create_task(_pass_events(stage, 2000))
    pieces: list[Stream] = []
    place = start
    while not passing.done() or place < await _head(stage):
        piece = await OPEN[kind](ben, place)
        await asyncio.sleep(0.05)
        await piece.leave()
        pieces.append(piece)
        place = piece.durable[-1]["seq"] if piece.durable else place
    await passing
    await uncut.seq(place)
    together = [frame for piece in pieces for frame in piece.durable]
    assert together == uncut.durable[: len(together)]
    assert place >= start + 2000
    assert len(pieces) > 2


@pytest.mark.parametrize("kind", OPEN)
async def test_a_stream_outlives_the_hub(stage: Stage, kind: str) -> None:
    ana = await stage.login()
    await _pass_events(stage, BATCH)
    before = await OPEN[kind](ana, None)
    await _pass_events(stage, BATCH)
    await before.seq(await _head(stage))
    stage.hub.kill()
    await before.leave()
    await stage.hub.start()
    await _pass_events(stage, BATCH)
    resumed = await OPEN[kind](ana, before.durable[-1]["seq"])
    await resumed.seq(await _head(stage))
    numbers = [frame["seq"] for frame in before.durable + resumed.durable]
    assert numbers == list(range(numbers[0], numbers[-1] + 1))


@pytest.mark.parametrize("kind", OPEN)
async def test_a_place_that_is_no_longer_kept_is_said_to_be(stage: Stage, kind: str) -> None:
    ana = await stage.login()
    await _pass_events(stage, BATCH)
    trimmed = await _head(stage) - 10
    await stage.rows("delete from events where seq <= $1", trimmed)
    await stage.rows("update journal_head set trimmed = $1", trimmed)
    stage.hub.stop()
    await stage.hub.start()
    old = await OPEN[kind](ana, trimmed - 1)
    await old.until(lambda stream: stream.of("reset"))
    assert old.of("reset")[0]["reason"] == "expired"
    assert old.durable == []
    kept = await OPEN[kind](ana, trimmed)
    await kept.until(lambda stream: stream.of("resumed"))
    kept_numbers = [frame["seq"] for frame in kept.durable]  # a queue's count may be told a moment after its messages
    assert len(kept_numbers) >= 10
    assert kept_numbers == list(range(trimmed + 1, kept_numbers[-1] + 1))
    ahead = await OPEN[kind](ana, await _head(stage) + 1000)
    await ahead.until(lambda stream: stream.of("reset"))
    assert ahead.of("reset")[0]["reason"] == "epoch"
    await _pass_events(stage, BATCH)
    for stream in (old, kept, ahead):
        await stream.seq(await _head(stage))
