"""What a channel tells beside messages is kept, once, also of somebody who has no conversation."""

from typing import Any

from hub.conversation.beside import channel_event, keep
from hub.conversation.effects import Effects
from hub.ids import uuid7
from hub.inbound import Identity, IdentityChange, IdentityKind, Note, Party, Reaction

NEW = Identity(IdentityKind.WA_ID, "351910000002")


def changed(talk: Any) -> IdentityChange:
    return IdentityChange("s1", talk.party, (NEW,), "user_changed_number", "changed", talk.now)


def test_every_item_is_kept_under_what_it_is(talk: Any) -> None:
    effects = Effects()
    items = (
        Note("n", "opt_out", talk.party, talk.now, {"value": "stop"}),
        Reaction("r", "wamid.1", talk.party, "👍", talk.now),
        changed(talk),
        talk.inbound(),
    )
    keep(effects, "c", None, items)
    assert [event.field for event in effects.channel_events] == [
        "opt_out",
        "reaction",
        "user_changed_number",
        "inboundmessage",
    ]
    assert effects.channel_events[0].payload == {"value": "stop"}
    assert not effects.identities


def test_the_same_item_is_the_same_row_and_another_channels_is_not(talk: Any) -> None:
    note = Note("n", "call", talk.party, talk.now)
    effects = Effects()
    for channel in ("c", "c", "d"):
        keep(effects, channel, None, (note,))
    ids = [event.id for event in effects.channel_events]
    assert ids[0] == ids[1] != ids[2]


def test_without_an_id_of_the_channel_whom_it_concerns_and_when_stand_for_it(talk: Any) -> None:
    note = Note(None, "call", talk.party, talk.now)
    same, later = Note(None, "call", talk.party, talk.now), Note(None, "call", talk.party, talk.later(seconds=1))
    nobodys = Note(None, "call", Party(()), note.at)
    rows = [channel_event("c", item).id for item in (note, same, later, nobodys)]
    assert rows[0] == rows[1]
    assert len(set(rows)) == 3


def test_a_known_customers_new_address_moves_with_it(talk: Any) -> None:
    effects, customer_id = Effects(), uuid7()
    keep(effects, "c", customer_id, (changed(talk),))
    (owned,), (lost,) = effects.identities, effects.lost_identities
    assert (owned.identity, owned.customer_id, owned.moved) == (NEW, customer_id, True)
    assert lost.identity == talk.party.identities[1]
