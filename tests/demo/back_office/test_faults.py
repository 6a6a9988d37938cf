"""What goes wrong on purpose, and what of it takes effect all the same."""

import asyncio
import time

import aiohttp
import orjson
import pytest

from hub.demo.back_office import BackOffice, Fault
from tests.demo.back_office.conftest import Company


async def test_errors_before_and_after_the_effect(company: Company, office: BackOffice) -> None:
    draft, token = await company.draft(), await company.token()
    path = f"/transactions/drafts/{draft['id']}/commit"
    office.faults.next(2, Fault.error(503, retry_after=1), on="draft.commit")
    assert [(await company.write(path, token=token, key="k"))[0] for _ in range(2)] == [503, 503]
    assert office.payments.commits == []
    office.faults.next(1, Fault.error(502, after=True), on="create")
    assert (await company.write(path, token=token, key="k"))[0] == 502
    assert office.payments.commits == [draft["id"]]
    status, answer = await company.write(path, token=token, key="k")
    assert (status, answer["state"]) == (200, "committed")
    assert [one.replayed for one in office.ledger.of("draft.commit")] == [False, False, False, True]


@pytest.mark.parametrize("after", [False, True])
async def test_a_connection_is_reset(company: Company, office: BackOffice, after: bool) -> None:
    office.faults.next(1, Fault.reset(after=after), on="ticketing")
    with pytest.raises(aiohttp.ClientError):
        await company.ticketing("POST", "/tickets", json={"customer_id": "c", "subject": "s", "description": "d"})
    assert len(office.tickets.all) == after


async def test_who_hangs_up_before_the_effect_has_prevented_it(company: Company, office: BackOffice) -> None:
    draft, token = await company.draft(), await company.token()
    office.faults.next(1, Fault.hang(30), on="draft")
    path = f"/transactions/drafts/{draft['id']}/commit"
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(company.write(path, token=token), 0.2)
    office.faults.next(1, Fault.hang(30, after=True), on="draft")
    assert office.payments.commits == []
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(company.write(path, token=token), 0.2)
    assert office.payments.commits == [draft["id"]]


async def test_a_delay_is_only_a_delay(company: Company, office: BackOffice) -> None:
    office.faults.next(1, Fault.hang(0.1), on="token")
    began = time.monotonic()
    await company.token()
    assert time.monotonic() - began >= 0.1


async def test_answers_that_are_no_answers(company: Company, office: BackOffice) -> None:
    ticket = office.tickets.open("c-1", "Card")
    path = f"/tickets/{ticket.id}"
    office.faults.next(1, Fault.truncated(), on="ticket.get")
    with pytest.raises(orjson.JSONDecodeError):
        await company.ticketing("GET", path)
    office.faults.next(1, Fault.html(), on="ticket.get")
    assert b"<html>" in (await company.ticketing("GET", path))[1]
    office.faults.next(1, Fault.redirect("http://127.0.0.1:1/"), on="ticket.get")
    assert (await company.ticketing("GET", path))[0] == 307
    office.faults.next(1, Fault.huge(300_000), on="ticket.get")
    with pytest.raises(orjson.JSONDecodeError):
        await company.ticketing("GET", path)
    office.faults.next(1, Fault.drip(0.001), on="ticket.get")
    assert (await company.ticketing("GET", path))[1]["id"] == ticket.id


async def test_secrets_are_echoed(company: Company, office: BackOffice) -> None:
    office.faults.next(1, Fault.echo(), on="ticketing")
    status, answer = await company.ticketing("GET", "/tickets", params={"customer_id": "c"})
    assert status == 500
    assert "ticket-key" in answer["error"]["message"]


async def test_answers_are_changed_and_the_books_are_not(company: Company, office: BackOffice) -> None:
    office.faults.next(1, Fault.changed(amount="9000.00", description=None), on="draft.create")
    draft = await company.draft("5.00")
    assert draft["amount"] == "9000.00"
    assert "description" not in draft
    assert office.payments.drafts[draft["id"]].amount == "5.00"
    office.payments.record("c-1", "7.00")
    office.faults.next(1, Fault.changed(status="teleported"), on="status")
    _, page = await company.read("/transactions?customer_id=c-1", await company.token())
    assert [item["status"] for item in page["transactions"]] == ["teleported"]


async def test_a_fault_stays_until_everything_is_cleared(company: Company, office: BackOffice) -> None:
    office.faults.always(Fault.error(500), on="ticketing")
    query = {"customer_id": "c"}
    assert [(await company.ticketing("GET", "/tickets", params=query))[0] for _ in range(3)] == [500] * 3
    office.faults.clear()
    assert (await company.ticketing("GET", "/tickets", params=query))[0] == 200


async def test_an_issuer_that_forgets_what_it_gave(company: Company, office: BackOffice) -> None:
    office.faults.tokens.forgets = True
    assert (await company.read("/transactions/x", await company.token()))[0] == 401


async def test_the_office_can_be_cut_off(company: Company, office: BackOffice) -> None:
    await office.refuse_connections()
    with pytest.raises(aiohttp.ClientError):
        await company.ticketing("GET", "/tickets/T-1")
    await office.accept_connections()
    assert (await company.ticketing("GET", "/tickets/T-1"))[0] == 404


async def test_the_ledger_counts_every_request(company: Company, office: BackOffice) -> None:
    await company.draft()
    await company.ticketing("GET", "/tickets/T-1")
    assert (office.ledger.count("draft.create"), office.ledger.count("ticket"), office.ledger.count()) == (1, 1, 3)
