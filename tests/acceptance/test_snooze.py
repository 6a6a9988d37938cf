"""A snooze ends at its moment, also when the hub was down at it, and once."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hub.clock import rfc3339
from tests.acceptance.agent import PATIENCE
from tests.acceptance.stage import Stage, eventually


async def snoozed(stage: Stage, agent: Any, seconds: float) -> str:
    """A conversation that sleeps for so long."""
    _, conversation_id = await stage.conversation(agent)
    until = rfc3339(datetime.now(UTC) + timedelta(seconds=seconds))
    body = {"status": "snoozed", "snoozed_until": until}
    answer = await agent.request("PATCH", f"/api/v1/conversations/{conversation_id}", body)
    assert (answer.status, answer.json["status"]) == (200, "snoozed")
    await stage.world.quiet(PATIENCE)
    return conversation_id


async def test_it_wakes_after_a_restart_once(stage: Stage) -> None:
    ana = await stage.login()
    conversation_id = await snoozed(stage, ana, 3.0)
    stage.hub.kill()
    await stage.hub.start()

    async def open_again() -> bool:
        return bool((await ana.get(f"conversations/{conversation_id}"))["status"] == "open")

    await eventually(open_again)
    query = "select count(*) from events where conversation_id = $1::uuid and type = 'conversation.status_changed'"
    assert await stage.value(query, conversation_id) == 2


async def test_the_customers_word_wakes_it_before(stage: Stage) -> None:
    ana = await stage.login()
    customer, conversation_id = await stage.conversation(ana)
    path = f"/api/v1/conversations/{conversation_id}"
    assert (await ana.request("PATCH", path, {"status": "snoozed", "snoozed_until": None})).status == 200
    await customer.say("Ainda estou aqui")
    await stage.world.quiet(PATIENCE)
    shown = await ana.get(f"conversations/{conversation_id}")
    assert (shown["status"], shown["snoozed_until"]) == ("open", None)
