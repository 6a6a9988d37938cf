"""Changes as conversations really decide them, and journals to bring them to."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from hub.conversation.commands import Author, Command, Context, Opening, Receive, Reply
from hub.conversation.effects import Effects
from hub.conversation.state import CustomerCard, Desk
from hub.conversation.step import committed, step
from hub.ids import uuid7
from hub.inbound import Identity, IdentityKind, InboundMessage, Party
from hub.journal import Change
from hub.message import Content, ContentType
from storage.database import Database
from storage.journal import Journal

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
CHANNEL = "whatsapp-main"
LEASE = timedelta(seconds=30)


class Decider:
    """Makes changes of commands, as a conversation's actor does."""

    def __init__(self) -> None:
        self.now = NOON
        self.author = Author(uuid7(), "Ana")
        self._numbers = count(1001)
        self._ids = count(1)

    def context(self) -> Context:
        return Context(self.now, uuid7)

    def person(self) -> tuple[Identity, ...]:
        """The addresses of somebody new."""
        n = next(self._ids)
        return Identity(IdentityKind.BSUID, f"PT.{n}"), Identity(IdentityKind.WA_ID, f"35191{n:07}")

    def opening(self, identities: tuple[Identity, ...] | None = None, **given: Any) -> Opening:
        identities = self.person() if identities is None else identities
        standard = {
            "conversation_id": uuid7(),
            "number": next(self._numbers),
            "channel": CHANNEL,
            "channel_type": "whatsapp",
            "customer": CustomerCard(uuid7(), "Maria", identities[-1].value if identities else None, self.now),
            "team_id": None,
            "new_customer": True,
            "identities": identities,
        }
        return Opening(**{**standard, **given})

    def text(self, text: str = "Olá", wamid: str | None = None, **given: Any) -> InboundMessage:
        """A customer's message."""
        return InboundMessage(
            wamid or f"wamid.in.{next(self._ids)}", Party(()), self.now, Content(ContentType.TEXT, text), **given
        )

    def reply(self, text: str = "Bom dia", client_id: UUID | None = None) -> Reply:
        return Reply(client_id or uuid7(), self.author, "text", text)

    def change(self, desk: Desk, *commands: Command) -> tuple[Desk, Change]:
        """What the commands lead to, in one turn: the desk once it is written, and the change."""
        before, effects = desk, Effects()
        for command in commands:
            desk, more, _ = step(desk, command, self.context())
            effects.add(more)
        desk = committed(before, desk, effects)
        expect = before.conversation.revision if before.conversation else 0
        return desk, Change(uuid7(), effects, desk.conversation, expect)

    def begin(self, *more: Command, opening: Opening | None = None) -> tuple[Desk, Change]:
        """A conversation that begins with a message."""
        return self.change(Desk(), Receive((self.text(),), opening or self.opening()), *more)


@pytest.fixture
def decider() -> Decider:
    return Decider()


@pytest.fixture
async def new_journal(database: Database) -> AsyncIterator[Callable[[int], Journal]]:
    """Makes journals of replicas by their numbers."""
    async with AsyncExitStack() as stack:

        def make(replica: int) -> Journal:
            journal = Journal(database, replica, LEASE)
            stack.push_async_callback(journal.close)
            return journal

        yield make


@pytest.fixture
def journal(new_journal: Callable[[int], Journal]) -> Journal:
    """The journal of the one replica there is."""
    return new_journal(1)
