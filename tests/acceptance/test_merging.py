"""Two conversations become one in two commits. The hub may die between them; nobody waits for ever then."""

import asyncio

import aiohttp

from tests.acceptance.acts import conversations
from tests.acceptance.agent import Agent
from tests.acceptance.ground import Act, Ground
from tests.acceptance.stage import ROOT, Stage, eventually

OPTIONS = {"database.lock_timeout": "1m", "database.statement_timeout": "1m", "database.command": "1m"}
"""A commit waits for a lock that the case holds, as long as it takes."""


async def unheard(agent: Agent, act: Act) -> None:
    """Asks; the answer does not come."""
    try:
        await agent.request("POST", f"/api/v1/{act.path}", act.body)
    except aiohttp.ClientError:
        return
    raise AssertionError("answered")


async def test_a_merge_is_completed_when_the_hub_dies_in_the_middle_of_it(stage: Stage) -> None:
    agent = await stage.login(ROOT)
    act = await conversations(Ground(stage, agent))
    assert act.body is not None
    source, target = act.path.split("/")[1], act.body["into"]
    await agent.request("POST", "/api/v1/tags", {"name": "patient"})
    assert (await agent.request("PUT", f"/api/v1/conversations/{source}/tags/patient")).status == 200
    await agent.request("PATCH", f"/api/v1/conversations/{target}", {"status": "resolved"}, **{"If-Match": "*"})
    before = await agent.get(f"conversations/{source}")
    assert before["waiting_since"] is not None
    held = stage.database.transaction()
    await held.start()
    await stage.value("select id from conversations where id = $1 for no key update", target)
    asking = asyncio.create_task(unheard(agent, act))

    async def ended() -> bool:
        return bool(await stage.value("select status = 'closed' from conversations where id = $1", source))

    await eventually(ended)
    stage.hub.kill()
    await stage.database.execute(
        "select pg_terminate_backend(pid, 2000) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()"
    )
    await asking
    await held.rollback()
    assert (await stage.value("select status::text from conversations where id = $1", target)) == "resolved"
    await stage.database.execute("update merges_under_way set tried_at = tried_at - interval '1 minute'")
    await stage.hub.start()

    async def taken_over() -> bool:
        return bool((await agent.get(f"conversations/{target}"))["status"] == "open")

    await eventually(taken_over)
    after = await agent.get(f"conversations/{target}")
    assert (after["waiting_since"], after["tags"]) == (before["waiting_since"], before["tags"])
    again = await agent.request("POST", f"/api/v1/{act.path}", act.body)
    assert (again.status, again.json["version"]) == (200, after["version"])
    merged = "select count(*) from events where conversation_id = $1 and type = 'conversation.merged'"
    assert await stage.value(merged, target) == 1
