"""What is said in a room in one turn."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from hub.errors import IdempotencyKeyReused, Invalid
from hub.ids import uuid7
from hub.mention import Mention, Mentioned, MentionType
from hub.rights import Reader, Role
from hub.room import Member, Room, RoomKind, RoomMessage, Say
from hub.room_turn import RoomTurn

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
TEAM = uuid7()
ANA, BEN, EVE = (Member(uuid7(), name) for name in ("Ana", "Ben", "Eve"))
OURS = Room(uuid7(), RoomKind.TEAM, "Support", TEAM, (), 7, NOON)
IDS = [uuid7() for _ in range(4)]


def turn(*known: RoomMessage, room: Room = OURS) -> RoomTurn:
    return RoomTurn(room, {message.client_id: message for message in known}, NOON, uuid7)


def named(member: Member, *team_ids: UUID) -> Mentioned:
    return Mentioned(
        Mention(MentionType.USER, member.id, member.name), (Reader(member.id, Role.AGENT, frozenset(team_ids)),)
    )


@given(st.lists(st.sampled_from(IDS), max_size=12))
def test_numbers_are_dense_and_each_client_id_is_one_message(ids: list[UUID]) -> None:
    one = turn()
    answers = [one.say(Say(ANA, client_id, str(client_id))) for client_id in ids]
    one.finish()
    written = one.effects.room_messages
    assert [message.seq for message in written] == list(range(8, 8 + len(set(ids))))
    assert [isinstance(answer, RoomMessage) and answer.client_id for answer in answers] == ids
    assert len(one.effects.events) == len(written)
    assert [(move.expect, move.last_seq) for move in one.effects.rooms] == ([(7, 7 + len(written))] if ids else [])


def test_a_message_is_told_to_the_members_of_the_room_alone() -> None:
    one = turn()
    message = one.say(Say(ANA, uuid7(), "hello"))
    (event,) = one.effects.events
    assert (event.type, event.conversation_id, event.audience.members) == ("internal.message", None, (TEAM,))
    assert isinstance(message, RoomMessage)
    assert event.data["message"]["id"] == message.id
    assert event.data["room"]["name"] == "Support"


def test_a_member_who_is_mentioned_is_told_and_nobody_else_can_be() -> None:
    one = turn()
    assert isinstance(one.say(Say(ANA, uuid7(), "@Eve", (named(EVE),))), Invalid)
    assert not one.effects
    message = one.say(Say(ANA, uuid7(), "@Ben", (named(BEN, TEAM),)))
    assert isinstance(message, RoomMessage)
    (notification,) = one.effects.notifications
    assert (notification.user_id, notification.room_message_id, notification.text) == (BEN.id, message.id, "@Ben")
    told = one.effects.events[-1]
    assert (told.type, told.audience.user_id, told.audience.members) == ("notification.created", BEN.id, (TEAM,))
    assert told.data["notification"]["room"] == {"id": OURS.id, "name": "Support"}


def test_what_was_said_before_is_the_answer_unless_it_was_something_else() -> None:
    known = RoomMessage(uuid7(), OURS.id, 7, ANA.id, "Ana", "hello", uuid7(), NOON)
    one = turn(known)
    assert one.say(Say(ANA, known.client_id, "hello")) == known
    assert isinstance(one.say(Say(ANA, known.client_id, "other")), IdempotencyKeyReused)
    assert isinstance(one.say(Say(BEN, known.client_id, "hello")), IdempotencyKeyReused)
    one.finish()
    assert not one.effects
