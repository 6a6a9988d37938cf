"""Who writes, and to which conversation it goes."""

import asyncio
from typing import Any

import attrs
import pytest

from actors import customer, kinds
from actors.customer import address_key
from actors.kernel import MailboxFull
from actors.kernel.testkit import virtual
from hub.conversation.commands import Author, Patch
from hub.conversation.state import Status
from hub.errors import HubError, Unavailable
from hub.ids import uuid7
from hub.inbound import Identity, IdentityChange, IdentityKind, Note, Party, Reaction
from hub.journal import Verdict

BSUID, PHONE = Identity(IdentityKind.BSUID, "PT.1"), Identity(IdentityKind.WA_ID, "351910000001")
NEW_PHONE = Identity(IdentityKind.WA_ID, "351910000002")
ANA = Author(uuid7(), "Ana")


def known_as(*identities: Identity) -> Party:
    return Party(identities, "Maria")


@virtual
async def test_one_person_under_many_addresses_is_one_customer(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replica = new_replica(store)
    parties = [known_as(PHONE), known_as(BSUID, PHONE), known_as(BSUID), known_as(PHONE)]
    for party in parties:
        await replica.arrives(replica.text(), party=party)
    assert len(store.customers) == 1
    assert len(store.thread()) == 4
    assert {identity for _, identity in store.identities} == {BSUID, PHONE}


@pytest.mark.parametrize(
    ("one", "other"),
    [("5511987654321", "551187654321"), ("5491112345678", "541112345678"), ("5215512345678", "525512345678")],
)
@virtual
async def test_both_spellings_of_a_number_are_one_customer(
    new_store: Any, new_replica: Any, one: str, other: str
) -> None:
    store = new_store()
    replica = new_replica(store)
    for digits in (one, other):
        await replica.arrives(replica.text(), party=known_as(Identity(IdentityKind.WA_ID, digits)))
    assert len(store.customers) == 1
    assert len(store.thread()) == 2


@virtual
async def test_twenty_first_messages_at_once_are_one_conversation(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replica = new_replica(store)
    parties = [known_as(BSUID, PHONE), known_as(PHONE)]
    await asyncio.gather(*(replica.arrives(replica.text(str(n)), party=parties[n % 2]) for n in range(20)))
    assert len(store.customers) == 1
    assert len(store.thread()) == 20
    assert [event.type for event in store.events].count("conversation.new") == 1


@virtual
async def test_a_changed_number_is_theirs_and_the_old_one_is_free(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replica = new_replica(store)
    await replica.arrives(replica.text(), party=known_as(BSUID, PHONE))
    change = IdentityChange(
        "wamid.C", known_as(BSUID, PHONE), (NEW_PHONE,), "user_changed_number", None, replica.clock()
    )
    await replica.arrives(change, party=known_as(BSUID, PHONE))
    await replica.arrives(replica.text("by id"), party=known_as(BSUID))
    await replica.arrives(replica.text("by number"), party=known_as(NEW_PHONE))
    assert len(store.thread()) == 3
    assert {identity for _, identity in store.identities} == {BSUID, NEW_PHONE}
    await replica.arrives(replica.text("somebody else"), party=known_as(PHONE))
    assert len(store.customers) == 2


@virtual
async def test_two_people_behind_one_deliverys_addresses_are_kept_apart(new_store: Any, new_replica: Any) -> None:
    """The id's conversation is over and the number is somebody else's, whose conversation goes on."""
    store = new_store()
    replica = new_replica(store)
    await replica.arrives(replica.text(), party=known_as(BSUID))
    (first,) = store.conversations
    await replica.arrives(replica.text(), party=known_as(PHONE))
    store.conversations[first] = attrs.evolve(store.conversations[first], status=Status.CLOSED)
    await replica.kill()
    again = new_replica(store, number=2)
    await again.arrives(again.text("again"), party=known_as(BSUID, PHONE))
    assert sorted(len(store.thread(c)) for c in store.conversations) == [1, 1, 1]


@virtual
async def test_what_comes_beside_messages_of_a_stranger_is_kept(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replica = new_replica(store)
    party = known_as(PHONE)
    note = Note("wamid.N", "opt_out", party, replica.clock(), {"value": "stop"})
    for _ in range(2):
        answer = await replica.arrives(note, Reaction("wamid.R", "wamid.x", party, "👍", replica.clock()), party=party)
        assert answer.verdict is Verdict.OK
    assert not store.conversations
    assert sorted(event.field for event in store.channel_events.values()) == ["opt_out", "reaction"]


@virtual
async def test_a_note_on_a_closed_conversation_is_shown_there(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replica = new_replica(store)
    await replica.arrives(replica.text())
    conversation = store.conversation()
    store.conversations[conversation.id] = attrs.evolve(conversation, status=Status.CLOSED)
    await replica.kill()
    again = new_replica(store, number=2)
    await again.arrives(Note("wamid.N", "security", known_as(BSUID), again.clock()))
    assert len(store.conversations) == 1
    assert store.events[-1].type == "conversation.updated"


@virtual
async def test_what_comes_after_a_first_message_that_was_not_stored_is_kept(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replica = new_replica(store)
    store.poison = lambda change: change.conversation is not None
    with pytest.raises(HubError):
        await replica.arrives(replica.text())
    await replica.arrives(Note("wamid.N", "opt_out", known_as(BSUID, PHONE), replica.clock()))
    assert [event.field for event in store.channel_events.values()] == ["opt_out"]


@virtual
async def test_a_lookup_that_fails_is_told_and_made_again(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replica = new_replica(store)
    store.away = True
    with pytest.raises(Unavailable):
        await replica.arrives(replica.text())
    store.away = False
    assert await replica.arrives(replica.text()) == 1


@virtual
async def test_a_team_change_is_no_matter_of_the_next_message(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replica = new_replica(store)
    await replica.arrives(replica.text())
    team = uuid7()
    await replica.ask(Patch(ANA, team_id=team))
    await replica.arrives(replica.text())
    assert store.conversation().team_id == team


@virtual
async def test_more_deliveries_of_one_customer_than_may_wait_are_refused(new_store: Any, new_replica: Any) -> None:
    store = new_store()
    replica = new_replica(store)
    ref = replica.system.ref(kinds.CUSTOMER, address_key("whatsapp-main", known_as(BSUID, PHONE)))
    party = known_as(BSUID, PHONE)
    waiting = [
        ref.ask_nowait(customer.Inbound(party, (replica.text(str(n)),)), timeout=30) for n in range(customer.LIMIT)
    ]
    with pytest.raises(MailboxFull):
        await ref.ask(customer.Inbound(party, (replica.text(),)), timeout=30)
    await asyncio.gather(*waiting)
    assert len(store.thread()) == customer.LIMIT


def test_the_key_is_the_most_telling_address() -> None:
    assert address_key("c", known_as(BSUID, PHONE)) == ("c", "bsuid", "PT.1")
