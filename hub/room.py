"""Rooms: where colleagues talk among themselves. A team has one, some people together have one, and others have a name.

Only members know of a room: in a team's room that is who is in the team at the moment, in the others who was named.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from attrs import frozen

from hub.clock import rfc3339
from hub.mention import Mention, Mentioned
from hub.mention import view as mention_view
from hub.rights import Reader

LONGEST_TEXT = 4096
LONGEST_NAME = 64
MOST_MEMBERS = 50
"""People of a room that is no team's. Above it the room is refused as `invalid_request`."""


class RoomKind(StrEnum):
    """Whose a room is."""

    TEAM = "team"
    DIRECT = "direct"
    NAMED = "named"


@frozen
class Member:
    """A person in a room."""

    id: UUID
    name: str


@frozen
class Room:
    """A room. `name` is a team's or its own, None in a direct one; `members` of a team's room are those of the moment
    it was read. `last_seq` is the newest message's number; dense from 1."""

    id: UUID
    kind: RoomKind
    name: str | None
    team_id: UUID | None
    members: tuple[Member, ...]
    last_seq: int
    created_at: datetime

    @property
    def audience(self) -> tuple[UUID, ...]:
        """Whom its events are for: the team, or the people."""
        return (self.team_id,) if self.team_id is not None else tuple(member.id for member in self.members)

    def has(self, person: Reader) -> bool:
        """Whether this person is a member now."""
        if self.team_id is not None:
            return self.team_id in person.team_ids
        return any(member.id == person.user_id for member in self.members)


@frozen
class RoomMessage:
    """What somebody said. `client_id` is the writer's own name of it, by which a repetition is known."""

    id: UUID
    room_id: UUID
    seq: int
    author_id: UUID
    author_name: str
    text: str
    client_id: UUID
    created_at: datetime
    mentions: tuple[Mention, ...] = ()


@frozen
class RoomRow:
    """A room in a member's list. `newest` is its last message, `unread` what others wrote that he has not read."""

    room: Room
    read_seq: int
    unread: int
    active_at: datetime
    newest: dict[str, Any] | None


@frozen
class RoomMove:
    """How far a room has come: from `expect`, which guards the journal, to `last_seq`."""

    id: UUID
    expect: int
    last_seq: int
    at: datetime


@frozen
class Say:
    """A member says something."""

    author: Member
    client_id: UUID
    text: str
    mentions: tuple[Mentioned, ...] = ()


def glance(room: Room) -> dict[str, Any]:
    """What an event carries of its room: enough to show it where it was not shown before."""
    return {
        "id": room.id,
        "kind": room.kind,
        "name": room.name,
        "team_id": room.team_id,
        "members": [{"id": member.id, "name": member.name} for member in room.members] if room.team_id is None else [],
    }


def view(message: RoomMessage) -> dict[str, Any]:
    """The message as the API and the events show it."""
    return {
        "id": message.id,
        "room_id": message.room_id,
        "seq": message.seq,
        "client_id": message.client_id,
        "author": {"id": message.author_id, "name": message.author_name},
        "text": message.text,
        "mentions": [mention_view(mention) for mention in message.mentions],
        "created_at": rfc3339(message.created_at),
    }


def people_key(member_ids: Sequence[UUID]) -> str:
    """By which a direct room is known: its people, in whatever order they were named."""
    return " ".join(sorted(map(str, set(member_ids))))


@frozen
class NewRoom:
    """A room to be made, without a name for just these people."""

    name: str | None
    member_ids: tuple[UUID, ...]


class Rooms(Protocol):
    """Where rooms are kept. Every method raises Unavailable when the database is away."""

    async def page(self, user_id: UUID, after: tuple[datetime, UUID] | None, limit: int) -> list[RoomRow]:
        """The rooms that this person is in now, the most lively first, after a (moment, id). His teams have theirs."""

    async def visible(self, user_id: UUID, room_id: UUID) -> RoomRow | None:
        """The room if this person is in it now."""

    async def open(self, new: NewRoom) -> tuple[UUID, bool]:
        """A room of these people, and whether it is new: without a name the same people have one."""

    async def messages(self, room_id: UUID, before: int | None, limit: int) -> list[RoomMessage]:
        """The newest messages before a number, oldest first."""

    async def mark_read(self, user_id: UUID, room_id: UUID, seq: int) -> None:
        """Moves how far this person has read, either way."""


class RoomStore(Protocol):
    """Rooms, read for decisions. Every method raises Unavailable when the database is away."""

    async def load(self, room_id: UUID) -> Room | None:
        """The room, if there is one."""

    async def said(self, room_id: UUID, client_ids: list[UUID]) -> list[RoomMessage]:
        """What was said under these client ids."""


NewId = Callable[[], UUID]
Known = Mapping[UUID, RoomMessage]
