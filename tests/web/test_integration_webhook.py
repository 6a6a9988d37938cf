"""Webhooks of back ends at their door: duplicates, old ones, forged ones, and the order of things."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks import Webhook

from hub.dead_letter import LetterKind, Which
from hub.demo.back_office import Payment
from hub.demo.back_office.webhooks import Forgery, earlier
from storage.database import Database
from tests.web.back_office_stage import WEBHOOK, BackOfficeStage, staged_back_office

NAME = "transaction_status"
OTHER_SECRET = "whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldCwgbm90IG91cnM="


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[BackOfficeStage]:
    async with staged_back_office(database, aiohttp_client) as stage:
        yield stage


@pytest.fixture
def payment(desk: BackOfficeStage) -> Payment:
    return desk.office.payments.record("C-7", "10.00", status="pending")


def changes(desk: BackOfficeStage) -> int:
    """How often replicas were told."""
    return desk.events.count("integration.changed")


async def test_a_repetition_is_taken_and_changes_nothing(desk: BackOfficeStage, payment: Payment) -> None:
    for _ in range(3):
        assert await desk.office.webhooks.send(payment, Forgery(id="msg_1")) == 200
    assert changes(desk) == 1
    assert desk.came == [(NAME, "new"), (NAME, "duplicate"), (NAME, "duplicate")]


async def test_an_older_one_is_taken_and_changes_nothing(desk: BackOfficeStage, payment: Payment) -> None:
    assert await desk.office.webhooks.send(payment) == 200
    assert await desk.office.webhooks.send(payment, Forgery(at=earlier(payment, 30))) == 200
    assert changes(desk) == 1
    assert desk.came == [(NAME, "new"), (NAME, "older")]


@pytest.mark.parametrize("forgery", [Forgery(secret=OTHER_SECRET), Forgery(age=360.0), Forgery(age=-360.0)])
async def test_a_forged_or_late_one_is_refused(desk: BackOfficeStage, payment: Payment, forgery: Forgery) -> None:
    assert await desk.office.webhooks.send(payment, forgery) == 401
    assert changes(desk) == 0
    assert desk.came == [(NAME, "invalid_signature")]


async def test_a_clock_a_few_minutes_off_is_no_forgery(desk: BackOfficeStage, payment: Payment) -> None:
    assert await desk.office.webhooks.send(payment, Forgery(age=240.0)) == 200


async def test_one_whose_news_could_not_be_told_is_news_when_it_comes_again(
    desk: BackOfficeStage, payment: Payment
) -> None:
    async with desk.database.acquire() as connection:
        await connection.execute("alter table events rename to events_away")
    assert await desk.office.webhooks.send(payment, Forgery(id="msg_1")) >= 500
    async with desk.database.acquire() as connection:
        await connection.execute("alter table events_away rename to events")
    assert await desk.office.webhooks.send(payment, Forgery(id="msg_1")) == 200
    assert changes(desk) == 1
    assert [outcome for _, outcome in desk.came] == ["rejected", "new"]


async def test_back_ends_that_send_none(desk: BackOfficeStage) -> None:
    for name in ("ticketing", "transaction_create", "payroll", "whatsapp-main"):
        assert (await desk.client.post(f"/webhooks/integrations/{name}", data=b"{}")).status == 404


async def test_the_door_needs_no_sign_in_and_believes_nothing_without_signature(desk: BackOfficeStage) -> None:
    answer = await desk.client.post(f"/webhooks/integrations/{NAME}", data=b"{}")
    assert (answer.status, (await answer.json())["code"]) == (401, "unauthenticated")


async def test_one_that_cannot_be_read_changes_something_and_is_put_down(desk: BackOfficeStage) -> None:
    for n in range(2):
        body, at = b"not even JSON", datetime.now(UTC)
        headers = {
            "webhook-id": f"msg_{n}",
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(WEBHOOK).sign(f"msg_{n}", at, body.decode()),
        }
        answer = await desk.client.post(f"/webhooks/integrations/{NAME}", data=body, headers=headers)
        assert (answer.status, await answer.json()) == (200, {"taken": "new"})
    assert changes(desk) == 2
    letters = await desk.dead_letters.page(Which(), None, 10)
    assert [(letter.kind, letter.times, dict(letter.payload)) for letter in letters] == [
        (LetterKind.WEBHOOK, 2, {"webhook_id": "msg_1"})
    ]


async def test_at_the_gate_it_is_counted_as_at_the_door(desk: BackOfficeStage) -> None:
    gates = {gate.path: gate for route in desk.routes() for gate in route.gates}
    gates[f"/webhooks/integrations/{NAME}"].refused()
    assert desk.came == [(NAME, "rejected")]
