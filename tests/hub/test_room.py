"""Who is in a room, and how it is shown."""

from datetime import UTC, datetime
from itertools import permutations

from hub.ids import uuid7
from hub.mention import Mention, MentionType
from hub.rights import Reader, Role
from hub.room import Member, Room, RoomKind, RoomMessage, glance, people_key, view

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
TEAM = uuid7()
ANA, BEN = Member(uuid7(), "Ana"), Member(uuid7(), "Ben")
OURS = Room(uuid7(), RoomKind.TEAM, "Support", TEAM, (), 0, NOON)
TOGETHER = Room(uuid7(), RoomKind.DIRECT, None, None, (ANA, BEN), 0, NOON)


def test_a_teams_room_has_who_is_in_the_team_and_no_admin_besides() -> None:
    assert OURS.audience == (TEAM,)
    assert OURS.has(Reader(ANA.id, Role.AGENT, frozenset({TEAM})))
    assert not OURS.has(Reader(ANA.id, Role.ADMIN, frozenset()))


def test_another_room_has_who_was_named() -> None:
    assert TOGETHER.audience == (ANA.id, BEN.id)
    assert TOGETHER.has(Reader(BEN.id, Role.AGENT, frozenset()))
    assert not TOGETHER.has(Reader(uuid7(), Role.ADMIN, frozenset({TEAM})))


def test_the_same_people_have_one_room_in_whatever_order() -> None:
    people = [uuid7() for _ in range(3)]
    assert len({people_key(order) for order in permutations([*people, people[0]])}) == 1
    assert people_key(people) != people_key(people[:2])


def test_a_message_is_shown_with_its_room_but_without_a_teams_members() -> None:
    mention = Mention(MentionType.USER, BEN.id, "Ben")
    message = RoomMessage(uuid7(), TOGETHER.id, 3, ANA.id, "Ana", "look", uuid7(), NOON, (mention,))
    shown = view(message)
    assert (shown["author"], shown["seq"]) == ({"id": ANA.id, "name": "Ana"}, 3)
    assert shown["mentions"] == [{"type": "user", "id": BEN.id, "name": "Ben"}]
    assert glance(TOGETHER)["members"] == [{"id": ANA.id, "name": "Ana"}, {"id": BEN.id, "name": "Ben"}]
    assert glance(OURS) == {"id": OURS.id, "kind": "team", "name": "Support", "team_id": TEAM, "members": []}
