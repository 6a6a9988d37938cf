"""Notifications as the journal writes them and as they are read."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from attrs import define

from hub.conversation.commands import AddNote, DeleteNote, Patch
from hub.conversation.state import Desk
from hub.ids import uuid7
from hub.mention import Mention, Mentioned, MentionType
from hub.notification import These, UpTo
from hub.rights import Reader, Role
from hub.team import TeamKind
from hub.user import NewUser
from storage.database import Database
from storage.journal import Journal
from storage.notification import NotificationStore
from storage.team import TeamStore
from storage.user import UserStore


@define
class Board:
    """Ben, of Support, and a conversation of Support's."""

    notifications: NotificationStore
    journal: Journal
    decider: Any
    ben: Reader
    desk: Desk

    async def change(self, command: Any) -> Any:
        self.desk, change = self.decider.change(self.desk, command)
        await self.journal.append([change])
        self.decider.now += timedelta(seconds=1)
        return change.effects

    async def mention(self, text: str) -> Any:
        mentioned = Mentioned(Mention(MentionType.USER, self.ben.user_id, "Ben"), (self.ben,))
        return await self.change(AddNote(self.decider.author, text, (mentioned,)))

    async def texts(self, reader: Reader | None = None, *, unread: bool = False) -> list[str | None]:
        page = await self.notifications.page(reader or self.ben, None, 50, unread=unread)
        return [notification.text for notification in page]


@pytest.fixture
async def board(database: Database, journal: Journal, decider: Any) -> Board:
    user = await UserStore(database).create(NewUser("ben@example.com", "Ben", Role.AGENT, "hash"))
    team = await TeamStore(database).create("Support", TeamKind.SUPPORT)
    await TeamStore(database).add_member(team.id, user.id)
    desk, begin = decider.begin(opening=decider.opening(team_id=team.id))
    await journal.append([begin])
    return Board(NotificationStore(database), journal, decider, Reader(user.id, Role.AGENT, frozenset({team.id})), desk)


async def test_a_notification_reads_back_as_it_was_told(board: Board) -> None:
    (made,) = (await board.mention("look")).notifications
    (read,) = await board.notifications.page(board.ben, None, 10, unread=False)
    assert (read.id, read.kind, read.text, read.subject) == (made.id, made.kind, "look", made.subject)
    assert read.note_id == made.note_id
    assert read.actor["name"] == "Ana"
    assert await board.texts(Reader(uuid7(), Role.ADMIN, frozenset())) == []


async def test_the_newest_come_first_and_pages_go_on(board: Board) -> None:
    for number in range(4):
        await board.mention(str(number))
    first = await board.notifications.page(board.ben, None, 2, unread=False)
    rest = await board.notifications.page(board.ben, (first[-1].created_at, first[-1].id), 10, unread=False)
    assert [n.text for n in first + rest] == ["3", "2", "1", "0"]


async def test_what_one_has_read_and_has_not(board: Board) -> None:
    made: list[UUID] = []
    for number in range(4):
        made += [n.id for n in (await board.mention(str(number))).notifications]
    me = board.ben.user_id
    await board.notifications.mark(me, UpTo(made[1]), read=True)
    assert await board.texts(unread=True) == ["3", "2"]
    assert await board.notifications.unread(board.ben) == 2
    await board.notifications.mark(me, These((made[0], made[3])), read=False)
    await board.notifications.mark(me, These((made[2],)), read=True)
    assert await board.texts(unread=True) == ["3", "0"]
    await board.notifications.mark(uuid7(), UpTo(made[3]), read=True)
    await board.notifications.mark(uuid7(), These(tuple(made)), read=True)
    assert await board.texts(unread=True) == ["3", "0"]


async def test_of_what_one_may_not_see_any_more_nothing_is_left(board: Board) -> None:
    await board.mention("look")
    outside = Reader(board.ben.user_id, Role.AGENT, frozenset())
    assert await board.texts(outside) == []
    assert await board.notifications.unread(outside) == 0
    author = board.decider.author
    await board.change(Patch(author, assignee=type(author)(board.ben.user_id, "Ben")))
    assert await board.texts(outside) == [None, "look"]


async def test_a_deleted_note_leaves_no_text(board: Board) -> None:
    (note,) = (await board.mention("a secret")).notes
    await board.change(DeleteNote(board.decider.author, note))
    assert await board.texts() == [None]


async def test_old_ones_are_forgotten_read_ones_sooner(board: Board, database: Database) -> None:
    for text in ("read long ago", "read lately", "old", "not so old", "new"):
        await board.mention(text)
    by_text = {str(n.text): n.id for n in await board.notifications.page(board.ben, None, 50, unread=False)}

    async def age(column: str, text: str, days: int) -> None:
        async with database.acquire() as connection:
            query = f"update notifications set {column} = now() - make_interval(days => $2) where id = $1"
            await connection.execute(query, by_text[text], days)

    for text in by_text:
        await age("created_at", text, 91)
    await age("read_at", "read long ago", 91)
    await age("read_at", "read lately", 89)
    await age("created_at", "old", 181)
    await age("created_at", "not so old", 179)
    await board.notifications.prune()
    assert set(await board.texts()) == {"read lately", "not so old", "new"}
