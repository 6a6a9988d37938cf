"""What a conversation shows of its customer."""

from typing import Any

import attrs
import pytest

from hub.conversation.commands import Author, HandOver, ShowCustomer
from hub.conversation.state import Desk
from hub.conversation.step import step
from hub.errors import NotFound
from hub.ids import uuid7

ANA = Author(uuid7(), "Ana")


def test_a_newer_card_is_shown_and_told(talk: Any) -> None:
    talk.arrives()
    card = attrs.evolve(talk.conversation.customer, name="Maria da Silva", named=True, version=2)
    talk.play(ShowCustomer(ANA, card))
    (event,) = talk.effects.events
    assert (event.type, event.data["customer"]) == ("conversation.updated", {"id": card.id, "version": 2})
    assert event.data["conversation"]["customer"]["name"] == "Maria da Silva"
    assert talk.conversation.customer == card


def test_an_older_card_or_somebody_elses_changes_nothing(talk: Any) -> None:
    talk.arrives()
    newest = attrs.evolve(talk.conversation.customer, name="Maria da Silva", version=3)
    talk.play(ShowCustomer(ANA, newest))
    for card in (attrs.evolve(newest, name="Old", version=2), attrs.evolve(newest, id=uuid7(), version=9)):
        talk.play(ShowCustomer(ANA, card))
        assert not talk.effects
        assert talk.conversation.customer == newest
    talk.play(ShowCustomer(ANA, newest))
    assert talk.told() == ["conversation.updated"], "it may have been read after the change"


def test_there_must_be_one(talk: Any) -> None:
    card = talk.opening.customer
    with pytest.raises(NotFound):
        step(Desk(), ShowCustomer(ANA, card), None)  # type: ignore[arg-type]


def test_it_is_handed_over_once_and_the_inbox_that_it_leaves_is_named(new_talk: Any) -> None:
    talk = new_talk("chat_app")
    talk.arrives()
    before = talk.conversation.audience.inbox_id
    card = attrs.evolve(talk.conversation.customer, id=uuid7(), name="Maria S", version=4)
    talk.play(HandOver(ANA, card))
    (event,), (handed,) = talk.effects.events, talk.effects.handovers
    assert (event.type, event.data["left_inbox"]) == ("conversation.updated", before)
    assert event.audience.inbox_id != before
    assert (handed.id, handed.customer_id, handed.live) == (talk.conversation.id, card.id, True)
    talk.play(HandOver(ANA, card))
    assert not talk.effects
