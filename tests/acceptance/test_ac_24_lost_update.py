"""AC-24: changes made at the same time of different things do not undo each other; of the same, the second is told."""

import asyncio

from tests.acceptance.stage import BEN, Stage


async def test_fifty_attributes_at_once_are_all_there(stage: Stage) -> None:
    ana, ben = await stage.login(), await stage.login(BEN)
    _, conversation_id = await stage.conversation(ana)
    path = f"/api/v1/conversations/{conversation_id}"
    changes = ((ana, ben)[n % 2].request("PATCH", path, {"attributes": {f"key{n}": n}}) for n in range(50))
    assert {answer.status for answer in await asyncio.gather(*changes)} == {200}
    shown = await ana.get(f"conversations/{conversation_id}")
    assert shown["attributes"] == {f"key{n}": n for n in range(50)}
    removals = (ana.request("PATCH", path, {"attributes": {f"key{n}": None}}) for n in range(0, 50, 2))
    assert {answer.status for answer in await asyncio.gather(*removals)} == {200}
    shown = await ben.get(f"conversations/{conversation_id}")
    assert shown["attributes"] == {f"key{n}": n for n in range(1, 50, 2)}


async def test_who_edits_what_was_changed_meanwhile_is_shown_what_it_is(stage: Stage) -> None:
    ana, ben = await stage.login(), await stage.login(BEN)
    _, conversation_id = await stage.conversation(ana)
    path = f"/api/v1/conversations/{conversation_id}"
    seen = (await ana.request("GET", path)).headers["ETag"]
    edits = (
        agent.request("PATCH", path, {"subject": agent.user["name"]}, **{"If-Match": seen}) for agent in (ana, ben)
    )
    answers = await asyncio.gather(*edits)
    assert sorted(answer.status for answer in answers) == [200, 412]
    (won,) = [answer for answer in answers if answer.status == 200]
    (lost,) = [answer for answer in answers if answer.status == 412]
    assert (lost.json["code"], lost.json["current"]["subject"]) == ("stale_version", won.json["subject"])
    assert f'"{lost.json["current"]["version"]}"' == won.headers["ETag"]
