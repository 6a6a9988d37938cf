"""The company's back ends from outside: circuits, copies, webhooks, and what never leaves or comes back."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.demo.back_office import Fault
from hub.demo.back_office.webhooks import Forgery, earlier
from tests.acceptance.agent import Agent, Json
from tests.acceptance.process import HubProcess
from tests.acceptance.stage import ROOT, Stage, eventually

OPEN = 1.5
OPTIONS = {
    "circuits.open": "1500ms",
    "circuits.backoff_base": "1ms",
    "circuits.attempts": "1",
    "circuits.in_flight": "50",
    "circuits.waiting": "100",
    "integrations.ticketing.timeout": "5s",
}


@pytest.fixture
async def root(stage: Stage) -> AsyncIterator[Agent]:
    agent = await stage.login(ROOT)
    yield agent
    stage.back_office.faults.clear()
    for name in ("ticketing", "transaction_status", "transaction_create"):
        await closes(agent, name)


async def closes(root: Agent, name: str) -> None:
    """The circuit is closed, or closes once a call may go out."""

    async def closed() -> bool:
        return bool((await tried(root, name))["ok"])

    await eventually(closed)


async def tried(root: Agent, name: str) -> Json:
    """A call of the back end, and how it went."""
    told: Json = (await root.request("POST", f"/api/v1/integrations/{name}/test")).json
    return told


async def state(root: Agent, name: str) -> str:
    shown = (await root.get("integrations"))["data"]
    return str(next(each["circuit"]["state"] for each in shown if each["name"] == name))


async def app_customer(stage: Stage, root: Agent) -> str:
    """A customer who wrote, as the hub knows them."""
    _, conversation = await stage.conversation(root)
    found: str = await stage.value("select customer_id::text from conversations where id = $1::uuid", conversation)
    return found


async def test_five_failures_open_the_circuit_and_one_call_tries(stage: Stage, root: Agent) -> None:
    stream = await root.socket()
    office = stage.back_office
    office.faults.always(Fault.error(500), on="ticketing")
    told = [await tried(root, "ticketing") for _ in range(8)]
    assert Counter(each["problem"] for each in told) == {"integration_error": 5, "integration_circuit_open": 3}
    assert office.ledger.count("ticket") == 5
    assert await state(root, "ticketing") == "open"
    await stream.until(lambda s: s.of("circuit.changed"))
    assert stream.of("circuit.changed")[-1]["data"]["state"] == "open"
    assert await stage.metric('hub_integration_circuit_state{integration="ticketing",state="open"}') == 1
    office.faults.clear()
    office.faults.always(Fault.hang(3.0), on="ticketing")
    await asyncio.sleep(OPEN)
    answers = await asyncio.gather(*(root.request("GET", f"/api/v1/tickets/T-{n}") for n in range(100)))
    assert Counter(answer.status for answer in answers) == {404: 1, 503: 99}
    assert {answer.headers["Retry-After"] for answer in answers if answer.status == 503} <= {"1", "2"}
    assert office.ledger.count("ticket") == 6
    office.faults.clear()
    await stream.until(lambda s: len(s.of("circuit.changed")) > 1)
    assert stream.of("circuit.changed")[-1]["data"] == {
        "integration": "ticketing",
        "state": "closed",
        "retry_after_s": 0,
    }
    told = await asyncio.gather(*(tried(root, "ticketing") for _ in range(100)))
    assert all(each["ok"] for each in told)


async def test_refusals_do_not_open_it(stage: Stage, root: Agent) -> None:
    for _ in range(20):
        assert (await root.request("GET", "/api/v1/tickets/T-0")).status == 404
    stage.back_office.faults.next(20, Fault.error(422), on="ticket.get")
    for n in range(20):
        assert (await root.request("GET", f"/api/v1/tickets/T-{n}")).status == 502
    assert await state(root, "ticketing") == "closed"


async def test_an_open_circuit_outlives_the_hub(stage: Stage, root: Agent) -> None:
    office = stage.back_office
    office.faults.always(Fault.error(500), on="ticketing")
    for _ in range(5):
        await tried(root, "ticketing")

    async def noted() -> bool:
        return bool(await stage.value("select state = 'open' from circuit_state where circuit = 'ticketing'"))

    await eventually(noted)
    await stage.database.execute("update circuit_state set changed_at = now() + interval '1 hour'")
    stage.hub.kill()
    await stage.hub.start()
    root.token = (await stage.login(ROOT)).token
    before = office.ledger.count("ticket")
    assert (await tried(root, "ticketing"))["problem"] == "integration_circuit_open"
    assert office.ledger.count("ticket") == before
    office.faults.clear()
    await closes(root, "ticketing")  # and not in an hour, whatever the clock said


async def test_webhooks_make_copies_worthless_once(stage: Stage, root: Agent) -> None:
    office = stage.back_office
    payment = office.payments.record("C-1", "12.00", status="pending")
    path = f"transactions/{payment.id}"
    assert (await root.get(path))["status"] == "pending"
    assert (await root.get(path))["cached"]
    office.payments.move(payment.id, "completed")
    await office.webhooks.quiet()
    shown = await root.get(path)
    assert (shown["status"], shown["cached"]) == ("completed", False)

    async def told() -> int:
        found: int = await stage.value("select count(*) from events where type = 'integration.changed'")
        return found

    before = await told()
    assert await office.webhooks.send(payment, Forgery(id="msg_twice")) == 200
    assert await office.webhooks.send(payment, Forgery(id="msg_twice")) == 200
    assert await office.webhooks.send(payment, Forgery(at=earlier(payment, 60))) == 200
    assert await office.webhooks.send(payment, Forgery(secret="whsec_bm90IG91cnMsIG5vdCBvdXJzLCBub3Qgb3Vycw==")) == 401
    assert await office.webhooks.send(payment, Forgery(age=360)) == 401
    assert await told() == before + 1


async def test_nobody_is_told_of_what_concerns_replicas_alone(stage: Stage, root: Agent) -> None:
    stream = await root.socket()
    payment = stage.back_office.payments.record("C-1", "12.00")
    assert await stage.back_office.webhooks.send(payment) == 200
    await app_customer(stage, root)
    await stream.until(lambda s: s.of("message.received"))
    assert stream.of("integration.changed") == []


async def test_every_replica_hears_of_a_webhook(stage: Stage, root: Agent, tmp_path: Path) -> None:
    office = stage.back_office
    second = HubProcess(tmp_path, stage.hub.database_url, stage.hub.options, office_port=stage.hub.office_port)
    await second.start()
    try:
        there = Agent(stage.session, second.url, root.user, root.token)
        payment = office.payments.record("C-1", "12.00", status="pending")
        customer = await app_customer(stage, root)
        made = await root.request("POST", "/api/v1/tickets", {"customer_id": customer, "subject": "Late"})
        for agent in (root, there):
            assert (await agent.get(f"transactions/{payment.id}"))["status"] == "pending"
            assert (await agent.get(f"tickets/{made.json['id']}"))["status"] == "open"
        office.payments.move(payment.id, "completed")
        await office.webhooks.quiet()

        async def heard() -> bool:
            return bool((await there.get(f"transactions/{payment.id}"))["status"] == "completed")

        await eventually(heard)

        async def kept() -> bool:
            return bool((await there.get(f"tickets/{made.json['id']}"))["cached"])

        await eventually(kept)
        office.tickets.all[made.json["id"]].status = "closed"
        await root.request("POST", f"/api/v1/tickets/{made.json['id']}/comments", {"body": "Done."})

        async def asked() -> bool:
            return bool((await there.get(f"tickets/{made.json['id']}"))["status"] == "closed")

        await eventually(asked)
    finally:
        assert second.stop() == 0


async def test_a_redirect_leads_nowhere(stage: Stage, root: Agent) -> None:
    stage.back_office.faults.always(Fault.redirect(f"{stage.back_office.base_url}/payments/transactions"), on="ticket")
    told = await tried(root, "ticketing")
    assert (told["ok"], told["problem"]) == (False, "integration_error")
    assert stage.back_office.ledger.count("transaction") == 0


async def test_a_byte_a_moment_ends_at_the_limit(stage: Stage, root: Agent) -> None:
    stage.back_office.faults.always(Fault.drip(1.0), on="ticket")
    told = await tried(root, "ticketing")
    assert told["problem"] == "integration_timeout"
    assert told["latency_ms"] < 15_000


async def test_no_secret_comes_out_of_anything(stage: Stage, root: Agent) -> None:
    office = stage.back_office
    customer = await app_customer(stage, root)
    office.tickets.open(customer, f"Your key is {office.credentials.api_key}", "x")
    shown: list[str] = [str(await root.get(f"customers/{customer}/tickets"))]
    for fault in (Fault.echo(500), Fault.echo(200), Fault.echo(401), Fault.html()):
        office.faults.next(1, fault, on="transaction")
        shown.append(str((await root.request("GET", "/api/v1/transactions/TX-0")).json))
        office.faults.next(1, fault, on="token")
        office.tokens.revoke()
        shown.append(str((await root.request("GET", "/api/v1/transactions/TX-1")).json))
    shown.append(str(await root.get("integrations")))
    shown.append((await root.request("GET", "/metrics")).raw.decode())
    shown.append(str(await stage.rows("select body from audit_log")))
    assert [secret for secret in stage.secrets() if any(secret in text for text in shown)] == []


async def test_tickets_of_the_customer_in_front_of_one(stage: Stage, root: Agent) -> None:
    customer = await app_customer(stage, root)
    made = await root.request("POST", "/api/v1/tickets", {"customer_id": customer, "subject": "The parcel is late"})
    assert made.status == 201
    ticket = stage.back_office.tickets.all[made.json["id"]]
    assert ticket.customer_id == customer
    seen = await root.get(f"customers/{customer}/tickets")
    assert [t["subject"] for t in seen["data"]] == ["The parcel is late"]
    commented = await root.request("POST", f"/api/v1/tickets/{ticket.id}/comments", {"body": "Called them."})
    assert (commented.status, ticket.comments) == (201, ["Called them."])
    phone = await stage.value("select value from identities where customer_id = $1::uuid and kind = 'wa_id'", customer)
    sent = b"".join(request.body + request.path.encode() for request in stage.back_office.ledger.requests)
    assert phone.encode() not in sent
