"""The outbox: what is to be sent, whose turn it is, and the ways out to the channels."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from attrs import frozen

from hub.conversation.commands import Outcome as SendOutcome
from hub.conversation.effects import OutboxRow


@frozen
class Claimed:
    """An outbox row that is ours for now. `interrupted`: somebody was sending it and did not come back."""

    row: OutboxRow
    interrupted: bool = False


class OutboxStore(Protocol):
    """What is to be sent. Every method raises hub.errors.Unavailable when the database is away."""

    async def claim(self, channel: str, limit: int) -> list[Claimed]:
        """Leases the first unsent row of each conversation, where it is due and nobody alive holds it."""

    async def claim_next(self, conversation_id: UUID) -> Claimed | None:
        """Leases the conversation's first unsent row, if it is due and free."""

    async def sending(self, rows: Sequence[OutboxRow]) -> set[UUID]:
        """Marks rows as being sent, durably, before they are; answers which of them still are ours."""

    async def release(self, channel: str) -> None:
        """Hands back what this replica holds and is not sending."""


@frozen
class Sent:
    """How a try of sending ended: what `hub.conversation.commands.SendResult` needs, and what it means for others.

    `hold_channel` seconds nothing else is sent on the channel; `channel_down` says that it needs a person.
    """

    outcome: SendOutcome
    provider_id: str | None = None
    code: str | None = None
    text: str | None = None
    retryable: bool = False
    closes_window: bool = False
    retry_in: float | None = None
    burns_try: bool = True
    hold_channel: float = 0.0
    channel_down: bool = False


class Carrier(Protocol):
    """A channel's way out."""

    async def prepare(self, row: OutboxRow) -> Sent | None:
        """Does what has to be done before and may be done again, such as uploading a file. None: ready to be sent;
        otherwise how the try has ended already."""

    async def send(self, row: OutboxRow) -> Sent:
        """Sends once and says how it ended; raises nothing. Bounded in time."""

    async def mark_read(self, channel_message_id: str) -> None:
        """Tells the customer that their message was read; raises nothing."""

    async def typing(self, channel_message_id: str) -> None:
        """Shows the customer that somebody writes; raises nothing."""
