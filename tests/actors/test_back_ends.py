"""The back ends as the rest of the hub sees them."""

import asyncio
from decimal import Decimal
from typing import Any

import orjson
import pytest

from actors import kinds
from actors.back_ends import BackEnds, Profiles
from actors.kernel.testkit import settle, virtual
from hub.config import load
from hub.errors import Ambiguous, HubError, IntegrationTimeout, NotFound, Unavailable
from hub.events import Audience, Event
from hub.frame import Frame, event_frame
from hub.ids import uuid7
from hub.integration.breaker import State
from hub.integration.call import Call
from hub.integration.credentials import issuers, proofs
from hub.integration.ticket import NewTicket, TicketStatus
from hub.integration.ticketing import TicketingProfile
from hub.integration.transaction import DraftRequest, DraftState
from hub.integration.transaction_create import TransactionCreateProfile
from hub.integration.transaction_status import TransactionStatusProfile
from hub.integration.wire import Reply, Wire
from tests.actors.circuit_stage import LOST, NOON, Stage
from tests.hub.integration.test_credentials import SOURCE

CALL = Call(uuid7(), "user:ana")
TRANSACTION = {"id": "TX-1", "status": "completed", "amount": "10.00", "currency": "USD", "customer_id": "C-1"}
DRAFT = {"id": "D-1", "state": "draft", "amount": "10.00", "currency": "USD", "customer_id": "C-1"}
TICKET = {"id": "T-1", "status": "open", "customer_id": "C-1", "subject": "Broken"}


class Office(Stage):
    """All three back ends, played at the far end."""

    def __init__(self) -> None:
        given = load(SOURCE.encode(), make_up=lambda path: "x" * 40).config.integrations
        assert given.ticketing is not None
        assert given.transaction_status is not None
        assert given.transaction_create is not None
        super().__init__(proofs=proofs(given), issuers=issuers(given))
        self.back_ends = BackEnds(
            self.system,
            Profiles(
                TicketingProfile.of(given.ticketing),
                TransactionStatusProfile.of(given.transaction_status),
                TransactionCreateProfile.of(given.transaction_create),
            ),
            frozenset(proofs(given)),
            lambda: NOON,
        )
        self.held: dict[str, Any] = {}
        self.back_end.answers = self.answer

    def answer(self, wire: Wire) -> Reply:
        """By method and path."""
        if wire.url.endswith("/token"):
            return Reply(200, body=b'{"access_token": "a-token-of-theirs", "expires_in": 3600}')
        path = wire.url.partition("example.com")[2].partition("?")[0]
        found = self.held.get(f"{wire.method} {path}", Reply(404))
        return found if isinstance(found, Reply) else Reply(200, body=orjson.dumps(found))

    @property
    def deadline(self) -> float:
        return asyncio.get_running_loop().time() + 30.0

    @property
    def calls_made(self) -> list[str]:
        """Without those for tokens."""
        return [w.method + " " + w.url.partition("example.com")[2] for w in self.back_end.seen if "/token" not in w.url]

    @property
    def changes(self) -> list[str]:
        """Of which back ends replicas were told that something has changed."""
        return [event.data["integration"] for change in self.told for event in change.effects.events]


@virtual
async def test_tickets() -> None:
    office = Office()
    office.held = {"GET /tickets": {"tickets": [TICKET]}, "GET /tickets/T-1": TICKET}
    found = await office.back_ends.search_tickets(CALL, "C-1", TicketStatus.OPEN, deadline=office.deadline)
    assert [ticket.subject for ticket in found.value] == ["Broken"]
    one = await office.back_ends.ticket(CALL, "T-1", deadline=office.deadline)
    again = await office.back_ends.ticket(CALL, "T-1", deadline=office.deadline)
    assert (one.cached, again.cached) == (False, True)
    assert office.back_end.seen[0].headers["X-Request-Id"] == str(CALL.id)


@virtual
async def test_a_new_ticket_makes_copies_worthless_everywhere() -> None:
    office = Office()
    office.held = {"GET /tickets": {"tickets": []}, "POST /tickets": TICKET, "POST /tickets/T-1/comments": {}}
    await office.back_ends.search_tickets(CALL, "C-1", deadline=office.deadline)
    made = await office.back_ends.create_ticket(CALL, NewTicket("C-1", "Broken", ""), "k1", deadline=office.deadline)
    assert made.id == "T-1"
    await office.back_ends.add_comment(CALL, "T-1", "hello", "k2", deadline=office.deadline)
    await office.back_ends.search_tickets(CALL, "C-1", deadline=office.deadline)
    assert office.calls_made.count("GET /tickets?customer_id=C-1") == 2
    await settle()
    assert office.changes == ["ticketing", "ticketing"]


@virtual
async def test_transactions_of_the_customer_only() -> None:
    office = Office()
    office.held = {
        "GET /transactions/TX-1": TRANSACTION,
        "GET /transactions": {"transactions": [TRANSACTION], "next_cursor": "abc"},
    }
    ends = office.back_ends
    assert (await ends.transaction(CALL, "TX-1", "C-1", deadline=office.deadline)).value.amount == Decimal("10.00")
    for stranger in ("C-2", "C-2"):  # what is not theirs is not kept either
        with pytest.raises(NotFound):
            await ends.transaction(CALL, "TX-1", stranger, deadline=office.deadline)
    assert office.calls_made.count("GET /transactions/TX-1") == 3
    page = await ends.history(CALL, "C-1", None, 20, deadline=office.deadline)
    assert (len(page.value.transactions), page.value.next_cursor) == (1, "abc")


@virtual
async def test_a_draft_from_its_beginning_to_its_end() -> None:
    office = Office()
    drafts = "/transactions/drafts"
    office.held = {
        f"POST {drafts}": DRAFT,
        f"GET {drafts}/D-1": {**DRAFT, "state": "committed", "transaction_id": "TX-9"},
        f"POST {drafts}/D-1/commit": {"transaction_id": "TX-9"},
        f"DELETE {drafts}/D-1": Reply(404),
        "GET /transactions/TX-1": TRANSACTION,
    }
    ends, deadline = office.back_ends, office.deadline
    await ends.transaction(CALL, "TX-1", "C-1", deadline=deadline)
    made = await ends.create_draft(CALL, DraftRequest("C-1", Decimal("10.00"), "USD", "x"), "k1", deadline=deadline)
    assert (made.external_id, made.state) == ("D-1", DraftState.OPEN)
    assert (await ends.commit_draft(CALL, "D-1", "k2", deadline=deadline)).transaction_id == "TX-9"
    assert (await ends.draft(CALL, "D-1", deadline=deadline)).transaction_id == "TX-9"
    await ends.cancel_draft(CALL, "D-1", "k3", deadline=deadline)
    await settle()
    assert office.changes == ["transaction_status"] * 3
    signed = [wire for wire in office.back_end.seen if "Signature" in wire.headers]
    assert [wire.key for wire in signed] == ["k1", "k2", "k3"]


@virtual
async def test_a_commit_whose_answer_is_lost_is_ambiguous_and_may_have_changed_something() -> None:
    office = Office()
    office.held = {"POST /transactions/drafts/D-1/commit": LOST}
    with pytest.raises(Ambiguous):
        await office.back_ends.commit_draft(CALL, "D-1", "k", deadline=office.deadline)
    assert {wire.key for wire in office.back_end.seen if wire.key} == {"k"}
    await settle()
    assert office.changes == ["transaction_status"]


@virtual
async def test_a_change_that_replicas_hear_of_drops_copies() -> None:
    office = Office()
    office.held = {"GET /transactions/TX-1": TRANSACTION, "GET /tickets/T-1": TICKET}

    async def both() -> list[bool]:
        transaction = await office.back_ends.transaction(CALL, "TX-1", "C-1", deadline=office.deadline)
        ticket = await office.back_ends.ticket(CALL, "T-1", deadline=office.deadline)
        return [transaction.cached, ticket.cached]

    data = {"integration": "transaction_status"}
    event = Event(1, uuid7(), "integration.changed", NOON, None, None, None, Audience(), None, data)
    await both()
    office.back_ends.heard([event_frame(event)])
    assert await both() == [False, True]
    office.back_ends.forget_all()
    assert await both() == [False, False]
    office.back_ends.forget("nothing of ours")


@virtual
async def test_a_replica_that_opened_and_is_gone_is_corrected_by_the_next_success() -> None:
    office = Office()
    office.held = {"GET /tickets/T-1": TICKET, "GET /tickets/T-2": TICKET}

    def told(circuit: str, state: str) -> Frame:
        data = {"integration": circuit, "state": state, "retry_after_s": 60}
        return event_frame(Event(1, uuid7(), "circuit.changed", NOON, None, None, None, Audience(), None, data))

    await office.back_ends.ticket(CALL, "T-1", deadline=office.deadline)
    await settle()
    assert office.memory.saved == []
    office.back_ends.heard([told("ticketing", "open"), told("nothing of ours", "open")])
    await office.back_ends.ticket(CALL, "T-1", deadline=office.deadline, fresh=True)
    await settle()
    assert office.memory.saved == [("ticketing", State.CLOSED)]
    await office.back_ends.ticket(CALL, "T-1", deadline=office.deadline, fresh=True)
    await settle()
    assert len(office.memory.saved) == 1


@virtual
async def test_the_deadline_holds_for_the_call_as_a_whole() -> None:
    office = Office()
    office.back_end.takes = 100.0
    began = asyncio.get_running_loop().time()
    with pytest.raises(IntegrationTimeout):
        await office.back_ends.ticket(CALL, "T-1", deadline=began + 4.0)
    assert asyncio.get_running_loop().time() - began == pytest.approx(4.0)
    with pytest.raises(IntegrationTimeout):
        await office.back_ends.create_ticket(CALL, NewTicket("C", "a", ""), "k", deadline=began)


@virtual
async def test_what_is_not_configured_is_not_there() -> None:
    office = Office()
    ends = BackEnds(office.system, Profiles(), frozenset(), lambda: NOON)
    assert [office.back_ends.configured(n) for n in ("ticketing", "transaction_create", "payroll")] == [
        True,
        True,
        False,
    ]
    assert not ends.configured("ticketing")
    for asked in (
        ends.ticket(CALL, "T-1", deadline=office.deadline),
        ends.transaction(CALL, "TX-1", "C-1", deadline=office.deadline),
        ends.draft(CALL, "D-1", deadline=office.deadline),
    ):
        with pytest.raises(NotFound):
            await asked


@virtual
async def test_a_hub_that_stops_is_unavailable() -> None:
    office = Office()
    await settle()
    await office.system.drain(1.0)
    found: list[HubError] = []
    for asked in (office.back_ends.ticket(CALL, "T-1", deadline=office.deadline), office.back_ends.look("ticketing")):
        with pytest.raises(HubError) as caught:
            await asked
        found.append(caught.value)
    assert [type(error) for error in found] == [Unavailable, Unavailable]
    office.back_ends.forget("ticketing")


@virtual
async def test_a_circuit_can_be_looked_at() -> None:
    office = Office()
    assert (await office.back_ends.look("ticketing")).name == "ticketing"
    assert office.system.ref(kinds.CIRCUIT, "ticketing").kind == "circuit"
