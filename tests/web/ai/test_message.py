"""What the AI agent reads and says, and that it never talks over a person."""

import asyncio
import random
from typing import Any
from uuid import uuid4

from tests.web.ai.ai_stage import AiStage, Line, problem


async def say(ai: AiStage, line: Line, text: str = "At your service", **more: Any) -> Any:
    body = {"client_id": str(uuid4()), "text": text, **more}
    return await ai.client.post(f"/ai/v1/conversations/{line.id}/messages", json=body, headers=line.headers)


async def reply(ai: AiStage, line: Line) -> Any:
    return await ai.ask("POST", f"conversations/{line.id}/messages", {"client_id": str(uuid4()), "text": "Ana here"})


async def test_the_ai_agent_speaks_under_its_own_name(ai: AiStage) -> None:
    line = await ai.line("Where is my parcel?")
    said = await say(ai, line)
    assert said.status == 201
    assert (await said.json())["sender"] == {"type": "agent", "ai": True}
    shown = (await ai.get(f"conversations/{line.id}/messages"))["data"]
    assert shown[1]["sender"] == {"type": "agent", "id": str(ai.key_id), "name": "Helper"}
    assert shown[1]["metadata"]["ai"] is True
    read = await ai.client.get(f"/ai/v1/conversations/{line.id}/messages", headers=line.headers)
    seen = await read.json()
    assert [(each["untrusted_text"], each["text"]) for each in seen["data"]] == [
        ("Where is my parcel?", None),
        (None, "At your service"),
    ]
    assert (seen["customer_id"], seen["next_cursor"]) == (str(line.customer_id), None)


async def test_pages_go_on_where_they_ended(ai: AiStage) -> None:
    line = await ai.line("one")
    for text in ("two", "three"):
        await say(ai, line, text)
    address = f"/ai/v1/conversations/{line.id}/messages"
    first = await (await ai.client.get(address, headers=line.headers, params={"limit": "2"})).json()
    assert (len(first["data"]), first["next_cursor"]) == (2, "2")
    rest = await (await ai.client.get(address, headers=line.headers, params={"after": first["next_cursor"]})).json()
    assert [each["text"] for each in rest["data"]] == ["three"]


async def test_the_same_client_id_is_the_same_message(ai: AiStage) -> None:
    line, id = await ai.line(), str(uuid4())
    first, again = [await (await say(ai, line, client_id=id)).json() for _ in range(2)]
    assert first["message_id"] == again["message_id"]
    assert await problem(await say(ai, line, "Something else", client_id=id)) == (422, "idempotency_key_reused")


async def test_a_message_of_another_conversation_is_none(ai: AiStage) -> None:
    line, other = await ai.line(), await ai.line()
    for id in (other.id, uuid4()):
        answer = await ai.client.get(f"/ai/v1/conversations/{id}/messages", headers=line.headers)
        assert await problem(answer) == (404, "conversation_not_accessible")


async def test_after_a_person_spoke_nothing_is_said_and_nothing_read(ai: AiStage) -> None:
    line = await ai.line()
    assert (await reply(ai, line)).status == 201
    assert await problem(await say(ai, line)) == (409, "ai_detached")
    read = await ai.client.get(f"/ai/v1/conversations/{line.id}/messages", headers=line.headers)
    assert await problem(read) == (409, "ai_detached")


async def test_in_a_race_no_word_of_the_ai_agent_comes_after_a_persons(ai: AiStage) -> None:
    chance = random.Random(19)
    lines = [await ai.line(f"customer {n}") for n in range(25)]

    async def later(seconds: float, act: Any) -> int:
        await asyncio.sleep(seconds)
        return int((await act).status)

    async def race(line: Line) -> tuple[int, int]:
        human, bot = chance.random() * 0.01, chance.random() * 0.01
        one, two = await asyncio.gather(later(human, reply(ai, line)), later(bot, say(ai, line)))
        return one, two

    ended = [await race(line) for line in lines]
    assert {human for human, _ in ended} == {201}
    assert {bot for _, bot in ended} <= {201, 409}
    for line, (_, bot) in zip(lines, ended, strict=True):
        shown = (await ai.get(f"conversations/{line.id}/messages"))["data"]
        by_ai = [bool(each["metadata"].get("ai")) for each in shown[1:]]
        assert by_ai in ([False], [True, False]), by_ai
        assert (True in by_ai) is (bot == 201)
