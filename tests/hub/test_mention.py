"""Whom mentions mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import Invalid
from hub.ids import uuid7
from hub.mention import MOST_MEANT, Mention, Mentioned, MentionType, from_view, meant, view
from hub.rights import Reader, Role

PEOPLE = [Reader(uuid7(), Role.AGENT, frozenset()) for _ in range(6)]
AUTHOR = PEOPLE[0]
SEEING = set(PEOPLE[:4])
PERSON = st.sampled_from(PEOPLE)


def of_person(person: Reader) -> Mentioned:
    return Mentioned(Mention(MentionType.USER, person.user_id, "Ben"), (person,))


def of_team(*people: Reader) -> Mentioned:
    return Mentioned(Mention(MentionType.TEAM, uuid7(), "Support"), people)


MENTIONS = st.lists(PERSON.map(of_person) | st.lists(PERSON, max_size=6).map(lambda people: of_team(*people)))


@given(MENTIONS)
def test_those_are_told_who_see_it_each_once_and_never_the_author(mentions: list[Mentioned]) -> None:
    named = {m.people[0] for m in mentions if m.mention.type is MentionType.USER}
    if named - SEEING:
        with pytest.raises(Invalid):
            meant(mentions, AUTHOR.user_id, SEEING.__contains__)
        return
    told = meant(mentions, AUTHOR.user_id, SEEING.__contains__)
    everybody = {person.user_id for mentioned in mentions for person in mentioned.people if person in SEEING}
    assert {user_id for user_id, _ in told} == everybody - {AUTHOR.user_id}
    assert len(told) == len({user_id for user_id, _ in told})
    for user_id, mention in told:
        assert (mention.type is MentionType.USER) == (user_id in {person.user_id for person in named})


def test_who_may_not_be_named_is_said_by_place() -> None:
    with pytest.raises(Invalid) as refused:
        meant([of_person(PEOPLE[1]), of_person(PEOPLE[5])], AUTHOR.user_id, SEEING.__contains__)
    assert [error["path"] for error in refused.value.errors] == ["$.mentions[1]"]


def test_a_text_means_so_many_people_at_most() -> None:
    crowd = [Reader(uuid7(), Role.AGENT, frozenset()) for _ in range(MOST_MEANT + 1)]
    assert len(meant([of_team(*crowd[1:])], AUTHOR.user_id, lambda person: True)) == MOST_MEANT
    with pytest.raises(Invalid):
        meant([of_team(*crowd)], AUTHOR.user_id, lambda person: True)


def test_a_mention_reads_back() -> None:
    mention = Mention(MentionType.TEAM, uuid7(), "Support")
    assert from_view({**view(mention), "id": str(mention.id)}) == mention
