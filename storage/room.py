"""Rooms in PostgreSQL: the ports `hub.room.Rooms` and `hub.room.RoomStore`. Messages are written by the journal."""

from datetime import datetime
from uuid import UUID

import asyncpg
from attrs import frozen

from hub.ids import uuid7
from hub.mention import from_view
from hub.room import Member, NewRoom, Room, RoomKind, RoomMessage, RoomRow, people_key
from storage.database import Connection, Database
from storage.sql import load


@frozen
class Sql:
    """The queries of `room.sql`."""

    without_room: str
    add_team_rooms: str
    page: str
    load: str
    of_people: str
    add: str
    add_members: str
    messages: str
    said: str
    mark_read: str


SQL = load("room.sql", Sql)


def to_room(row: asyncpg.Record) -> Room:
    """A row of `load` or `page`."""
    members = tuple(Member(UUID(member["id"]), member["name"]) for member in row["members"] or ())
    return Room(
        row["id"], RoomKind(row["kind"]), row["name"], row["team_id"], members, row["last_seq"], row["created_at"]
    )


def to_message(row: asyncpg.Record) -> RoomMessage:
    """A row of `messages` or `said`."""
    return RoomMessage(
        id=row["id"],
        room_id=row["room_id"],
        seq=row["seq"],
        author_id=row["author_id"],
        author_name=row["author_name"],
        text=row["text"],
        client_id=row["client_id"],
        created_at=row["created_at"],
        mentions=tuple(from_view(shown) for shown in row["mentions"]),
    )


class RoomRows:
    """The rooms. Every method raises Unavailable when the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, user_id: UUID, after: tuple[datetime, UUID] | None, limit: int) -> list[RoomRow]:
        """The rooms that this person is in now, the most lively first. A team without one gets it."""
        async with self._database.acquire() as connection:
            await _furnish(connection, user_id)
            return await _rows(connection, user_id, None, after, limit)

    async def visible(self, user_id: UUID, room_id: UUID) -> RoomRow | None:
        """The room if this person is in it now."""
        async with self._database.acquire() as connection:
            found = await _rows(connection, user_id, room_id, None, 1)
        return found[0] if found else None

    async def open(self, new: NewRoom) -> tuple[UUID, bool]:
        """A room of these people, and whether it is new."""
        kind, key = RoomKind.NAMED, None
        if new.name is None:
            kind, key = RoomKind.DIRECT, people_key(new.member_ids)
        async with self._database.transaction() as connection:
            made: UUID | None = await connection.fetchval(SQL.add, uuid7(), kind.value, new.name, key)
            if made is None:
                known: UUID = await connection.fetchval(SQL.of_people, key)
                return known, False
            await connection.execute(SQL.add_members, made, list(set(new.member_ids)))
        return made, True

    async def load(self, room_id: UUID) -> Room | None:
        """The room, if there is one; a team's without its members."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(SQL.load, room_id)
        return to_room(row) if row else None

    async def messages(self, room_id: UUID, before: int | None, limit: int) -> list[RoomMessage]:
        """The newest messages before a number, oldest first."""
        async with self._database.acquire() as connection:
            rows = await connection.fetch(SQL.messages, room_id, before, limit)
        return [to_message(row) for row in reversed(rows)]

    async def said(self, room_id: UUID, client_ids: list[UUID]) -> list[RoomMessage]:
        """What was said under these client ids."""
        async with self._database.acquire() as connection:
            return [to_message(row) for row in await connection.fetch(SQL.said, room_id, client_ids)]

    async def mark_read(self, user_id: UUID, room_id: UUID, seq: int) -> None:
        """Moves how far this person has read, either way."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL.mark_read, user_id, room_id, seq)


async def _furnish(connection: Connection, user_id: UUID) -> None:
    teams = [row["team_id"] for row in await connection.fetch(SQL.without_room, user_id)]
    if teams:
        await connection.execute(SQL.add_team_rooms, [uuid7() for _ in teams], teams)


async def _rows(
    connection: Connection, user_id: UUID, room_id: UUID | None, after: tuple[datetime, UUID] | None, limit: int
) -> list[RoomRow]:
    rows = await connection.fetch(SQL.page, user_id, room_id, *(after or (None, None)), limit)
    return [RoomRow(to_room(row), row["read_seq"], row["unread"], row["active_at"], row["newest"]) for row in rows]
