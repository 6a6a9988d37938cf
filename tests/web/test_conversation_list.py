"""The door of lists: what can be asked of them, and whose they are."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from hub.rights import Role
from storage.database import Database
from tests.web.desk_stage import APP, WHATSAPP, DeskStage, staged_desk


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[DeskStage]:
    async with staged_desk(database, aiohttp_client) as stage:
        yield stage


def ids(page: dict[str, Any]) -> list[UUID]:
    return [UUID(conversation["id"]) for conversation in page["data"]]


@pytest.mark.parametrize("sort", ["waited", "newest", "priority", "deadline"])
async def test_pages_hold_each_once_in_order_also_when_nobody_waits(desk: DeskStage, sort: str) -> None:
    made = [await desk.says() for _ in range(5)]
    for n, conversation_id in enumerate(made[:2]):
        await desk.alter(conversation_id, waiting_since=None, priority=n)
    whole = ids(await desk.get(f"conversations?sort={sort}"))
    assert sorted(whole) == sorted(made)
    paged: list[UUID] = []
    cursor = ""
    for _ in range(len(made)):
        page = await desk.get(f"conversations?sort={sort}&limit=1{cursor}")
        paged += ids(page)
        assert (page["next_cursor"] is None) is (len(paged) == len(made))
        cursor = f"&cursor={page['next_cursor']}"
    assert paged == whole


async def test_who_waits_longest_comes_first_and_who_does_not_wait_last(desk: DeskStage) -> None:
    first, second, third = [await desk.says() for _ in range(3)]
    await desk.alter(second, waiting_since=None)
    assert ids(await desk.get("conversations")) == [first, third, second]
    assert ids(await desk.get("conversations?sort=newest")) == [third, second, first]
    await desk.alter(second, priority=3)
    assert ids(await desk.get("conversations?sort=priority"))[0] == second


async def test_a_list_is_narrowed(desk: DeskStage) -> None:
    plain, mine, app = await desk.says(), await desk.says(), await desk.says(channel=APP)
    await desk.ask("POST", f"conversations/{mine}/take")
    await desk.ask("PATCH", f"conversations/{mine}", {"status": "snoozed"})
    await desk.alter(plain, failed=2)
    await desk.alter(app, waiting_since=None, tags=["vip"])
    wanted = {
        "status=snoozed": {mine},
        "status=open": {plain, app},
        "assignee_id=me": {mine},
        f"assignee_id={desk.ana.id}": {mine},
        "assignee_id=none": {plain, app},
        f"channel={APP}": {app},
        f"channel={WHATSAPP}": {plain, mine},
        "channel=whatsapp": {plain, mine},
        "channel=chat_app": {app},
        "channel=sms": set(),
        f"team_id={desk.team_id}": {plain, mine, app},
        f"team_id={uuid4()}": set(),
        "failed=true": {plain},
        "waiting=us": {plain, mine},
        "waiting=us&status=open": {plain},
        "q=Maria": {plain, mine, app},
        "q=nobody": set(),
        "tag=vip": {app},
    }
    found = {narrowed: set(ids(await desk.get(f"conversations?{narrowed}"))) for narrowed in wanted}
    assert found == wanted


@pytest.mark.parametrize(
    "asked",
    ["status=gone", "limit=0", "limit=201", "sort=oldest", "q=", "waiting=them",
     "assignee_id=everybody", "bogus=1", "cursor=x",
     "assignee_id=------------------------------------"],
)  # fmt: skip
async def test_what_a_list_does_not_take(desk: DeskStage, asked: str) -> None:
    refused = await desk.ask("GET", f"conversations?{asked}")
    assert (refused.status, (await refused.json())["code"]) == (422, "invalid_request")


async def test_a_cursor_is_good_for_its_own_list_only(desk: DeskStage) -> None:
    for _ in range(2):
        await desk.says()
    _, colleague = await desk.somebody(Role.AGENT, in_team=True)
    cursor = (await desk.get("conversations?limit=1"))["next_cursor"]
    assert (await desk.ask("GET", f"conversations?sort=newest&cursor={cursor}")).status == 422
    assert (await desk.ask("GET", f"conversations?cursor={cursor}", headers=colleague)).status == 422
    assert (await desk.ask("GET", f"conversations?cursor={cursor}")).status == 200
