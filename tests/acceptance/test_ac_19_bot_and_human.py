"""AC-19: the AI agent never talks over a person, however close the race."""

import asyncio
import random
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from hub.demo.back_office import Fault
from tests.acceptance.agent import Json, Stream
from tests.acceptance.ai_kit import Company, Talk, another_key
from tests.acceptance.stage import Stage

OPTIONS = {"ai.calls_per_minute": "5000", "ai.calls_per_hour": "5000", "circuits.waiting": "500"}
RUNS, AT_ONCE = 1000, 20
"""Races in all, and how many of them run at once, each in a conversation of its own."""


@pytest.fixture
async def company(stage: Stage) -> AsyncIterator[Company]:
    made = await Company.of(stage)
    stage.mute()  # what becomes of the messages afterwards is no matter here
    yield made
    stage.unmute()
    stage.back_office.faults.clear()


async def talks(company: Company, count: int) -> list[Talk]:
    """Conversations, each with an AI agent of its own."""
    company.stage.unmute()
    found = []
    for _ in range(count):
        company.key = await another_key(company.stage, company.root)
        found.append(await company.talk())
    company.stage.mute()
    return found


async def race(talk: Talk, chance: random.Random) -> tuple[int, int, list[str]]:
    """A person and the AI agent speak at the same time: the AI agent's answer, the person's, and their messages."""
    bot, human = str(uuid4()), str(uuid4())

    async def later(act: str) -> int:
        await asyncio.sleep(chance.random() * 0.02)
        if act == "bot":
            return (await talk.say("May I help you with anything else?", bot)).status
        return (await talk.agent.write(talk.conversation_id, "Ana here, I take over", human)).status

    said, spoke = await asyncio.gather(later("bot"), later("human"))
    return said, spoke, [bot, human]


async def races(talk: Talk, count: int, chance: random.Random) -> list[tuple[int, int, list[str]]]:
    ended = []
    for n in range(count):
        ended.append(await race(talk, chance))
        if n % 10 == 0:
            await refused(talk, "And another thing")
        assert (await talk.hand_back()).status == 200
        if n % 10 == 0:
            await refused(talk, "As I was saying")  # thought of before the person spoke
        assert (await talk.session()).status == 201
    return ended


async def refused(talk: Talk, text: str) -> None:
    """A word that comes too late."""
    answer = await talk.say(text)
    assert (answer.status, answer.json["code"]) == (409, "ai_detached")


@pytest.mark.timeout(300)
async def test_of_a_thousand_races_none_lets_the_ai_agent_speak_after_a_person(stage: Stage, company: Company) -> None:
    chance = random.Random(19)
    found = await talks(company, AT_ONCE)
    ended = await asyncio.gather(*(races(talk, RUNS // AT_ONCE, chance) for talk in found))
    kept = {str(row["client_id"]): row["seq"] for row in await stage.rows("select client_id, seq from messages")}
    outcomes = [each for lane in ended for each in lane]
    assert len(outcomes) == RUNS
    assert {spoke for _, spoke, _ in outcomes} == {201}
    for said, _, (bot, human) in outcomes:
        assert said in (201, 409)
        assert (bot in kept) is (said == 201)
        assert bot not in kept or kept[bot] < kept[human]
    assert {said for said, _, _ in outcomes} == {201, 409}, "the races were none"


async def test_what_a_call_finds_after_a_person_spoke_is_discarded(stage: Stage, company: Company) -> None:
    found = await talks(company, 8)
    stage.back_office.faults.always(Fault.hang(0.5), on="ticketing")

    async def interrupted(talk: Talk) -> tuple[int, Json]:
        running = asyncio.create_task(talk.search())
        await asyncio.sleep(0.2)
        assert (await talk.agent.write(talk.conversation_id, "Ana here")).status == 201
        answer = await running
        return answer.status, answer.json

    for status, told in await asyncio.gather(*(interrupted(talk) for talk in found)):
        assert (status, told["code"]) == (409, "ai_detached")
        assert "result" not in told
    for talk in found:
        assert [row["decision"] for row in await talk.audited()] == ["allowed", "discarded"]


async def test_whoever_takes_a_conversation_has_it(stage: Stage, company: Company) -> None:
    (talk,) = await talks(company, 1)
    assert (await company.agent.request("POST", f"/api/v1/conversations/{talk.conversation_id}/take")).status == 200
    for answer in (await talk.search(), await talk.say("Hello"), await talk.session()):
        assert (answer.status, answer.json["code"]) == (409, "ai_detached")
    shown = await company.agent.get(f"conversations/{talk.conversation_id}")
    assert shown["ai_attached"] is False


async def test_colleagues_are_told_who_answers(stage: Stage, company: Company) -> None:
    (talk,) = await talks(company, 1)
    stream = await company.agent.socket()
    path = f"/api/v1/conversations/{talk.conversation_id}/ai"
    for method in ("DELETE", "PUT"):
        assert (await company.agent.request(method, path)).status == 200

    def told(stream: Stream) -> list[bool]:
        return [
            frame["data"]["conversation"]["ai_attached"]
            for frame in stream.of("conversation.updated")
            if frame["conversation_id"] == talk.conversation_id
        ]

    await stream.until(lambda stream: len(told(stream)) == 2)
    assert told(stream) == [False, True]
