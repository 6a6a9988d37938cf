"""AC-18: what colleagues are shown of each other is true: with two tabs, after the last one, and without delay."""

import asyncio
from statistics import median
from time import perf_counter

from tests.acceptance.agent import Agent, Json, Stream
from tests.acceptance.stage import ANA, BEN, Stage, eventually

GRACE = 1.0
OPTIONS = {"presence.leave_after": f"{int(GRACE * 1000)}ms"}


def states(stream: Stream, agent: Agent) -> list[str]:
    """What the stream was told of a person, in order."""
    return [frame["data"]["state"] for frame in stream.of("agent.presence") if frame["actor"]["id"] == agent.user["id"]]


async def seen(stream: Stream, agent: Agent, *expected: str) -> None:
    """Waits until this, and nothing else, was told of the person."""
    await stream.until(lambda s: len(states(s, agent)) >= len(expected))
    assert states(stream, agent) == list(expected)


async def at_work(stage: Stage) -> tuple[Agent, Agent]:
    """Ana and Ben, of whom nobody is there any more."""
    ana, ben = await stage.login(ANA), await stage.login(BEN)

    async def empty() -> bool:
        answers = [await choose(agent, "online") for agent in (ana, ben)]
        return all(answer["state"] == "offline" for answer in answers)

    await eventually(empty)
    return ana, ben


async def choose(agent: Agent, state: str) -> Json:
    """The person says how to be shown."""
    answer = await agent.request("PUT", "/api/v1/users/me/presence", {"state": state})
    assert answer.status == 200, answer.raw
    shown: Json = answer.json
    return shown


async def test_of_two_tabs_one_may_go(stage: Stage) -> None:
    ana, ben = await at_work(stage)
    watching = await ana.socket()
    first, second = await ben.socket(), await ben.events()
    await seen(watching, ben, "online")
    await first.leave()
    await asyncio.sleep(2 * GRACE)
    await seen(watching, ben, "online")
    began = perf_counter()
    await second.leave()
    await seen(watching, ben, "online", "offline")
    assert perf_counter() - began > 0.8 * GRACE


async def test_a_reload_is_no_news(stage: Stage) -> None:
    ana, ben = await at_work(stage)
    watching = await ana.socket()
    for _ in range(3):
        tab = await ben.socket()
        await asyncio.sleep(0.1)
        await tab.leave()
    await ben.socket()
    await asyncio.sleep(2 * GRACE)
    await seen(watching, ben, "online")


async def test_whoever_comes_is_told_who_is_there(stage: Stage) -> None:
    ana, ben = await at_work(stage)
    await ben.socket()
    await choose(ben, "away")
    watching = await ana.socket()
    await seen(watching, ben, "away")


async def test_a_change_is_pushed_without_delay(stage: Stage) -> None:
    """The median of several, so that one pause of a busy machine decides nothing."""
    ana, ben = await at_work(stage)
    watching = await ana.socket()
    await ben.socket()
    await seen(watching, ben, "online")
    delays, told = [], ["online"]
    for number in range(9):
        state = "online" if number % 2 else "away"
        told.append(state)
        began = perf_counter()
        assert (await choose(ben, state))["state"] == state
        await seen(watching, ben, *told)
        delays.append(perf_counter() - began)
    assert median(delays) < 0.1, delays


async def test_whoever_is_signed_out_is_gone_after_the_grace(stage: Stage) -> None:
    ana, ben = await at_work(stage)
    watching, tab = await ana.socket(), await ben.socket()
    await seen(watching, ben, "online")
    assert (await ben.request("POST", "/api/v1/auth/logout", None, **{"X-Requested-With": "hub"})).status == 204
    await tab.ended()
    assert tab.code == 4401
    await seen(watching, ben, "online", "offline")
