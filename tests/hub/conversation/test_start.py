"""The company speaks first."""

from typing import Any

import attrs
import pytest

from hub.conversation.commands import Author, Reply, Start
from hub.errors import AlreadyExists, WindowClosed
from hub.ids import uuid7

ANA = Author(uuid7(), "Ana")
TEXT = Reply(uuid7(), ANA, "text", "Bom dia")
TEMPLATE = Reply(uuid7(), ANA, "template", template={"name": "welcome"})


def test_a_template_begins_it_for_whoever_is_new(talk: Any) -> None:
    conversation = talk.play(Start(talk.opening, TEMPLATE))
    assert (conversation.status, conversation.assignee_id, conversation.waiting_since) == ("open", ANA.id, None)
    assert talk.told() == ["conversation.new", "message.status"]
    assert [event.actor["id"] for event in talk.effects.events] == [ANA.id, ANA.id]
    (row,) = talk.effects.outbox
    assert {address["value"] for address in row.payload["to"]} == {i.value for i in talk.opening.identities}
    assert row.token is not None
    assert talk.effects.customers
    assert talk.last.seq == 1


def test_who_is_known_is_not_stored_again_but_written_to(talk: Any) -> None:
    opening = attrs.evolve(talk.opening, new_customer=False)
    talk.play(Start(opening, TEMPLATE))
    assert not talk.effects.customers
    assert not talk.effects.identities
    assert talk.effects.outbox[0].payload["to"]


def test_a_text_needs_the_window_of_the_conversation_before(talk: Any) -> None:
    with pytest.raises(WindowClosed):
        talk.play(Start(talk.opening, TEXT))
    assert talk.desk.conversation is None
    assert talk.play(Start(talk.opening, TEXT, window_opened_at=talk.now)).window_opened_at == talk.now


def test_it_begins_once(talk: Any) -> None:
    talk.arrives()
    with pytest.raises(AlreadyExists):
        talk.play(Start(talk.opening, TEMPLATE))
