"""Requests for approval as supervisors page through them."""

from functools import partial
from typing import Any

import asyncpg
import pytest

from hub.ids import uuid7
from hub.money import Money
from hub.rights import Reader, Role
from hub.transaction import ending
from hub.transaction.approval import Approval, ApprovalState
from hub.transaction.ending import Verdict
from storage.approval import ApprovalRows
from storage.database import Database
from storage.journal import Journal
from tests.storage.transaction_scene import RULES, TransactionScene, begun_scene


@pytest.fixture
async def scene(database: Database, journal: Journal, decider: Any) -> TransactionScene:
    return await begun_scene(database, journal, decider)


async def waiting(scene: TransactionScene, minor: int) -> Approval:
    """A request of another customer."""
    other = await scene.more()
    draft, token = await other.confirmed(Money(minor, "USD"))
    approval = (await other.commit(draft, token)).move.approval
    assert approval is not None
    return approval


def supervisor(scene: TransactionScene) -> Reader:
    return Reader(uuid7(), Role.SUPERVISOR, frozenset({scene.team_id}))


async def test_what_waits_comes_by_amount(scene: TransactionScene, database: Database) -> None:
    rows, reader = ApprovalRows(database), supervisor(scene)
    made = [await waiting(scene, minor) for minor in (200_000, 900_000, 150_000, 900_000)]
    first = await rows.page(reader, ApprovalState.PENDING, None, 2)
    assert [card.amount.minor for card in first] == [900_000, 900_000]
    after = (str(first[-1].amount.minor), first[-1].approval.id)
    rest = await rows.page(reader, ApprovalState.PENDING, after, 10)
    assert [card.amount.minor for card in rest] == [200_000, 150_000]
    assert {card.approval.id for card in (*first, *rest)} == {approval.id for approval in made}


async def test_all_of_them_come_the_newest_first(scene: TransactionScene, database: Database) -> None:
    rows, reader = ApprovalRows(database), supervisor(scene)
    made = [await waiting(scene, 200_000) for _ in range(3)]
    page = await rows.page(reader, None, None, 2)
    assert [card.approval.id for card in page] == [made[2].id, made[1].id]
    after = (page[-1].approval.requested_at.isoformat(), page[-1].approval.id)
    assert [card.approval for card in await rows.page(reader, None, after, 2)] == [made[0]]


async def test_a_decision_is_shown_and_the_rest_still_waits(scene: TransactionScene, database: Database) -> None:
    rows, reader = ApprovalRows(database), supervisor(scene)
    draft, token = await scene.confirmed(Money(200_000, "USD"))
    approval = (await scene.commit(draft, token)).move.approval
    assert approval is not None
    verdict = Verdict(reader, ApprovalState.REJECTED, approval.terms.hex(), "too much")
    with pytest.raises(asyncpg.ForeignKeyViolationError):  # he has no account
        await scene.turn(draft, partial(ending.decide, verdict=verdict, rules=RULES))
    await scene.fetch(
        "insert into users (id, email, name, role, password_hash) values ($1, 'a@b.example', 'Ana', 'supervisor', '')",
        reader.user_id,
    )
    await scene.turn(draft, partial(ending.decide, verdict=verdict, rules=RULES))
    assert await rows.page(reader, ApprovalState.PENDING, None, 5) == []
    (card,) = await rows.page(reader, ApprovalState.REJECTED, None, 5)
    assert (card.approval.decided_by, card.approval.reason) == (reader.user_id, "too much")
    assert (await scene.store.announcements(10))[-1].data["approval"]["state"] == "rejected"


async def test_only_the_conversations_that_one_sees(scene: TransactionScene, database: Database) -> None:
    rows = ApprovalRows(database)
    approval = await waiting(scene, 200_000)
    stranger = Reader(uuid7(), Role.SUPERVISOR, frozenset({uuid7()}))
    admin = Reader(uuid7(), Role.ADMIN, frozenset())
    for reader, found in ((stranger, 0), (supervisor(scene), 1), (admin, 1)):
        assert len(await rows.page(reader, ApprovalState.PENDING, None, 5)) == found
        assert len(await rows.page(reader, None, None, 5)) == found
        assert (await rows.find(reader, approval.id) is not None) is bool(found)
    assert await rows.find(admin, uuid7()) is None


async def test_what_has_lapsed_does_not_wait(scene: TransactionScene, database: Database) -> None:
    await waiting(scene, 200_000)
    await scene.fetch("update transaction_approvals set expires_at = now() - interval '1 second'")
    assert await ApprovalRows(database).page(supervisor(scene), ApprovalState.PENDING, None, 5) == []
