"""Tags on a conversation."""

from typing import Any

import pytest

from hub.conversation.commands import AddTag, Author, RemoveTag, Retag, Take
from hub.conversation.state import Status
from hub.errors import Invalid
from hub.ids import uuid7
from hub.tag import MOST_OF_ONE

BEN = Author(uuid7(), "Ben")


def test_tags_are_put_on_and_taken_off_and_everybody_is_told(talk: Any) -> None:
    talk.arrives()
    version = talk.conversation.version
    for name in ("vip", "refund"):
        assert talk.play(AddTag(BEN, name)).tags == talk.conversation.tags
        assert talk.told() == ["conversation.updated"]
    assert talk.conversation.tags == ("refund", "vip")
    talk.play(RemoveTag(BEN, "VIP"))
    assert (talk.conversation.tags, talk.conversation.version) == (("refund",), version + 3)
    (event,) = talk.effects.events
    assert (event.version, event.actor["name"], event.data["conversation"]["tags"]) == (version + 3, "Ben", ("refund",))


def test_what_is_so_already_changes_nothing(talk: Any) -> None:
    talk.arrives()
    talk.play(AddTag(BEN, "vip"))
    before = talk.conversation
    for command in (AddTag(BEN, "Vip"), RemoveTag(BEN, "refund"), Retag(BEN, "refund", "x")):
        assert talk.play(command) == before
        assert not talk.effects
    assert talk.conversation == before


def test_a_tag_gets_its_new_name_and_one_that_ended_goes(talk: Any) -> None:
    talk.arrives()
    talk.play(AddTag(BEN, "vip"))
    talk.play(Retag(BEN, "vip", "gold"))
    assert talk.conversation.tags == ("gold",)
    talk.play(Retag(BEN, "gold", None))
    assert talk.conversation.tags == ()


def test_one_has_so_many_tags_and_no_more(talk: Any) -> None:
    talk.arrives()
    talk.change(tags=tuple(f"t{n:03}" for n in range(MOST_OF_ONE)))
    with pytest.raises(Invalid):
        talk.play(AddTag(BEN, "one more"))
    talk.play(AddTag(BEN, "t000"))
    talk.change(tags=tuple(f"t{n:03}" for n in range(MOST_OF_ONE + 5)))
    talk.play(Retag(BEN, "t000", "zero"))
    assert len(talk.conversation.tags) == MOST_OF_ONE + 5


def test_a_closed_conversation_can_be_tagged_and_a_taken_one_keeps_its_tags(talk: Any) -> None:
    talk.arrives()
    talk.play(AddTag(BEN, "vip"))
    talk.play(Take(BEN))
    talk.change(status=Status.CLOSED)
    talk.play(AddTag(BEN, "won"))
    assert talk.conversation.tags == ("vip", "won")
