"""Tickets at the desk: whose customer one sees, and what acts leaves its rows in the audit."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from hub.demo.back_office import Fault
from hub.rights import Role
from storage.database import Database
from tests.web.back_office_stage import BackOfficeStage, staged_back_office


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[BackOfficeStage]:
    async with staged_back_office(database, aiohttp_client) as stage:
        yield stage


async def test_a_customers_tickets(desk: BackOfficeStage) -> None:
    customer = await desk.known_customer("C-7")
    ticket = desk.office.tickets.open("C-7", "Broken", "It is")
    desk.office.tickets.open("C-8", "Somebody else's")
    shown = await desk.get(f"customers/{customer}/tickets")
    assert [(t["id"], t["subject"], t["customer_id"]) for t in shown["data"]] == [(ticket.id, "Broken", str(customer))]
    assert (shown["next_cursor"], shown["cached"], shown["stale"]) == (None, False, False)
    assert shown["as_of"].endswith("Z")
    again = await desk.get(f"customers/{customer}/tickets")
    assert (again["cached"], again["as_of"]) == (True, shown["as_of"])
    assert (await desk.get(f"customers/{customer}/tickets?status=resolved"))["data"] == []
    assert (await desk.ask("GET", f"customers/{customer}/tickets?status=lost")).status == 422


async def test_a_customer_whom_one_does_not_see_has_none(desk: BackOfficeStage) -> None:
    customer = await desk.known_customer("C-7")
    ticket = desk.office.tickets.open("C-7", "Broken")
    _, stranger = await desk.somebody(Role.AGENT, in_team=False)
    body = {"customer_id": str(customer), "subject": "x"}
    for method, path, given in (
        ("GET", f"customers/{customer}/tickets", None),
        ("GET", f"tickets/{ticket.id}", None),
        ("POST", "tickets", body),
        ("POST", f"tickets/{ticket.id}/comments", {"body": "x"}),
    ):
        answer = await desk.ask(method, path, given, stranger)
        missing = await desk.ask(
            method, path.replace(str(customer), str(uuid4())).replace(ticket.id, "T-0"), given, stranger
        )
        assert answer.status == missing.status == 404, path
        problems = [await a.json() for a in (answer, missing)]
        assert problems[0]["detail"] == problems[1]["detail"], path
    assert desk.office.ledger.count("ticket.create") == desk.office.ledger.count("ticket.comment") == 0


async def test_one_ticket(desk: BackOfficeStage) -> None:
    customer = await desk.known_customer("C-7")
    ticket = desk.office.tickets.open("C-7", "Broken", "<b>It</b>\u202e is", status="resolved")
    shown = await desk.get(f"tickets/{ticket.id}")
    assert (shown["status"], shown["provider_status"]) == ("resolved", "resolved")
    assert (shown["description"], shown["customer_id"]) == ("<b>It</b> is", str(customer))
    for id in ("T-0", "..", "a%2fb", "x" * 200):
        assert (await desk.ask("GET", f"tickets/{id}")).status == 404
    nobodys = desk.office.tickets.open("C-99", "Nobody's here")
    assert (await desk.ask("GET", f"tickets/{nobodys.id}")).status == 404
    _, admin = await desk.somebody(Role.ADMIN, in_team=False)
    assert (await desk.get(f"tickets/{nobodys.id}", admin))["customer_id"] is None


async def test_a_ticket_is_made_once_and_shown_at_once(desk: BackOfficeStage) -> None:
    conversation = await desk.says()
    customer = await desk.customer_id(conversation)
    assert (await desk.get(f"customers/{customer}/tickets"))["data"] == []
    body = {"customer_id": str(customer), "subject": "Late", "conversation_id": str(conversation)}
    made = await desk.ask("POST", "tickets", body, Idempotency_Key="k1")
    shown = await made.json()
    assert (made.status, made.headers["Location"]) == (201, f"/api/v1/tickets/{shown['id']}")
    kept = desk.office.tickets.all[shown["id"]]
    assert (kept.customer_id, kept.conversation_id, kept.subject) == (str(customer), str(conversation), "Late")
    again = await desk.ask("POST", "tickets", body, Idempotency_Key="k1")
    assert (await again.json(), again.headers["Idempotent-Replayed"]) == (shown, "true")
    assert len(desk.office.tickets.all) == 1
    assert [t["id"] for t in (await desk.get(f"customers/{customer}/tickets"))["data"]] == [shown["id"]]


async def test_a_repeated_request_after_a_lost_answer_makes_no_second_ticket(desk: BackOfficeStage) -> None:
    customer = await desk.known_customer()
    desk.office.faults.next(3, Fault.error(502, after=True), on="ticket.create")
    body = {"customer_id": str(customer), "subject": "Late"}
    lost = await desk.ask("POST", "tickets", body, Idempotency_Key="k1")
    assert (lost.status, (await lost.json())["code"]) == (502, "integration_ambiguous")
    found = await desk.ask("POST", "tickets", body, Idempotency_Key="k1")
    assert found.status == 201
    assert len(desk.office.tickets.all) == 1


async def test_a_conversation_with_somebody_else_is_no_reference(desk: BackOfficeStage) -> None:
    customer, other = await desk.known_customer(), await desk.says()
    body = {"customer_id": str(customer), "subject": "Late", "conversation_id": str(other)}
    assert (await desk.ask("POST", "tickets", body)).status == 404


async def test_a_comment(desk: BackOfficeStage) -> None:
    await desk.known_customer("C-7")
    ticket = desk.office.tickets.open("C-7", "Broken")
    answer = await desk.ask("POST", f"tickets/{ticket.id}/comments", {"body": "The customer wrote again."})
    assert (answer.status, await answer.json()) == (201, {"ticket_id": ticket.id})
    assert ticket.comments == ["The customer wrote again."]


async def test_what_acts_has_its_rows_in_the_audit(desk: BackOfficeStage) -> None:
    customer = await desk.known_customer("C-7")
    await desk.ask("POST", "tickets", {"customer_id": str(customer), "subject": "A private matter"})
    desk.office.faults.next(1, Fault.error(422), on="ticket.create")
    await desk.ask("POST", "tickets", {"customer_id": str(customer), "subject": "Another one"})
    async with desk.database.acquire() as connection:
        rows = [row["body"] for row in await connection.fetch("select body from audit_log order by seq")]
    assert len(rows) == 4
    assert ['"decision":"allowed"' in row for row in rows] == [True, False, True, False]
    assert '"problem":"integration_error"' in rows[3]
    assert '"provider_status":422' in rows[3]
    assert f"user:{desk.ana.id}" in rows[0]
    assert "private" not in "".join(rows)


async def test_without_the_audit_nothing_is_done_over_there(desk: BackOfficeStage) -> None:
    customer = await desk.known_customer("C-7")
    async with desk.database.acquire() as connection:
        await connection.execute("alter table audit_head rename to audit_head_away")
    answer = await desk.ask("POST", "tickets", {"customer_id": str(customer), "subject": "Late"})
    assert (answer.status, (await answer.json())["code"]) == (503, "audit_unavailable")
    assert desk.office.ledger.count("ticket.create") == 0


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (Fault.error(500), 502, "integration_error"),
        (Fault.error(429, retry_after=60), 503, "integration_overloaded"),
        (Fault.hang(30.0), 504, "integration_timeout"),
        (Fault.html(), 502, "integration_error"),
    ],
)
async def test_what_goes_wrong_over_there(desk: BackOfficeStage, fault: Fault, status: int, code: str) -> None:
    customer = await desk.known_customer("C-7")
    desk.office.faults.always(fault, on="ticket")
    answer = await desk.ask("GET", f"customers/{customer}/tickets")
    problem = await answer.json()
    assert (answer.status, problem["code"]) == (status, code)
    assert not {"127.0.0.1", "ticketing/"} & set(str(problem).split())


async def test_five_failures_and_the_desk_says_when_to_come_again(desk: BackOfficeStage) -> None:
    customer = await desk.known_customer("C-7")
    desk.office.faults.always(Fault.error(500), on="ticket")
    for _ in range(5):
        await desk.ask("GET", f"customers/{customer}/tickets")
    answer = await desk.ask("GET", f"customers/{customer}/tickets")
    assert (answer.status, (await answer.json())["code"]) == (503, "integration_circuit_open")
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert desk.office.ledger.count("ticket.search") == 5


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"subject": "x"},
        {"customer_id": "7", "subject": "x"},
        {"customer_id": str(uuid4()), "subject": "", "more": 1},
    ],
)
async def test_a_body_that_is_wrong(desk: BackOfficeStage, body: dict[str, Any]) -> None:
    assert (await desk.ask("POST", "tickets", body)).status == 422
