"""Transactions at the desk: whose customer one sees, to the cent, and how old."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from hub.demo.back_office import Fault
from hub.rights import Role
from storage.database import Database
from tests.web.back_office_stage import BackOfficeStage, staged_back_office


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[BackOfficeStage]:
    async with staged_back_office(database, aiohttp_client) as stage:
        yield stage


async def test_a_customers_history_page_by_page(desk: BackOfficeStage) -> None:
    customer = await desk.known_customer("C-7")
    made = [desk.office.payments.record("C-7", f"{n}.50") for n in range(5)]
    found, path = [], f"customers/{customer}/transactions?limit=2"
    page = await desk.get(path)
    found += page["data"]
    while page["next_cursor"]:
        page = await desk.get(f"{path}&cursor={page['next_cursor']}")
        found += page["data"]
    assert [t["id"] for t in found] == [payment.id for payment in reversed(made)]
    assert found[0]["amount"] == {"amount": "4.50", "currency": "USD"}
    assert found[0]["customer_id"] == str(customer)


async def test_a_cursor_is_one_customers(desk: BackOfficeStage) -> None:
    customer, other = await desk.known_customer("C-7"), await desk.known_customer("C-8")
    for n in range(3):
        desk.office.payments.record("C-7", f"{n}.50")
    cursor = (await desk.get(f"customers/{customer}/transactions?limit=2"))["next_cursor"]
    for wrong in (
        f"customers/{other}/transactions?cursor={cursor}",
        f"customers/{customer}/transactions?cursor=ZnJvbTow",
    ):
        assert (await desk.ask("GET", wrong)).status == 422
    assert (await desk.ask("GET", f"customers/{customer}/transactions?limit=51")).status == 422


async def test_one_transaction_and_how_old_it_is(desk: BackOfficeStage) -> None:
    customer = await desk.known_customer("C-7")
    payment = desk.office.payments.record("C-7", "1450.00", status="pending")
    shown = await desk.get(f"transactions/{payment.id}")
    assert (shown["id"], shown["status"], shown["customer_id"]) == (payment.id, "pending", str(customer))
    assert (shown["amount"], shown["cached"], shown["stale"]) == (
        {"amount": "1450.00", "currency": "USD"},
        False,
        False,
    )
    assert (await desk.get(f"transactions/{payment.id}"))["cached"]


async def test_what_one_may_not_see_is_not_there(desk: BackOfficeStage) -> None:
    customer = await desk.known_customer("C-7")
    payment = desk.office.payments.record("C-7", "1450.00")
    _, stranger = await desk.somebody(Role.AGENT, in_team=False)
    answers = [
        await desk.ask("GET", f"transactions/{payment.id}", headers=stranger),
        await desk.ask("GET", "transactions/TX-0", headers=stranger),
        await desk.ask("GET", f"customers/{customer}/transactions", headers=stranger),
    ]
    assert {answer.status for answer in answers} == {404}
    assert len({(await answer.json())["detail"] for answer in answers}) == 1
    _, admin = await desk.somebody(Role.ADMIN, in_team=False)
    assert (await desk.get(f"transactions/{payment.id}", admin))["id"] == payment.id


async def test_a_webhook_makes_the_copy_worthless(desk: BackOfficeStage) -> None:
    await desk.known_customer("C-7")
    payment = desk.office.payments.record("C-7", "1450.00", status="pending")
    assert (await desk.get(f"transactions/{payment.id}"))["status"] == "pending"
    desk.office.payments.move(payment.id, "completed")
    await desk.office.webhooks.quiet()
    shown = await desk.get(f"transactions/{payment.id}")
    assert (shown["status"], shown["cached"]) == ("completed", False)


async def test_no_older_copy_of_money_is_shown(desk: BackOfficeStage) -> None:
    await desk.known_customer("C-7")
    payment = desk.office.payments.record("C-7", "1450.00")
    desk.office.faults.always(Fault.error(500), on="transaction")
    for _ in range(6):
        answer = await desk.ask("GET", f"transactions/{payment.id}")
    assert (answer.status, (await answer.json())["code"]) == (503, "integration_circuit_open")
