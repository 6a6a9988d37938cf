"""The AI agent's tools over MCP: as over JSON every attack has one answer and leaves the same rows in the audit, and a
payment is made once and by nobody but the customer."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import pytest

from hub.demo.back_office import Fault
from tests.acceptance.agent import Json
from tests.acceptance.ai_kit import Company, Talk
from tests.acceptance.ai_vectors import AMOUNTS, INJECTED, STRUCTURAL, Vector
from tests.acceptance.draft_kit import Purchase, purchase, wish
from tests.acceptance.mcp_talk import REVISIONS, McpTalk, at_each_door
from tests.acceptance.stage import Stage, eventually

OPTIONS = {"ai.calls_per_minute": "5000", "ai.calls_per_hour": "1000", "circuits.attempts": "1"}

PASSING = frozenset({"at", "call_id", "instance", "request_id", "latency_ms", "rate_limit", "seq"})
"""What differs from call to call."""


def lasting(value: Any) -> Any:
    """A value without what passes."""
    if isinstance(value, dict):
        return {name: lasting(inner) for name, inner in value.items() if name not in PASSING}
    return [lasting(inner) for inner in value] if isinstance(value, list) else value


@pytest.fixture
async def company(stage: Stage) -> Company:
    return await Company.of(stage)


@pytest.fixture
async def talk(company: Company) -> Talk:
    return await company.talk()


NAMES = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # ids
    r"|cft_[A-Za-z0-9_-]{43}|\b[0-9a-f]{64}\b"  # tokens, digests
    r"|customer:[0-9a-f]{24}|\[\w+:h=[0-9a-f]{4}\]"  # pseudonyms
    r"|\b(?:TX|D)-\d+\b"  # the back end's own
    r"|\d{4}-\d\d-\d\dT[0-9:.]+Z"
)
"""What is another one in each conversation."""


def nameless(value: Any) -> str:
    """A value without what passes, and with numbers for names: the first that appears is 0."""
    seen: dict[str, int] = {}
    text = orjson.dumps(lasting(value)).decode()
    return NAMES.sub(lambda found: f"<{seen.setdefault(found[0], len(seen))}>", text)


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


async def given_up_and_paid(talk: Talk) -> None:
    """T21, T25, T31: a wrong token, one draft at a time, one payment for one token, and nothing after the end."""
    first = await purchase(talk)
    await first.commit("cft_" + "A" * 43)
    await wish(talk)
    for _ in range(2):
        await talk.call("cancel_transaction_draft", {"draft_id": first.id})
    await first.commit("cft_" + "A" * 43)
    await talk.call("get_transaction_draft", {"draft_id": first.id})
    second = await (await purchase(talk)).agree()
    for _ in range(2):
        await second.commit()
    await talk.call("cancel_transaction_draft", {"draft_id": second.id})


async def not_as_agreed(talk: Talk) -> None:
    """T17, T26 to T29: of another, too late, or another amount."""
    office, stage = talk.stage.back_office, talk.stage
    for tool in ("get_transaction_draft", "cancel_transaction_draft"):
        await talk.call(tool, {"draft_id": talk.conversation_id})
    spent = await (await purchase(talk)).agree()
    await spent.commit()
    for interval in ("11 minutes", "31 minutes"):
        late = await (await purchase(talk)).agree()
        await late.commit(spent.token)
        await late.hurry(interval)
        await late.until("expired")
        await late.commit()
    edited = await (await purchase(talk)).agree()
    await stage.rows("update transaction_drafts set amount_minor = 600000 where id = $1::uuid", edited.id)
    await edited.commit()
    office.faults.next(1, Fault.changed(amount="1.00"), on="draft.create")
    await wish(talk)


async def for_a_person(talk: Talk) -> None:
    """T33 to T35: what waits, and what is over."""
    large = await (await purchase(talk, "2000.00")).agree()
    for _ in range(2):
        await large.commit()
    await large.hurry("16 minutes")
    await large.until("expired")
    await large.commit()
    euros = await wish(talk, "5.00", currency="EUR")
    await (await Purchase(talk, euros.json["result"]["draft_id"]).agree()).commit()


ENDS = {
    given_up_and_paid: "ok confirmation_invalid draft_state_conflict ok ok draft_state_conflict ok"
    " ok ok ok draft_state_conflict",
    not_as_agreed: "not_found not_found ok ok ok confirmation_invalid confirmation_expired ok confirmation_invalid"
    " draft_expired ok draft_changed integration_error",
    for_a_person: "ok pending_approval pending_approval approval_expired ok pending_approval",
}
"""How the calls of each end."""


@pytest.mark.parametrize(("play", "ends"), ENDS.items())
async def test_drafts_go_alike_at_each_door(
    stage: Stage, company: Company, play: Callable[[Talk], Awaitable[None]], ends: str
) -> None:
    heard, rows = [], []
    for talk in await at_each_door(company):
        await play(talk)
        assert [answer.json.get("code") or answer.json["status"] for answer in talk.heard] == ends.split()
        heard.append([nameless([answer.status, answer.json]) for answer in talk.heard])
        rows.append([nameless(row) for row in await talk.audited() if row["actor"].startswith("ai:")])
    assert heard[1] == heard[2] == heard[0]
    assert rows[1] == rows[2] == rows[0]
