"""The AI agent's tools over MCP: as over JSON every attack on their arguments has one answer and one row in the audit,
and a payment is made once and by nobody but the customer."""

from typing import Any

import pytest

from tests.acceptance.agent import Json
from tests.acceptance.ai_kit import Company, Talk
from tests.acceptance.ai_vectors import AMOUNTS, INJECTED, STRUCTURAL, Vector
from tests.acceptance.mcp_talk import REVISIONS, McpTalk
from tests.acceptance.stage import Stage, eventually

OPTIONS = {"ai.calls_per_minute": "5000"}

PASSING = frozenset({"at", "call_id", "instance", "request_id", "latency_ms", "rate_limit", "seq"})
"""What differs from call to call."""


def lasting(value: Any) -> Any:
    """A value without what passes."""
    if isinstance(value, dict):
        return {name: lasting(inner) for name, inner in value.items() if name not in PASSING}
    return [lasting(inner) for inner in value] if isinstance(value, list) else value


@pytest.fixture
async def talk(stage: Stage) -> Talk:
    return await (await Company.of(stage)).talk()


@pytest.mark.parametrize("group", [INJECTED, STRUCTURAL, AMOUNTS], ids=["injected", "structural", "amounts"])
async def test_each_door_gives_the_same_answer_and_leaves_the_same_row(
    stage: Stage, talk: Talk, group: list[Vector]
) -> None:
    asked = stage.back_office.ledger.count()
    doors = [talk, *(McpTalk.like(talk, revision) for revision in REVISIONS)]
    for vector in group:
        await stage.database.execute("update tool_calls set at = at - interval '2 hours'")
        before = len(await talk.audited())
        answers = [await door.call(vector.tool, vector.arguments) for door in doors]
        for answer in answers:
            assert (answer.status, answer.json["code"]) == (vector.status, vector.code), (vector.case, answer.json)
        if vector.counts:
            seen = [lasting(answer.json) for answer in answers]
            assert seen[0] == seen[1] == seen[2], vector.case
        first, second, third = lasting((await talk.audited())[before:])
        assert first == second, vector.case
        # What cannot be read has no tool in it, and the older wire has no header that names one.
        assert third == (second if vector.counts else {**second, "tool": third["tool"]}), vector.case
    assert stage.back_office.ledger.count() == asked
    assert await stage.value("select count(*) from transaction_drafts") == 0


@pytest.mark.parametrize("revision", REVISIONS)
async def test_a_payment_is_drafted_confirmed_by_the_customer_and_made_once(
    stage: Stage, talk: Talk, revision: str
) -> None:
    over_mcp = McpTalk.like(talk, revision)

    async def use(tool: str, **arguments: str) -> Json:
        found: Json = (await over_mcp.call(tool, arguments)).json
        return found

    made = await use(
        "create_transaction_draft", customer_id=talk.customer_id, amount="149.90", description="Two months of gold"
    )
    assert made["result"]["state"] == "awaiting_confirmation"
    draft = {"draft_id": made["result"]["draft_id"]}
    early = await use("commit_transaction", **draft, confirmation_token="cft_" + "a" * 43)
    assert early["code"] == "confirmation_invalid"
    arrived = len(talk.customer.inbox)
    prompt = talk.customer.inbox[-1] if arrived else await talk.customer.next_message(0)
    assert "149.90" in prompt.text + str(prompt.content)
    await talk.customer.press(prompt.buttons()[0]["id"], prompt.buttons()[0]["title"])

    async def token() -> str:
        shown = await use("get_transaction_draft", **draft)
        await stage.database.execute("update tool_calls set at = at - interval '2 hours'")
        return str(shown["result"]["confirmation"]["confirmation_token"] or "")

    confirmed = {**draft, "confirmation_token": await eventually(token)}
    done = await use("commit_transaction", **confirmed)
    assert (done["status"], done["result"]["state"]) == ("ok", "committed"), done
    again = await use("commit_transaction", **confirmed)
    assert (again["replayed"], again["result"]["transaction_id"]) == (True, done["result"]["transaction_id"])
    (paid,) = stage.back_office.payments.of(talk.customer_id)
    assert (paid.id, str(paid.amount)) == (done["result"]["transaction_id"], "149.90")
    over_json = await talk.request("GET", f"drafts/{draft['draft_id']}")
    assert (over_json.status, over_json.json["state"]) == (200, "committed")
