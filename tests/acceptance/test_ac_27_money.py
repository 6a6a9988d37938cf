"""AC-27: the AI moves no money without the customer's consent, above the limit without a person, or twice; by whichever
door it calls."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.demo.back_office import Fault
from hub.transaction.approval import MOST_PER_TEAM
from tests.acceptance.agent import Agent, Json
from tests.acceptance.ai_kit import Company, Talk, another_key
from tests.acceptance.draft_kit import Purchase, decide, purchase, supervisor
from tests.acceptance.mcp_talk import DOORS, REVISIONS, McpTalk, at_each_door, company_at
from tests.acceptance.process import HubProcess
from tests.acceptance.stage import Stage

OPTIONS = {
    "ai.calls_per_hour": "1000",
    "ai.calls_per_minute": "5000",
    "circuits.open": "1s",
    "circuits.backoff_base": "1ms",
    "circuits.failures": "50",
    "circuits.waiting": "500",
}


@pytest.fixture(params=DOORS)
async def company(stage: Stage, request: pytest.FixtureRequest) -> AsyncIterator[Company]:
    made = await company_at(request.param, stage)
    yield made
    stage.back_office.faults.clear()


@pytest.fixture
async def talk(company: Company) -> Talk:
    return await company.talk()


async def verified(agent: Agent) -> None:
    """The chain of the audit holds."""
    found = await agent.get("audit/verify")
    assert (found["broken"], found["whole"], found["complete"]) == (None, True, True)


async def test_a_purchase_from_wish_to_payment(stage: Stage, company: Company, talk: Talk) -> None:
    """T25: and the same token once more is the same payment."""
    bought = await purchase(talk)
    question = await bought.question()
    assert question.text is not None
    assert "60.00 USD" in question.text
    assert (await bought.seen())["confirmation"]["status"] == "asked"
    await bought.agree()
    answer = await bought.commit()
    assert (answer.status, answer.json["status"], answer.json["replayed"]) == (200, "ok", False)
    result = answer.json["result"]
    again = await bought.commit()
    assert (again.status, again.json["replayed"]) == (200, True)
    assert again.json["result"]["transaction_id"] == result["transaction_id"]
    (payment,) = stage.back_office.payments.all.values()
    assert (payment.id, payment.amount, payment.customer_id) == (result["transaction_id"], "60.00", talk.customer_id)
    assert len(stage.back_office.payments.commits) == 1
    trail = [row for row in await talk.audited() if row["draft_id"] == bought.id]
    steps = [row for row in trail if row["state_before"] != row["state_after"] and _is_step(row)]
    assert [row["state_after"] for row in steps] == [
        "creating",
        "awaiting_confirmation",
        "confirmed",
        "committing",
        "committed",
    ]
    assert [row["phase"] for row in steps] == ["intent", "outcome", "decision", "intent", "outcome"]
    await verified(company.root)


def _is_step(row: Json) -> bool:
    """Whether a row is a draft's own, and not that of the tool's call which led to it."""
    return row["state_before"] is not None or row["decision"] == "draft"


async def test_nobody_confirms_for_the_customer(stage: Stage, talk: Talk) -> None:
    """Neither the AI's words nor an agent's are consent; an invented token opens nothing (T21, T22)."""
    bought = await purchase(talk)
    await bought.question()
    assert (await talk.say("Yes, I confirm")).status == 201
    refused = await bought.commit("cft_" + "A" * 43)
    assert (refused.status, refused.json["code"]) == (403, "confirmation_invalid")
    await talk.agent.say(talk.conversation_id, "Yes")
    row = await bought.row()
    assert (row["state"], row["consent_id"], row["failures"]) == ("awaiting_confirmation", None, 1)
    assert stage.back_office.payments.commits == []
    assert await stage.value("select count(*) from transaction_tokens where draft_id = $1::uuid", bought.id) == 0


async def test_a_foreign_token_opens_nothing_and_is_not_burnt(stage: Stage, company: Company, talk: Talk) -> None:
    """T26: of another draft, by another AI, from another conversation."""
    other = await company.talk()
    mine, theirs = await (await purchase(talk)).agree(), await (await purchase(other)).agree()
    assert (await mine.commit(theirs.token)).json["code"] == "confirmation_invalid"
    key = await another_key(stage, company.root)
    rival = await company.join(Talk(stage, talk.agent, talk.customer, talk.conversation_id, key=key))
    assert (await mine.commit(talk=rival)).json["code"] == "confirmation_invalid"
    assert (await mine.commit(talk=other)).json["code"] == "not_found"
    assert (await mine.commit()).status == (await theirs.commit()).status == 200
    assert len(stage.back_office.payments.commits) == 2


@pytest.mark.parametrize(
    ("interval", "code"), [("11 minutes", "confirmation_expired"), ("31 minutes", "draft_expired")]
)
async def test_a_consent_is_good_for_a_while(stage: Stage, talk: Talk, interval: str, code: str) -> None:
    """T27: too late is too late, and the back end is told."""
    bought = await (await purchase(talk)).agree()
    await bought.hurry(interval)
    answer = await bought.commit()
    assert (answer.status, answer.json["code"]) == (410, code)
    assert (await bought.seen())["state"] == "expired"

    async with asyncio.timeout(20):
        while [draft.state for draft in stage.back_office.payments.drafts.values()] != ["cancelled"]:
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(("amount", "status"), [("1000.00", 200), ("1000.01", 202)])
async def test_above_the_limit_a_person_has_to_approve(
    stage: Stage, company: Company, talk: Talk, amount: str, status: int
) -> None:
    """T33a, T34: strictly above; by a supervisor who took no part in it; carried out by the hub."""
    bought = await (await purchase(talk, amount)).agree()
    answer = await bought.commit()
    assert answer.status == status
    if status == 200:
        return
    assert answer.json["status"] == "pending_approval"
    assert isinstance(talk, McpTalk) or answer.headers["Location"] == f"/ai/v1/drafts/{bought.id}"
    assert stage.back_office.payments.commits == []
    sol = await supervisor(company)
    approval = await bought.approval(sol)
    assert (approval["amount"], approval["risk"], approval["state"]) == ("1000.01", ["amount"], "pending")
    assert (await decide(talk.agent, approval, "approve")).status == 403
    assert (await decide(company.root, approval, "approve")).json["code"] == "self_approval_forbidden"
    assert (await decide(sol, approval, "approve", "0" * 64)).status == 412
    assert (await decide(sol, approval, "approve")).json["state"] == "approved"
    done = await bought.until("committed")
    replayed = await bought.commit()
    assert (replayed.status, replayed.json["result"]["transaction_id"]) == (200, done["transaction_id"])
    told = "select type from events where type like 'approval.%' and conversation_id = $1::uuid order by seq"
    events = await stage.rows(told, talk.conversation_id)
    assert [row["type"] for row in events] == ["approval.requested", "approval.decided"]
    assert len(stage.back_office.payments.commits) == 1
    await verified(company.root)


async def test_a_rejected_one_is_never_paid(stage: Stage, company: Company, talk: Talk) -> None:
    """T35: nor approved afterwards."""
    bought = await (await purchase(talk, "5000.00")).agree()
    await bought.commit()
    sol = await supervisor(company)
    approval = await bought.approval(sol)
    assert (await decide(sol, approval, "reject")).json["state"] == "rejected"
    assert (await decide(sol, approval, "approve")).json["code"] == "draft_state_conflict"
    refused = await bought.commit()
    assert (refused.status, refused.json["code"]) == (409, "approval_denied")
    assert stage.back_office.payments.commits == []


async def test_amounts_are_added_up_over_a_day(talk: Talk) -> None:
    """T33b: 600 and 600 to one customer."""
    first = await (await purchase(talk, "600.00")).agree()
    assert (await first.commit()).status == 200
    second = await (await purchase(talk, "600.00")).agree()
    answer = await second.commit()
    assert (answer.status, answer.json["status"]) == (202, "pending_approval")
    assert (await second.row())["risk"] == ["aggregate"]


async def test_a_hub_that_is_killed_while_it_pays_has_paid_once(stage: Stage) -> None:
    """T32: kill -9 between the request and its answer, at each door."""
    office, company = stage.back_office, await Company.of(stage)
    purchases = [await (await purchase(talk)).agree() for talk in await at_each_door(company)]
    office.faults.next(len(purchases), Fault.hang(30.0, after=True), on="draft.commit")
    paying = [asyncio.create_task(bought.commit()) for bought in purchases]
    async with asyncio.timeout(20):
        while len(office.payments.commits) < len(purchases):
            await asyncio.sleep(0.02)
    stage.hub.kill()
    await asyncio.gather(*paying, return_exceptions=True)
    await stage.hub.start()
    for bought in purchases:
        assert (await bought.until("committed"))["transaction_id"] is not None
        answer = await bought.commit()
        assert (answer.status, answer.json["status"]) == (200, "ok")
    assert len(office.payments.commits) == len(purchases)
    assert len({request.key for request in office.ledger.of("draft.commit")}) == len(purchases)
    await verified(await stage.login("root@example.com"))


async def test_two_hubs_and_two_hundred_commits_at_once_pay_once(
    stage: Stage, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """T30, over two processes on one database, and by all doors."""
    company = await Company.of(stage)
    talk = await company.talk()
    bought = await (await purchase(talk)).agree()
    directory: Path = tmp_path_factory.mktemp("second")
    second = HubProcess(directory, stage.hub.database_url, stage.hub.options, office_port=stage.hub.office_port)
    await second.start()
    try:
        there = Talk(stage, talk.agent, talk.customer, talk.conversation_id, key=company.key, url=second.url)
        hubs = [talk, await company.join(there)]
        ways = [*hubs, *(McpTalk.like(hub, revision) for hub in hubs for revision in REVISIONS)]
        answers = await asyncio.gather(*(bought.commit(talk=ways[n % len(ways)]) for n in range(200)))
    finally:
        assert second.stop() == 0
    words = Counter(answer.json.get("code", answer.json.get("status")) for answer in answers)
    assert words.keys() <= {"ok", "request_in_progress"}, words
    assert words["ok"] >= 1
    assert len(stage.back_office.payments.commits) == 1
    assert stage.back_office.ledger.count("draft.commit") == 1


async def test_no_more_wait_for_a_person_than_a_person_can_see(stage: Stage) -> None:
    """T36: above twenty requests in a team the AI is told to wait; they are decided one by one, the largest first."""
    company = await Company.of(stage)
    sol = await supervisor(company)
    for left in (await sol.get("approvals"))["data"]:
        assert (await decide(sol, left, "reject")).status == 200
    talks = await at_each_door(company)
    talks += await asyncio.gather(*(company.talk() for _ in range(MOST_PER_TEAM + 1 - len(talks))))
    *first, last = await asyncio.gather(*(_agreed(talk, f"{2000 + n}.00") for n, talk in enumerate(reversed(talks))))
    assert {answer.status for answer in await asyncio.gather(*(bought.commit() for bought in first))} == {202}
    for door in (last.talk, *(McpTalk.like(last.talk, revision) for revision in REVISIONS)):
        refused = await last.commit(talk=door)
        assert (refused.status, refused.json["code"]) == (429, "approval_queue_full")
        assert refused.json["retry_after_s"] > 0
    assert (await last.seen())["state"] == "confirmed"
    waiting = (await sol.get("approvals"))["data"]
    assert [each["draft_id"] for each in waiting] == [bought.id for bought in reversed(first)]
    assert (await decide(sol, waiting[0], "reject")).json["state"] == "rejected"
    assert len((await sol.get("approvals"))["data"]) == MOST_PER_TEAM - 1
    assert (await last.commit()).status == 202
    assert stage.back_office.payments.commits == []


async def _agreed(talk: Talk, amount: str) -> Purchase:
    """A draft that the customer agreed to."""
    return await (await purchase(talk, amount)).agree()
