"""Supervisors decide, on what they saw, and nobody on what he took part in (threats T34 to T37)."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from hub.rights import Role
from storage.database import Database
from tests.web.transaction_stage import TransactionStage, staged_transactions


@pytest.fixture
async def stage(database: Database, aiohttp_client: Any) -> AsyncIterator[TransactionStage]:
    async with staged_transactions(database, aiohttp_client) as stage:
        yield stage


async def waiting(stage: TransactionStage, amount: str = "1000.01") -> Any:
    """A request of a new customer, as the supervisor sees it."""
    await stage.begin()
    draft_id, token = await stage.agreed(amount)
    answer = await stage.drafts_of_ai.commit(stage.call, draft_id, token)
    assert answer.status == "pending_approval"
    found = await stage.get("approvals", stage.supervises)
    return next(one for one in found["data"] if one["draft_id"] == str(draft_id))


async def decides(
    stage: TransactionStage, approval: Any, verdict: str, headers: Any = None, body: Any = None, **more: str
) -> Any:
    """A word on it; the status and the answer."""
    answer = await stage.ask("POST", f"approvals/{approval['id']}/{verdict}", body, headers or stage.supervises, **more)
    return answer.status, await answer.json()


async def test_what_waits_is_listed_by_amount_page_by_page(stage: TransactionStage) -> None:
    made = [await waiting(stage, amount) for amount in ("2000.00", "9000.00", "1500.00")]
    first = await stage.get("approvals?limit=2", stage.supervises)
    assert [one["amount"] for one in first["data"]] == ["9000.00", "2000.00"]
    rest = await stage.get(f"approvals?limit=2&cursor={first['next_cursor']}", stage.supervises)
    assert ([one["amount"] for one in rest["data"]], rest["next_cursor"]) == (["1500.00"], None)
    assert made[0]["risk"] == ["amount"]
    assert made[0]["ai_description"] == {"untrusted_text": "Two chairs"}
    await decides(stage, made[1], "reject")
    decided = await stage.get("approvals?state=rejected", stage.supervises)
    assert [one["amount"] for one in decided["data"]] == ["9000.00"]


async def test_an_approved_one_is_carried_out(stage: TransactionStage) -> None:
    approval = await waiting(stage)
    status, decided = await decides(
        stage, approval, "approve", body={"reason": "known"}, If_Match=f'"{approval["draft_hash"]}"'
    )
    assert status == 200
    assert (decided["state"], decided["decided_by"], decided["reason"]) == (
        "approved",
        str(stage.supervisor.id),
        "known",
    )
    await stage.until(approval["draft_id"], "committed")
    again, same = await decides(stage, approval, "approve")
    assert (again, same["decided_at"]) == (200, decided["decided_at"])
    conflict, problem = await decides(stage, approval, "reject")
    assert (conflict, problem["code"], problem["current_state"]) == (409, "draft_state_conflict", "approved")
    assert await stage.value("select count(*) from transaction_approvals") == 1


async def test_only_what_was_seen_is_decided(stage: TransactionStage) -> None:
    approval = await waiting(stage)
    status, problem = await decides(stage, approval, "approve", If_Match=f'"{"0" * 64}"')
    assert (status, problem["code"], problem["draft_hash"]) == (412, "precondition_failed", approval["draft_hash"])
    status, problem = await decides(stage, approval, "approve", If_Match='"3"')
    assert (status, problem["errors"][0]["path"]) == (422, "If-Match")
    shown = await stage.ask("GET", f"approvals/{approval['id']}", headers=stage.supervises)
    assert shown.headers["ETag"] == f'"{approval["draft_hash"]}"'
    assert (await decides(stage, approval, "approve", If_Match="*"))[0] == 200


async def test_who_took_part_does_not_decide(stage: TransactionStage) -> None:
    approval = await waiting(stage)
    owner, owners = await stage.somebody(Role.ADMIN, in_team=True)
    await stage.execute("update api_keys set created_by = $1", owner.id)
    for verdict in ("approve", "reject"):
        status, problem = await decides(stage, approval, verdict, owners)
        assert (status, problem["code"]) == (403, "self_approval_forbidden")
    await stage.alter(stage.conversation_id, assignee_id=stage.supervisor.id)
    assert (await decides(stage, approval, "approve"))[1]["code"] == "self_approval_forbidden"
    other, others = await stage.somebody(Role.SUPERVISOR, in_team=True)
    assert (await decides(stage, approval, "approve", others))[0] == 200
    assert other


async def test_agents_and_strangers_have_no_part_in_it(stage: TransactionStage) -> None:
    approval = await waiting(stage)
    assert (await stage.ask("GET", "approvals")).status == 403
    assert (await decides(stage, approval, "approve", stage.headers))[0] == 403
    _, outside = await stage.somebody(Role.SUPERVISOR, in_team=False)
    assert (await stage.get("approvals", outside))["data"] == []
    assert (await decides(stage, approval, "approve", outside))[0] == 404
    assert (await decides(stage, {"id": uuid4()}, "approve"))[0] == 404


async def test_nobody_decides_too_late_or_after_the_customer(stage: TransactionStage) -> None:
    approval = await waiting(stage)
    await stage.replies("cancel")
    await stage.until(approval["draft_id"], "cancelled")
    status, problem = await decides(stage, approval, "approve")
    assert (status, problem["code"]) == (409, "draft_state_conflict")
    late = await waiting(stage)
    await stage.hurry(late["draft_id"], minutes=16)
    await stage.until(late["draft_id"], "expired")
    assert (await decides(stage, late, "approve"))[1]["code"] == "approval_expired"


async def test_a_decision_is_repeated_under_its_key(stage: TransactionStage) -> None:
    approval = await waiting(stage)
    key = str(uuid4())
    first = await decides(stage, approval, "approve", Idempotency_Key=key)
    assert first == await decides(stage, approval, "approve", Idempotency_Key=key)


async def test_a_decision_is_in_the_audit_once(stage: TransactionStage) -> None:
    approved, rejected = await waiting(stage), await waiting(stage)
    for approval, verdict in ((approved, "approve"), (approved, "approve"), (rejected, "reject")):
        assert (await decides(stage, approval, verdict))[0] == 200
    rows = [row for row in await stage.audited() if row["tool"] == "decide_approval"]
    assert [(row["decision"], row["approval_id"]) for row in rows] == [
        ("approved", approved["id"]),
        ("rejected", rejected["id"]),
    ]
    assert {(row["actor"], row["phase"]) for row in rows} == {(f"user:{stage.supervisor.id}", "decision")}


@pytest.mark.parametrize("verdict", ["approve", "reject"])
async def test_without_the_audit_nothing_is_decided(stage: TransactionStage, verdict: str) -> None:
    approval = await waiting(stage)
    await stage.lose_audit()
    status, problem = await decides(stage, approval, verdict)
    assert (status, problem["code"]) == (503, "audit_unavailable")
    assert (await stage.get(f"approvals/{approval['id']}", stage.supervises))["state"] == "pending"
