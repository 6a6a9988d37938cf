"""The ticketing system as the contract has it."""

from hub.demo.back_office import BackOffice, Credentials, Habits
from tests.demo.back_office.conftest import Company


async def test_a_ticket_is_opened_read_commented_and_found(company: Company, office: BackOffice) -> None:
    body = {"customer_id": "c-1", "subject": "Card", "description": "Charged twice", "conversation_id": "7"}
    status, ticket = await company.ticketing("POST", "/tickets", json=body)
    assert (status, ticket["status"]) == (201, "open")

    status, comment = await company.ticketing("POST", f"/tickets/{ticket['id']}/comments", json={"body": "On it"})
    assert status == 201
    assert comment["ticket_id"] == ticket["id"]
    _, read = await company.ticketing("GET", f"/tickets/{ticket['id']}")
    assert read["comments"] == [{"body": "On it"}]
    assert read["conversation_id"] == "7"

    office.tickets.open("c-1", "Older", status="resolved")
    office.tickets.open("c-2", "Somebody else's")
    _, found = await company.ticketing("GET", "/tickets", params={"customer_id": "c-1", "status": "open"})
    assert [one["id"] for one in found["tickets"]] == [ticket["id"]]
    _, found = await company.ticketing("GET", "/tickets", params={"customer_id": "c-1"})
    assert [one["subject"] for one in found["tickets"]] == ["Older", "Card"]


async def test_the_api_key_must_be_right(company: Company, office: BackOffice) -> None:
    assert (await company.ticketing("GET", "/tickets", key="wrong", params={"customer_id": "c"}))[0] == 401
    assert office.ledger.of("ticket.search")[0].outcome == 401


async def test_a_repeated_creation_makes_one_ticket(company: Company, office: BackOffice) -> None:
    body = {"customer_id": "c-1", "subject": "Card", "description": "x"}
    headers = {"X-Api-Key": "ticket-key", "Idempotency-Key": "k"}
    url = f"{office.ticketing_url}/tickets"
    first = await company.call("POST", url, json=body, headers=headers)
    assert await company.call("POST", url, json=body, headers=headers) == first
    assert len(office.tickets.all) == 1
    assert (await company.call("POST", url, json={**body, "subject": "y"}, headers=headers))[0] == 422


async def test_what_is_missing_is_refused(company: Company) -> None:
    assert (await company.ticketing("POST", "/tickets", json={"customer_id": "c-1"}))[0] == 422
    assert (await company.ticketing("POST", "/tickets", data=b"{"))[0] == 400
    assert (await company.ticketing("GET", "/tickets/T-9"))[0] == 404
    assert (await company.ticketing("GET", "/tickets", params={"customer_id": "c", "status": "odd"}))[0] == 422


async def test_with_a_past_a_customer_has_the_same_tickets_and_payments_each_time() -> None:
    def office() -> BackOffice:
        return BackOffice(Credentials("k", {}, "", [], "whsec_eA=="), Habits(past=True))

    one, other = office(), office()
    assert [p.amount for p in one.payments.of("c-1")] == [p.amount for p in other.payments.of("c-1")] != []
    count = len(one.payments.of("c-1"))
    assert len(one.payments.of("c-1")) == count
