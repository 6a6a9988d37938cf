"""From a parsed delivery to the store: everything, once, and no element at another's cost."""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from actors.intake import PLACES, Intake
from actors.kernel.testkit import virtual
from hub.conversation.commands import Outcome as SendOutcome
from hub.delivery import DeliveryStatus
from hub.errors import Overloaded, Unavailable
from hub.ids import uuid7
from hub.inbound import (
    AccountEvent,
    EchoedMessage,
    Identity,
    IdentityKind,
    Ignored,
    Inbound,
    InboundMessage,
    Note,
    Party,
    Quarantined,
    Reaction,
    StatusUpdate,
)
from hub.journal import Verdict
from hub.message import Content, ContentType
from hub.outbox import Sent
from hub.ports import Place
from hub.whatsapp.reference import parse_reference, reference

CHANNEL = "whatsapp-main"
JOAO = Party((Identity(IdentityKind.WA_ID, "351910000002"),), "João")
"""Another customer than the one the replica knows."""


class Places:
    """Finding sent messages in the store, counted; and the quarantine, and the figures."""

    def __init__(self, store: Any) -> None:
        self.store = store
        self.lookups = 0
        self.aside: list[tuple[str, Any]] = []
        self.counted: Counter[str] = Counter()

    async def place_reports(self, channel: str, channel_ids: Any, message_ids: Any) -> dict[str, Place]:
        self.lookups += 1
        if self.store.away:
            raise Unavailable
        tries = {a.provider_id: a.message_id for a in self.store.attempts.values() if a.provider_id}
        found = {key: tries[key] for key in channel_ids if key in tries}
        found |= {str(id): id for id in message_ids if id in self.store.messages}
        return {key: Place(id, self.store.messages[id].conversation_id) for key, id in found.items()}

    async def put(self, channel: str, reason: str, payload: Any) -> None:
        if self.store.away:
            raise Unavailable
        self.aside.append((reason, payload))

    def message(self, channel: str, kind: str) -> None:
        self.counted[kind] += 1

    def duplicates(self, channel: str, count: int) -> None:
        self.counted["duplicates"] += count

    def quarantined(self, channel: str, reason: str) -> None:
        self.counted["quarantined"] += 1


class Door:
    """A replica behind an intake."""

    def __init__(self, new_store: Any, new_replica: Any) -> None:
        self.store = new_store()
        self.replica = new_replica(self.store)
        self.places = Places(self.store)
        self.intake = Intake(
            self.replica.system, self.places, self.places, self.replica.clock, self.places, parse_reference
        )

    async def takes(self, *items: Inbound) -> None:
        await self.intake.take_in(CHANNEL, items)

    def texts(self) -> list[str | None]:
        return [message.text for message in self.store.thread()]

    async def sent(self) -> tuple[UUID, str]:
        """A message of ours that the channel has accepted; its id, and the channel's."""
        await self.takes(self.replica.text())
        message = await self.replica.reply()
        await self.replica.sends_all()
        return message.id, self.store.messages[message.id].channel_message_id

    def word(self, provider_id: str, status: DeliveryStatus, **given: Any) -> StatusUpdate:
        return StatusUpdate(provider_id, status, status.value, self.replica.clock(), **given)


@pytest.fixture
def new_door(new_store: Any, new_replica: Any) -> Any:
    return lambda: Door(new_store, new_replica)


# Customers


@virtual
async def test_a_customers_elements_come_in_the_order_of_their_times(new_door: Any) -> None:
    door = new_door()
    now = door.replica.clock()
    late, early = door.replica.text("dois"), door.replica.text("um")
    early = InboundMessage(early.channel_message_id, early.party, now - timedelta(seconds=9), early.content)
    react = Reaction("wamid.r", early.channel_message_id, early.party, "👍", now + timedelta(seconds=1))
    await door.takes(react, late, early)
    assert door.texts() == ["um", "dois"]
    assert door.store.thread()[0].reactions[0]["emoji"] == "👍"
    assert door.places.counted == {"text": 2, "reaction": 1}
    assert len(door.store.customers) == 1


@virtual
async def test_customers_are_taken_in_side_by_side_in_few_commits(new_door: Any) -> None:
    door = new_door()
    parties = [Party((Identity(IdentityKind.WA_ID, f"35191{n:07}"),)) for n in range(200)]
    content, now = Content(ContentType.TEXT, "Olá"), door.replica.clock()
    await door.takes(*(InboundMessage(f"wamid.{n}", party, now, content) for n, party in enumerate(parties)))
    assert len(door.store.conversations) == 200
    assert len(door.store.batches) < 20


@virtual
async def test_two_descriptions_of_one_customer_are_one_customer(new_door: Any) -> None:
    door = new_door()
    bsuid, phone = Identity(IdentityKind.BSUID, "PT.5"), Identity(IdentityKind.WA_ID, "351910000005")
    content, now = Content(ContentType.TEXT, "Olá"), door.replica.clock()
    await door.takes(
        InboundMessage("wamid.1", Party((bsuid,)), now, content),
        EchoedMessage("wamid.2", Party((bsuid, phone), "Maria"), now, content),
    )
    assert set(door.store.identities) == {(CHANNEL, bsuid), (CHANNEL, phone)}
    assert [card.name for card in door.store.customers.values()] == ["Maria"]


@virtual
async def test_what_comes_again_is_counted_and_not_stored_again(new_door: Any) -> None:
    door = new_door()
    text = door.replica.text()
    await door.takes(text)
    await door.takes(text, door.replica.text("outro"))
    assert len(door.texts()) == 2
    assert door.places.counted["duplicates"] == 1


@virtual
async def test_a_message_that_cannot_be_stored_costs_only_itself(new_door: Any) -> None:
    door = new_door()
    door.store.poison = lambda change: any(m.text == "poison" for m in change.effects.messages.values())
    poison = door.replica.text("poison")
    await door.takes(door.replica.text("um"), poison, door.replica.text("dois"))
    assert door.texts() == ["um", "dois"]
    ((reason, payload),) = door.places.aside
    assert (reason, payload["channel_message_id"]) == ("not_storable", poison.channel_message_id)


@virtual
async def test_while_the_database_is_away_the_whole_delivery_is_refused(new_door: Any) -> None:
    door = new_door()
    text = door.replica.text()
    door.store.away = True
    with pytest.raises(Unavailable):
        await door.takes(text, Note(None, "opt_out", text.party, text.at))
    with pytest.raises(Unavailable):
        await door.takes(Quarantined("no_sender", {}))
    door.store.away = False
    await door.takes(text)
    assert len(door.texts()) == 1


@virtual
async def test_a_conversation_that_keeps_moving_is_refused_for_now(new_door: Any) -> None:
    """Somebody else opens and closes the customer's conversations as fast as this replica looks."""
    door = new_door()
    real = door.store._verdict

    def moving(change: Any) -> Any:
        return (Verdict.MOVED, ()) if change.conversation is not None else real(change)

    door.store._verdict = moving
    with pytest.raises(Overloaded):
        await door.takes(door.replica.text())


# Reports


@virtual
async def test_a_report_finds_its_message_by_the_channels_id_or_by_our_own(new_door: Any) -> None:
    door = new_door()
    message_id, provider_id = await door.sent()
    await door.takes(door.word(provider_id, DeliveryStatus.DELIVERED))
    assert door.store.messages[message_id].status is DeliveryStatus.DELIVERED
    by_reference = reference(message_id, 1)
    await door.takes(door.word("wamid.never.seen", DeliveryStatus.READ, reference=by_reference))
    assert door.store.messages[message_id].status is DeliveryStatus.READ


@virtual
async def test_many_reports_on_one_message_need_one_lookup(new_door: Any) -> None:
    door = new_door()
    message_id, provider_id = await door.sent()
    ours = reference(message_id, 1)
    for status in (DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.READ):
        await door.takes(door.word(provider_id, status, reference=ours))
    assert door.places.lookups == 1


@virtual
async def test_the_places_that_are_remembered_are_bounded(new_door: Any) -> None:
    door = new_door()
    place = Place(uuid7(), uuid7())
    door.intake._remember({f"wamid.{n}": place for n in range(PLACES + 3)})
    assert len(door.intake._recent) == PLACES
    assert "wamid.2" not in door.intake._recent


@virtual
async def test_a_report_that_comes_before_its_message_waits_for_it(new_door: Any) -> None:
    door = new_door()
    await door.takes(door.replica.text())
    door.replica.phone.ends = lambda row: Sent(SendOutcome.ACCEPTED, provider_id="wamid.early")
    door.replica.phone.takes = 2.0
    message = await door.replica.reply()
    await door.takes(
        door.word("wamid.early", DeliveryStatus.DELIVERED), door.word("wamid.strange", DeliveryStatus.READ)
    )
    assert door.store.messages[message.id].status is DeliveryStatus.PENDING
    await door.replica.sends_all()
    assert door.store.messages[message.id].status is DeliveryStatus.DELIVERED


@virtual
async def test_a_report_whose_message_becomes_known_at_that_moment_is_not_left_waiting(new_door: Any) -> None:
    """Between the lookup, which finds nothing, and the commit, the answer to the send is stored."""
    door = new_door()
    message_id, provider_id = await door.sent()
    real, first = door.places.place_reports, [True]

    async def blind_at_first(*asked: Any) -> dict[str, Place]:
        found = await real(*asked)
        return {} if first and first.pop() else found

    door.places.place_reports = blind_at_first
    await door.takes(
        door.word(provider_id, DeliveryStatus.DELIVERED), door.word("wamid.strange", DeliveryStatus.DELIVERED)
    )
    assert door.store.messages[message_id].status is DeliveryStatus.DELIVERED
    waiting = [update.channel_message_id for update, known in door.store.reports.values() if known is None]
    assert waiting == ["wamid.strange"]


@virtual
async def test_a_report_that_cannot_be_stored_costs_only_itself(new_door: Any) -> None:
    door = new_door()
    message_id, provider_id = await door.sent()
    door.store.poison = lambda change: any(o.update.channel_message_id == "poison" for o in change.orphans)
    await door.takes(
        door.word("poison", DeliveryStatus.SENT),
        door.word(provider_id, DeliveryStatus.DELIVERED),
        door.word("wamid.strange", DeliveryStatus.SENT),
    )
    assert door.store.messages[message_id].status is DeliveryStatus.DELIVERED
    assert [key[0] for key, (_, known) in door.store.reports.items() if known is None] == ["wamid.strange"]
    assert [payload["channel_message_id"] for _, payload in door.places.aside] == ["poison"]


# The rest


@virtual
async def test_word_about_the_account_is_kept_once(new_door: Any) -> None:
    door = new_door()
    event = AccountEvent("account_update", "DISABLED", {"waba": "1"}, door.replica.clock())
    for _ in range(2):
        await door.takes(event, AccountEvent("phone_number_quality_update", None, {"limit": "TIER_1K"}))
    kept = sorted((row.field, row.event) for row in door.store.channel_events.values())
    assert kept == [("account_update", "DISABLED"), ("phone_number_quality_update", None)]


@virtual
async def test_an_event_that_cannot_be_stored_costs_only_itself(new_door: Any) -> None:
    door = new_door()
    door.store.poison = lambda change: any(e.field == "poison" for e in change.effects.channel_events)
    await door.takes(AccountEvent("poison", None, {}), AccountEvent("account_update", None, {}), door.replica.text())
    assert [row.field for row in door.store.channel_events.values()] == ["account_update"]
    assert len(door.texts()) == 1
    assert [payload["field"] for _, payload in door.places.aside] == ["poison"]


@virtual
async def test_what_makes_no_sense_is_put_aside_and_what_is_ignored_is_counted(new_door: Any) -> None:
    door = new_door()
    await door.takes(Quarantined("no_sender", {"a": 1}), Ignored("group"), door.replica.text())
    await door.takes()
    assert door.places.aside == [("no_sender", {"a": 1})]
    assert door.places.counted == {"quarantined": 2, "ignored": 1, "text": 1}
    assert len(door.texts()) == 1


@virtual
async def test_a_delivery_that_is_refused_for_one_customer_has_stored_the_others(new_door: Any) -> None:
    door = new_door()
    content, now = Content(ContentType.TEXT, "Olá"), door.replica.clock()
    theirs, mine = InboundMessage("wamid.joao", JOAO, now, content), door.replica.text()
    real = door.store._append

    def refusing(change: Any, replica: int) -> Any:
        ids = {message.channel_message_id for message in change.effects.messages.values()}
        return Overloaded() if "wamid.joao" in ids else real(change, replica)

    door.store._append = refusing
    with pytest.raises(Overloaded):
        await door.takes(theirs, mine)
    assert door.texts() == ["Olá"]
    door.store._append = real
    await door.takes(theirs, mine)
    assert len(door.store.conversations) == 2
    assert len(door.store.messages) == 2
