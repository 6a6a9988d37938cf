"""The switches over HTTP."""

from hub.demo.back_office import BackOffice
from tests.demo.back_office.conftest import Company, Receiver


async def test_payments_and_tickets_are_made_and_moved(
    company: Company, office: BackOffice, receiver: Receiver
) -> None:
    base = f"{office.base_url}/office"
    _, payment = await company.call("POST", f"{base}/payments", json={"customer_id": "c-1", "amount": "5.00"})
    _, moved = await company.call("POST", f"{base}/payments/{payment['id']}", json={"status": "refunded"})
    await office.webhooks.quiet()
    assert moved["status"] == "refunded"
    assert len(receiver.bodies) == 1
    forged = {"secret": "whsec_Zm9yZ2Vk", "age": 400, "id": "msg_1", "earlier": 5}
    _, told = await company.call("POST", f"{base}/payments/{payment['id']}/webhook", json=forged)
    assert told == {"status": 200}
    assert len(receiver.bodies) == 2
    _, ticket = await company.call("POST", f"{base}/tickets", json={"customer_id": "c-1", "subject": "Card"})
    _, ticket = await company.call("POST", f"{base}/tickets/{ticket['id']}", json={"status": "resolved"})
    assert ticket["status"] == "resolved"
    _, listed = await company.call("GET", f"{base}/payments")
    assert [one["id"] for one in listed["payments"]] == [payment["id"]]


async def test_faults_are_planned_and_cleared(company: Company, office: BackOffice) -> None:
    faults = f"{office.base_url}/office/faults"
    wish = {"kind": "error", "on": "ticketing", "http": 502, "times": 1}
    assert (await company.call("POST", faults, json=wish))[0] == 201
    assert (await company.ticketing("GET", "/tickets/T-1"))[0] == 502
    assert (await company.ticketing("GET", "/tickets/T-1"))[0] == 404
    assert (await company.call("POST", faults, json={**wish, "probability": 1.0}))[0] == 201
    assert (await company.ticketing("GET", "/tickets/T-1"))[0] == 502
    await company.call("POST", faults, json={"tokens": {"expires_in": 5}, "webhooks": {"muted": True}})
    assert (office.faults.tokens.expires_in, office.faults.webhooks.muted) == (5, True)
    await company.call("DELETE", faults)
    assert (await company.ticketing("GET", "/tickets/T-1"))[0] == 404
    assert not office.faults.webhooks.muted


async def test_the_ledger_shows_requests_without_secrets(company: Company, office: BackOffice) -> None:
    await company.draft()
    _, ledger = await company.call("GET", f"{office.base_url}/office/ledger")
    assert ledger["counts"] == {"token": 1, "draft.create": 1}
    assert ledger["requests"][-1]["outcome"] == 201
    assert "Bearer" not in str(ledger)
    assert "signing" not in str(ledger)


async def test_a_wish_that_makes_no_sense_is_the_callers_mistake(company: Company, office: BackOffice) -> None:
    base = f"{office.base_url}/office"
    assert (await company.call("POST", f"{base}/faults", json={"kind": "odd", "on": "x"}))[0] == 400
    assert (await company.call("POST", f"{base}/payments", json={}))[0] == 400
    assert (await company.call("POST", f"{base}/payments/TX-1", json={"status": "x"}))[0] == 400
    token = await company.token()
    await company.call("POST", f"{base}/tokens/revoke")
    assert (await company.read("/transactions/x", token))[0] == 401
