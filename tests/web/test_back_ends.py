"""The back ends put together from a configuration, in front of real HTTP servers that check everything themselves."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import aiojobs
import orjson
import pytest
from prometheus_client import CollectorRegistry

from actors import kinds
from actors.back_ends import BackEnds
from actors.kernel import System
from actors.kernel.testkit import kind_from
from hub.config import Config, load
from hub.demo.back_office import BackOffice, Credentials, Fault
from hub.errors import Ambiguous, CircuitOpen, HubError, IntegrationError, NotFound
from hub.ids import uuid7
from hub.integration.breaker import State
from hub.integration.call import Call
from hub.integration.ticket import NewTicket
from hub.integration.transaction import DraftRequest, DraftState, TransactionStatus
from hub.journal import Outcome, Verdict
from tests.actors.circuit_stage import Memory
from web import back_ends
from web.back_ends import circuits
from web.health import Flags
from web.health import State as Health
from web.integration_metrics import IntegrationMetrics

KEY, READER, WRITER = "a-ticketing-key-for-tests", "a-reading-secret-for-tests", "a-writing-secret-for-tests"
SIGNING = ["a signing secret of enough length for tests", "another signing secret of enough length"]
WEBHOOK = "whsec_YWNjZXB0YW5jZS1pbnRlZ3JhdGlvbg=="
CALL = Call(uuid7(), "user:ana")
DRAFT = DraftRequest("C-1", Decimal("1450.10"), "USD", "Two tickets")

CONFIG = """
[integrations.ticketing]
base_url = "{office.ticketing_url}"
api_key = "{key}"
[integrations.transaction_status]
base_url = "{office.payments_url}"
token_url = "{office.token_url}"
client_id = "reader"
client_secret = "{reader}"
webhook_secret = "{webhook}"
timeout = "5s"
[integrations.transaction_create]
base_url = "{office.payments_url}"
token_url = "{office.token_url}"
client_id = "writer"
client_secret = "{writer}"
client_auth = "post"
hmac_secret = {signing}
signature = "{scheme}"
commit_timeout = "2s"
[circuits]
backoff_base = "10ms"
"""


@pytest.fixture
async def office() -> AsyncIterator[BackOffice]:
    office = BackOffice(Credentials(KEY, {"reader": READER, "writer": WRITER}, "writer", list(SIGNING), WEBHOOK))
    await office.start()
    yield office
    await office.stop()


class Ends:
    """What stands before the back ends, with what it is told."""

    def __init__(self, ends: BackEnds, flags: Flags) -> None:
        self.ends, self.flags = ends, flags

    @property
    def deadline(self) -> float:
        return asyncio.get_running_loop().time() + 20.0


def configured(office: BackOffice, scheme: str = "simple") -> Config:
    secrets = {"key": KEY, "reader": READER, "writer": WRITER, "webhook": WEBHOOK}
    source = CONFIG.format(office=office, signing=orjson.dumps(SIGNING).decode(), scheme=scheme, **secrets)
    return load(source.encode(), make_up=lambda path: "x" * 40).config


async def opened(office: BackOffice, closing: AsyncExitStack, scheme: str = "simple") -> Ends:
    source = CONFIG.format(
        office=office,
        key=KEY,
        reader=READER,
        writer=WRITER,
        webhook=WEBHOOK,
        signing=orjson.dumps(SIGNING).decode(),
        scheme=scheme,
    )
    config = load(source.encode(), make_up=lambda path: "x" * 40).config
    errands = aiojobs.Scheduler(limit=None, close_timeout=1.0)
    closing.push_async_callback(errands.close)
    system, flags, figures = System(), Flags(), IntegrationMetrics(CollectorRegistry(), ())

    async def write(_mail: object) -> Outcome:
        return Outcome(Verdict.OK)

    system.register(kind_from(kinds.WRITER, write))
    way = back_ends.opened(config, system, Memory(), figures, flags, errands.spawn, lambda: datetime.now(UTC))
    return Ends(await closing.enter_async_context(way), flags)


@pytest.fixture
async def closing() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


async def test_tickets(office: BackOffice, closing: AsyncExitStack) -> None:
    hub = await opened(office, closing)
    made = await hub.ends.create_ticket(CALL, NewTicket("C-1", "Broken", "It is"), "k1", deadline=hub.deadline)
    assert office.tickets.all[made.id].subject == "Broken"
    await hub.ends.add_comment(CALL, made.id, "hello", "k2", deadline=hub.deadline)
    assert office.tickets.all[made.id].comments == ["hello"]
    found = await hub.ends.search_tickets(CALL, "C-1", deadline=hub.deadline)
    assert [ticket.id for ticket in found.value] == [made.id]
    with pytest.raises(NotFound):
        await hub.ends.ticket(CALL, "T-404", deadline=hub.deadline)


async def test_a_wrong_key_is_a_refusal(office: BackOffice, closing: AsyncExitStack) -> None:
    office.credentials.api_key = "another key"
    hub = await opened(office, closing)
    with pytest.raises(IntegrationError) as refused:
        await hub.ends.ticket(CALL, "T-1", deadline=hub.deadline)
    assert refused.value.provider_status == 401


async def test_one_token_for_many_calls_and_another_when_it_is_withdrawn(
    office: BackOffice, closing: AsyncExitStack
) -> None:
    payment = office.payments.record("C-1", "120.00")
    hub = await opened(office, closing)

    async def all_at_once() -> None:
        asked: list[Coroutine[Any, Any, object]]
        asked = [hub.ends.transaction(CALL, payment.id, "C-1", deadline=hub.deadline, fresh=True) for _ in range(3)]
        asked += [hub.ends.history(CALL, "C-1", None, n, deadline=hub.deadline) for n in range(1, 6)]
        await asyncio.gather(*asked)

    await all_at_once()
    assert office.ledger.count("token") == 1
    office.tokens.revoke()
    hub.ends.forget_all()
    await all_at_once()
    assert office.ledger.count("token") == 2


async def test_a_transaction_of_somebody_else_is_not_there(office: BackOffice, closing: AsyncExitStack) -> None:
    payment = office.payments.record("C-2", "120.00", status="pending")
    hub = await opened(office, closing)
    with pytest.raises(NotFound):
        await hub.ends.transaction(CALL, payment.id, "C-1", deadline=hub.deadline)
    found = await hub.ends.transaction(CALL, payment.id, "C-2", deadline=hub.deadline)
    assert (found.value.status, found.value.amount) == (TransactionStatus.PENDING, Decimal("120.00"))


@pytest.mark.parametrize("scheme", ["simple", "rfc9421"])
async def test_a_draft_is_signed_committed_once_and_found(
    office: BackOffice, closing: AsyncExitStack, scheme: str
) -> None:
    hub = await opened(office, closing, scheme)
    made = await hub.ends.create_draft(CALL, DRAFT, "k1", deadline=hub.deadline)
    assert (made.amount, made.currency, made.state) == (Decimal("1450.10"), "USD", DraftState.OPEN)
    committed = await hub.ends.commit_draft(CALL, made.external_id, "k2", deadline=hub.deadline)
    again = await hub.ends.commit_draft(CALL, made.external_id, "k2", deadline=hub.deadline)
    assert committed == again
    assert office.payments.commits == [made.external_id]
    found = await hub.ends.draft(CALL, made.external_id, deadline=hub.deadline)
    assert (found.state, found.transaction_id) == (DraftState.COMMITTED, committed.transaction_id)


async def test_a_signature_that_the_other_side_does_not_know(office: BackOffice, closing: AsyncExitStack) -> None:
    office.credentials.signing_secrets = ["a wholly different secret of enough length"]
    hub = await opened(office, closing)
    with pytest.raises(IntegrationError) as refused:
        await hub.ends.create_draft(CALL, DRAFT, "k1", deadline=hub.deadline)
    assert refused.value.provider_status == 401


@pytest.mark.parametrize("fault", [Fault.reset(after=True), Fault.error(502, after=True), Fault.hang(20.0, after=True)])
async def test_a_commit_whose_answer_is_lost_is_found_out_by_the_same_key(
    office: BackOffice, closing: AsyncExitStack, fault: Fault
) -> None:
    hub = await opened(office, closing)
    made = await hub.ends.create_draft(CALL, DRAFT, "k1", deadline=hub.deadline)
    office.faults.next(1, fault, on="draft.commit")
    committed = await hub.ends.commit_draft(CALL, made.external_id, "k2", deadline=hub.deadline)
    assert committed.transaction_id in office.payments.all
    assert office.payments.commits == [made.external_id]
    assert {request.key for request in office.ledger.of("draft.commit")} == {"k2"}


async def test_a_commit_that_stays_unanswered_is_ambiguous(office: BackOffice, closing: AsyncExitStack) -> None:
    hub = await opened(office, closing)
    made = await hub.ends.create_draft(CALL, DRAFT, "k1", deadline=hub.deadline)
    office.faults.always(Fault.reset(after=True), on="draft.commit")
    with pytest.raises(Ambiguous) as unknown:
        await hub.ends.commit_draft(CALL, made.external_id, "k2", deadline=hub.deadline)
    assert unknown.value.attempts == 3
    assert office.payments.commits == [made.external_id]


async def test_what_the_back_end_says_wrongly_is_told_as_it_says_it(
    office: BackOffice, closing: AsyncExitStack
) -> None:
    hub = await opened(office, closing)
    office.faults.next(1, Fault.changed(amount="9999.00"), on="draft.create")
    made = await hub.ends.create_draft(CALL, DRAFT, "k1", deadline=hub.deadline)
    assert made.amount == Decimal("9999.00")


@pytest.mark.parametrize(
    "fault", [Fault.html(), Fault.truncated(), Fault.huge(), Fault.redirect(), Fault.changed(amount="a lot")]
)
async def test_an_answer_that_makes_no_sense(office: BackOffice, closing: AsyncExitStack, fault: Fault) -> None:
    payment = office.payments.record("C-1", "120.00")
    hub = await opened(office, closing)
    office.faults.always(fault, on="transaction.get")
    with pytest.raises(IntegrationError):
        await hub.ends.transaction(CALL, payment.id, "C-1", deadline=hub.deadline)


async def test_a_status_that_nobody_knows(office: BackOffice, closing: AsyncExitStack) -> None:
    payment = office.payments.record("C-1", "120.00")
    hub = await opened(office, closing)
    office.faults.always(Fault.changed(status="on_hold"), on="transaction.get")
    found = await hub.ends.transaction(CALL, payment.id, "C-1", deadline=hub.deadline)
    assert (found.value.status, found.value.provider_status) == (TransactionStatus.UNKNOWN, "on_hold")


async def test_no_secret_comes_back(office: BackOffice, closing: AsyncExitStack) -> None:
    payment = office.payments.record("C-1", "120.00", description=f"your key is {READER}")
    hub = await opened(office, closing)
    found = await hub.ends.transaction(CALL, payment.id, "C-1", deadline=hub.deadline)
    assert found.value.description == "your key is [secret]"
    office.faults.always(Fault.echo(500), on="transaction.get")
    with pytest.raises(IntegrationError) as caught:
        await hub.ends.transaction(CALL, payment.id, "C-1", deadline=hub.deadline, fresh=True)
    shown = repr(caught.value) + caught.value.detail + repr(caught.value.extra) + repr(vars(caught.value))
    assert READER not in shown
    assert "Bearer" not in shown


async def test_five_failures_in_a_row_and_nobody_is_asked(office: BackOffice, closing: AsyncExitStack) -> None:
    hub = await opened(office, closing)
    office.faults.always(Fault.error(500), on="transaction.get")
    found: list[HubError] = []
    for _ in range(7):
        with pytest.raises(HubError) as caught:
            await hub.ends.transaction(CALL, "TX-1", "C-1", deadline=hub.deadline)
        found.append(caught.value)
    assert [type(error) for error in found] == [IntegrationError] * 5 + [CircuitOpen] * 2
    assert office.ledger.count("transaction.get") == 5
    assert (await hub.ends.look("transaction_status")).state is State.OPEN
    assert (await hub.ends.look("ticketing")).state is State.CLOSED
    assert hub.flags.parts["transaction_status"].state is Health.DEGRADED
    assert "ticketing" not in hub.flags.parts


async def test_every_circuit_has_a_name(office: BackOffice) -> None:
    source = CONFIG.format(
        office=office,
        key=KEY,
        reader=READER,
        writer=WRITER,
        webhook=WEBHOOK,
        signing=orjson.dumps(SIGNING).decode(),
        scheme="simple",
    )
    names = circuits(load(source.encode(), make_up=lambda path: "x" * 40).config.integrations)
    issuer = "oauth:" + office.base_url.removeprefix("http://")
    assert names == ("ticketing", "transaction_status", issuer, "transaction_create")
