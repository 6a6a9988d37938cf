"""Carrying notices, with a queue in memory and a writer that keeps what it is asked."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from actors import kinds, notifier
from actors.kernel import Actor, Bound, Kind, Mail, Policy, System
from actors.notifier import InAppCarrier, Notifier
from hub.errors import Unavailable
from hub.events import EventType
from hub.ids import uuid7
from hub.journal import Change, Outcome, Verdict
from hub.notice import TRIES, Carried, Notice, NoticeChannel, Receipt
from hub.notification import NotificationKind

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


def notice(channel: NoticeChannel = NoticeChannel.SLACK, **given: Any) -> Notice:
    usual: dict[str, Any] = {
        "id": uuid7(), "alert_id": UUID(int=1), "channel": channel, "user_id": None, "email": None, "title": "t",
        "text": "x", "critical": False, "attempts": 0, "created_at": NOW,
    }  # fmt: skip
    return Notice(**{**usual, **given})


class Queue:
    """What waits, and how each ended."""

    def __init__(self, *notices: Notice) -> None:
        self.waiting = list(notices)
        self.settled: list[tuple[Carried, timedelta, str | None]] = []

    async def take(self, limit: int) -> list[Notice]:
        taken, self.waiting = self.waiting[:limit], self.waiting[limit:]
        return taken

    async def settle(self, notice_id: UUID, carried: Carried, pause: timedelta, problem: str | None) -> None:
        self.settled.append((carried, pause, problem))


class Way:
    """Carries as the answers say."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.carried: list[tuple[NoticeChannel, Carried]] = []

    async def carry(self, notice: Notice) -> Receipt:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            await asyncio.sleep(3600)
        return Receipt(*answer)

    def of(self, queue: Queue) -> Notifier:
        return Notifier(queue, {NoticeChannel.SLACK: self}, lambda: 0.5, lambda *seen: self.carried.append(seen))


async def test_each_is_carried_and_settled() -> None:
    queue = Queue(notice(), notice(), notice(attempts=TRIES - 1))
    way = Way((Carried.SENT,), (Carried.RETRY, "http_503"), (Carried.RETRY, "http_503"))
    await way.of(queue).look()
    sent, retried, dead = queue.settled
    assert sent == (Carried.SENT, timedelta(), None)
    assert retried[0] is Carried.RETRY
    assert retried[1] > timedelta()
    assert dead == (Carried.DEAD, timedelta(), "http_503")
    assert [carried for _, carried in way.carried] == [Carried.SENT, Carried.RETRY, Carried.DEAD]


async def test_what_hangs_or_meets_no_database_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifier, "LONGEST", 0.01)
    queue = Queue(notice(), notice())
    await Way(None, Unavailable()).of(queue).look()
    assert sorted(problem or "" for _, _, problem in queue.settled) == ["timeout", "unavailable"]
    assert {carried for carried, _, _ in queue.settled} == {Carried.RETRY}


async def test_a_channel_that_is_not_configured_any_more_is_given_up() -> None:
    queue = Queue(notice(NoticeChannel.EMAIL))
    await Way().of(queue).look()
    assert queue.settled == [(Carried.DEAD, timedelta(), "not_configured")]


async def test_more_than_fit_at_once_are_carried_in_turns() -> None:
    count = notifier.AT_ONCE * 2 + 1
    queue = Queue(*(notice() for _ in range(count)))
    await Way(*[(Carried.SENT,)] * count).of(queue).look()
    assert len(queue.settled) == count


class Writer(Actor):
    """Keeps the changes; without a list it is away."""

    def __init__(self, changes: list[Change] | None) -> None:
        self._changes = changes

    async def receive_batch(self, mails: Sequence[Mail]) -> None:
        for mail in mails:
            if self._changes is None:
                mail.fail(Unavailable())
            else:
                self._changes.append(mail.message)
                mail.reply(Outcome(Verdict.OK))


def writing(changes: list[Change] | None) -> System:
    system = System()
    system.register(Kind(kinds.WRITER, lambda key, context: Writer(changes), Bound(10, Policy.REJECT), batch=10))
    return system


async def test_in_the_app_it_is_a_notification_and_its_event() -> None:
    changes: list[Change] = []
    carrier, mine = InAppCarrier(writing(changes), lambda: NOW), notice(NoticeChannel.IN_APP, user_id=UUID(int=9))
    assert await carrier.carry(mine) == Receipt(Carried.SENT)
    (change,) = changes
    (notification,), (event,) = change.effects.notifications, change.effects.events
    assert (notification.id, notification.kind) == (mine.id, NotificationKind.ALERT)
    assert (event.type, event.audience.user_id) == (EventType.NOTIFICATION_CREATED, mine.user_id)
    assert event.data["notification"]["alert_id"] == mine.alert_id
    assert await carrier.carry(notice(NoticeChannel.IN_APP, user_id=UUID(int=9), told=True)) == Receipt(Carried.SENT)
    assert len(changes) == 1


async def test_without_a_journal_it_is_tried_again() -> None:
    carrier = InAppCarrier(writing(None), lambda: NOW)
    told = await carrier.carry(notice(NoticeChannel.IN_APP, user_id=UUID(int=9)))
    assert told == Receipt(Carried.RETRY, "unavailable")
