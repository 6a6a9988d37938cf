"""Reactions, edits and deletions: in whatever order they come."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.clock import rfc3339
from hub.conversation.amend import MAX_HELD, MAX_HISTORY, reacted
from hub.conversation.commands import Outcome
from hub.inbound import Edit, Party, Reaction, Revoke
from hub.message import Content, ContentType

NOBODY = Party(())


def edit(talk: Any, text: str, n: int = 0, target: str = "wamid.1", **given: Any) -> Edit:
    at = talk.now + timedelta(seconds=n)
    return Edit(f"edit.{text}", target, NOBODY, Content(ContentType.TEXT, text), at, **given)


def react(talk: Any, emoji: str | None, n: int = 0, target: str = "wamid.1") -> Reaction:
    return Reaction(f"react.{n}", target, NOBODY, emoji, talk.now + timedelta(seconds=n))


def emojis(message: Any) -> list[str]:
    return [reaction["emoji"] for reaction in message.reactions]


# Reactions


def test_a_reaction_is_shown_replaced_and_taken_back(talk: Any) -> None:
    talk.arrives(wamid="wamid.1")
    for n, (emoji, shown) in enumerate([("👍", ["👍"]), ("❤️", ["❤️"]), (None, [])]):
        talk.receive(react(talk, emoji, n))
        assert emojis(talk.last) == shown
        assert talk.told() == ["message.updated"]
    assert talk.conversation.version == 1


def test_a_reaction_brought_again_changes_nothing_also_after_it_was_stored(talk: Any) -> None:
    talk.arrives(wamid="wamid.1")
    talk.receive(react(talk, "👍"))
    talk.receive(react(talk, "👍"))
    assert not talk.effects
    stored = tuple({**reaction, "by": str(reaction["by"])} for reaction in talk.last.reactions)
    assert stored == talk.last.reactions


@settings(max_examples=60, deadline=None)
@given(order=st.permutations([("👍", 1), ("❤️", 2), (None, 3), ("🎉", 4)]), cut=st.integers(1, 4))
def test_in_whatever_order_reactions_come_the_newest_counts(
    new_talk: Any, order: list[tuple[str | None, int]], cut: int
) -> None:
    talk = new_talk()
    talk.arrives(wamid="wamid.1")
    came = order[:cut]
    for emoji, n in [*came, *came]:
        talk.receive(react(talk, emoji, n))
    newest = max(came, key=lambda reaction: reaction[1])[0]
    assert emojis(talk.last) == ([newest] if newest else [])


def test_a_withdrawal_that_overtook_its_reaction_tells_nobody_and_counts(talk: Any) -> None:
    talk.arrives(wamid="wamid.1")
    talk.receive(react(talk, None, 2))
    assert talk.told() == []
    assert talk.effects.updates
    talk.receive(react(talk, "👍", 1))
    assert emojis(talk.last) == []
    assert not talk.effects


def test_two_people_react_each_for_themselves(talk: Any) -> None:
    message = talk.arrives()
    for who in ("a", "b", "a"):
        message = reacted(message, "👍", {"by": who, "type": "agent", "name": who}, rfc3339(talk.now))
    assert {reaction["by"] for reaction in message.reactions} == {"a", "b"}


# Edits and deletions


def test_an_edit_shows_the_new_text_and_keeps_the_old(talk: Any) -> None:
    talk.arrives("frist", wamid="wamid.1")
    talk.receive(edit(talk, "first", 5))
    message = talk.last
    assert (message.text, message.edited_at) == ("first", talk.now + timedelta(seconds=5))
    assert [past["text"] for past in message.metadata["history"]] == ["frist"]
    assert talk.conversation.last_message["text"] == "first"
    talk.receive(edit(talk, "first", 5))
    assert not talk.effects


@pytest.mark.parametrize("order", list(permutations([("a", 1), ("b", 2), ("c", 3)])))
def test_in_whatever_order_edits_come_the_newest_is_shown_and_all_are_kept(
    talk: Any, order: tuple[tuple[str, int], ...]
) -> None:
    talk.arrives("written", wamid="wamid.1")
    for text, n in (*order, *order):
        talk.receive(edit(talk, text, n))
    message = talk.last
    kept = {past["text"] for past in message.metadata["history"]}
    assert message.text == "c"
    assert kept == {"written", "a", "b"}
    assert len(message.metadata["history"]) == 3


def test_only_so_many_earlier_texts_are_kept(talk: Any) -> None:
    talk.arrives("0", wamid="wamid.1")
    for n in range(1, MAX_HISTORY + 10):
        talk.receive(edit(talk, str(n), n))
    assert [past["text"] for past in talk.last.metadata["history"]][-1] == str(MAX_HISTORY + 8)
    assert len(talk.last.metadata["history"]) == MAX_HISTORY


def test_a_deleted_message_stays_deleted_and_its_preview_is_empty(talk: Any) -> None:
    talk.arrives("secret", wamid="wamid.1")
    for n in (1, 2):
        talk.receive(Revoke(f"r{n}", "wamid.1", NOBODY, talk.now + timedelta(seconds=n)))
    assert talk.last.deleted_at == talk.now + timedelta(seconds=1)
    assert talk.conversation.last_message["text"] is None
    assert talk.last.text == "secret"


@pytest.mark.parametrize(("by_business", "actor"), [(True, "agent"), (False, "customer")])
def test_who_changed_it_is_told(talk: Any, by_business: bool, actor: str) -> None:
    talk.receive(talk.echo(wamid="wamid.1"))
    talk.receive(edit(talk, "x", by_business=by_business))
    assert talk.effects.events[0].actor["type"] == actor


# Before their message


@settings(max_examples=60, deadline=None)
@given(order=st.permutations(["message", "reaction", "edit", "revoke"]))
def test_what_came_first_waits_for_its_message(new_talk: Any, order: list[str]) -> None:
    talk = new_talk()
    talk.arrives("before")
    items = {
        "message": talk.inbound("written", wamid="wamid.1"),
        "reaction": react(talk, "👍", 1),
        "edit": edit(talk, "edited", 2),
        "revoke": Revoke("r", "wamid.1", NOBODY, talk.now + timedelta(seconds=3)),
    }
    for name in order:
        talk.receive(items[name])
    message = talk.last
    assert (message.text, emojis(message), message.deleted_at) == ("edited", ["👍"], talk.now + timedelta(seconds=3))
    assert not talk.desk.held
    assert len(talk.events) == 6


def test_what_waits_is_kept_once_and_let_go_when_applied(talk: Any) -> None:
    talk.arrives()
    talk.receive(react(talk, "👍"))
    (held,) = talk.effects.held
    talk.receive(react(talk, "👍"))
    assert not talk.effects
    talk.arrives("here", wamid="wamid.1")
    assert talk.effects.released == [held.id]
    assert talk.told() == ["message.received", "message.updated"]


def test_only_so_many_wait_and_the_oldest_gives_way(talk: Any) -> None:
    talk.arrives()
    talk.receive(*(react(talk, "👍", n, f"wamid.later.{n}") for n in range(MAX_HELD + 3)))
    assert len(talk.desk.held) == MAX_HELD
    assert len(talk.effects.held) == MAX_HELD + 3
    assert talk.effects.released == [held.id for held in talk.effects.held[:3]]


def test_a_reaction_to_our_message_finds_it_when_its_id_is_known(talk: Any) -> None:
    talk.arrives()
    message = talk.reply()
    talk.receive(react(talk, "👍", target=f"wamid.out.{message.seq}.1"))
    assert len(talk.desk.held) == 1
    talk.play(talk.result(message, Outcome.ACCEPTED))
    assert emojis(talk.last) == ["👍"]
    assert not talk.desk.held


def test_what_waited_is_the_same_after_it_was_stored(talk: Any) -> None:
    talk.arrives()
    talk.receive(edit(talk, "edited", by_business=True), Revoke("r", "wamid.1", NOBODY, talk.now, by_business=True))
    for held in talk.desk.held:
        assert attrs.evolve(held, item={**held.item}) == held
        assert all(isinstance(value, str | bool | None) for value in held.item.values())
