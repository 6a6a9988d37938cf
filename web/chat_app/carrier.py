"""The Chat App's way out. The hub itself is the channel: a message is sent once it is stored, because whoever it is
for finds it in the inbox, at once or on coming back.
"""

import logging
from collections.abc import Awaitable, Callable

from attrs import frozen

from actors.kernel import KernelError
from hub.conversation.commands import Outcome
from hub.conversation.effects import OutboxRow
from hub.errors import HubError
from hub.outbox import Sent

log = logging.getLogger("hub.chat_app")


@frozen
class ChatAppCarrier:
    """Sends for one channel. `was_read` tells the customer that their messages up to one were read."""

    channel: str
    was_read: Callable[[str, str], Awaitable[None]]

    async def prepare(self, row: OutboxRow) -> Sent | None:
        """Nothing: the message's file is here."""
        return None

    async def send(self, row: OutboxRow) -> Sent:
        """Says that it is sent. It may be said again: nothing leaves the house by it."""
        return Sent(Outcome.ACCEPTED, provider_id=str(row.message_id or row.id))

    async def mark_read(self, channel_message_id: str) -> None:
        """Tells the customer that their message was read. A failure is logged: it is no message."""
        try:
            await self.was_read(self.channel, channel_message_id)
        except (HubError, KernelError) as error:
            log.info("a gesture was not made", extra={"reason": type(error).__name__})

    async def typing(self, channel_message_id: str) -> None:
        """Nothing: customers at a stream are told when colleagues are."""
