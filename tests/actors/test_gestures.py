"""What a customer sees of us beside messages: told once, in the background, and never at the cost of anything."""

from collections.abc import Coroutine
from typing import Any
from uuid import UUID

import pytest

from actors import gestures as module
from actors.gestures import TYPING_LASTS, Gestures
from hub.conversation.effects import OutboxRow
from hub.errors import Unavailable
from hub.ids import uuid7
from hub.outbox import Sent


class Phone:
    """A channel's way out that writes down the gestures."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []

    async def prepare(self, row: OutboxRow) -> Sent | None:
        return None

    async def send(self, row: OutboxRow) -> Sent:
        raise AssertionError("a gesture is no message")

    async def mark_read(self, channel_message_id: str) -> None:
        self.seen.append(("read", channel_message_id))

    async def typing(self, channel_message_id: str) -> None:
        self.seen.append(("typing", channel_message_id))


class Log:
    """The newest customer message of every conversation."""

    def __init__(self) -> None:
        self.found: tuple[str, str] | None = ("main", "wamid.1")
        self.away = False

    async def last_inbound(self, conversation_id: UUID) -> tuple[str, str] | None:
        if self.away:
            raise Unavailable
        return self.found


class Stage:
    def __init__(self) -> None:
        self.now = 0.0
        self.phone, self.log = Phone(), Log()
        self.gestures = Gestures({"main": self.phone}, self.log, self._spawn, lambda: self.now)

    async def _spawn(self, gesture: Coroutine[Any, Any, None]) -> None:
        await gesture


@pytest.fixture
def stage() -> Stage:
    return Stage()


async def test_a_message_is_told_read_once(stage: Stage) -> None:
    await stage.gestures.read("main", "wamid.1")
    await stage.gestures.read("main", "wamid.1")
    await stage.gestures.read("main", "wamid.2")
    assert stage.phone.seen == [("read", "wamid.1"), ("read", "wamid.2")]


async def test_typing_is_told_again_only_when_it_has_faded(stage: Stage) -> None:
    conversation = uuid7()
    await stage.gestures.typing(conversation)
    stage.now = TYPING_LASTS - 0.1
    await stage.gestures.typing(conversation)
    assert stage.phone.seen == [("typing", "wamid.1")]
    stage.now = TYPING_LASTS
    await stage.gestures.typing(conversation)
    await stage.gestures.typing(uuid7())
    assert len(stage.phone.seen) == 3


async def test_a_channel_without_gestures_gets_none(stage: Stage) -> None:
    await stage.gestures.read("app", "1")
    stage.log.found = ("app", "1")
    await stage.gestures.typing(uuid7())
    stage.log.found = None
    await stage.gestures.typing(uuid7())
    assert stage.phone.seen == []


async def test_typing_is_given_up_while_the_database_is_away(stage: Stage) -> None:
    stage.log.away = True
    await stage.gestures.typing(uuid7())
    assert stage.phone.seen == []


async def test_what_is_remembered_is_bounded(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 2)
    for number in ("1", "2", "3", "1"):
        await stage.gestures.read("main", number)
    assert [message for _, message in stage.phone.seen] == ["1", "2", "3", "1"]
