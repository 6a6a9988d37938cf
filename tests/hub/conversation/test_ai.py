"""Who answers the customer: a person who acts takes the conversation over, and the AI agent's old words are refused."""

from typing import Any

import pytest

from hub.conversation.commands import AttachAi, Author, Patch, Reply, Take
from hub.conversation.state import Status
from hub.errors import AiDetached, ConversationClosed, NotFound
from hub.ids import uuid7
from hub.rights import Reader, Role


def person(name: str, role: Role = Role.AGENT) -> Author:
    id = uuid7()
    return Author(id, name, Reader(id, Role.ADMIN if role is Role.AGENT else role, frozenset()))


ANA, BEN, SCRIPT = person("Ana"), person("Ben"), person("Script", Role.SERVICE)
AI, HUB = Author(uuid7(), "Helper"), Author(uuid7(), "Hub")


def words(author: Author, epoch: int | None = None) -> Reply:
    return Reply(uuid7(), author, "text", "Olá", ai_epoch=epoch)


def test_the_ai_agent_speaks_until_a_person_does(talk: Any) -> None:
    talk.arrives()
    said = talk.play(words(AI, 0))
    assert (said.sender.name, said.metadata) == ("Helper", {"ai": True})
    talk.play(words(ANA))
    assert not talk.conversation.ai_attached
    with pytest.raises(AiDetached):
        talk.play(words(AI, 0))
    with pytest.raises(AiDetached):
        talk.play(words(AI, 1))


@pytest.mark.parametrize(
    "act", [words(ANA), Take(ANA), Patch(ANA, assignee=BEN), Patch(ANA, status=Status.OPEN, assignee=ANA)]
)
def test_whoever_speaks_or_takes_it_has_it(talk: Any, act: Any) -> None:
    talk.arrives()
    talk.play(act)
    assert talk.conversation.ai_epoch == 1


@pytest.mark.parametrize(
    "act", [words(SCRIPT), words(HUB), words(AI, 0), Patch(ANA, priority=2), Patch(SCRIPT, assignee=BEN)]
)
def test_programs_and_other_edits_take_nothing_over(talk: Any, act: Any) -> None:
    talk.arrives()
    talk.play(act)
    assert talk.conversation.ai_attached


def test_a_word_from_the_phone_is_a_persons(talk: Any) -> None:
    talk.arrives()
    talk.receive(talk.echo())
    assert not talk.conversation.ai_attached


def test_a_second_word_of_a_person_changes_no_hands(talk: Any) -> None:
    talk.arrives()
    for act in (words(ANA), words(BEN), Take(BEN)):
        talk.play(act)
    assert talk.conversation.ai_epoch == 1


def test_what_was_thought_of_before_a_person_spoke_is_refused_even_when_it_is_handed_back(talk: Any) -> None:
    talk.arrives()
    talk.play(words(ANA))
    talk.play(AttachAi(ANA, True))
    assert talk.told() == ["conversation.updated"]
    with pytest.raises(AiDetached):
        talk.play(words(AI, 0))
    talk.play(words(AI, 2))


def test_handing_over_twice_changes_nothing(talk: Any) -> None:
    talk.arrives()
    version = talk.conversation.version
    assert talk.play(AttachAi(ANA, False)).version == version + 1
    assert talk.play(AttachAi(ANA, False)).version == version + 1
    assert not talk.effects


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED])
def test_the_ai_agent_is_silent_where_it_is_over(talk: Any, status: Status) -> None:
    talk.arrives()
    talk.change(status=status)
    with pytest.raises(ConversationClosed):
        talk.play(words(AI, 0))


def test_what_is_closed_or_is_not_there_cannot_be_handed_over(talk: Any) -> None:
    with pytest.raises(NotFound):
        talk.play(AttachAi(ANA, True))
    talk.arrives()
    talk.play(words(ANA))
    talk.change(status=Status.CLOSED)
    with pytest.raises(ConversationClosed):
        talk.play(AttachAi(ANA, True))


def test_the_ai_agents_words_leave_the_bots_status_and_the_first_reply_to_people(talk: Any) -> None:
    talk.arrives()
    talk.change(status=Status.PENDING)
    talk.play(words(AI, 0))
    assert (talk.conversation.status, talk.conversation.first_reply_at) == (Status.PENDING, None)
    assert talk.conversation.waiting_since is None
    talk.play(words(ANA))
    assert (talk.conversation.status, talk.conversation.first_reply_at) == (Status.OPEN, talk.now)
