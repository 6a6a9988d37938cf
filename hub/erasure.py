"""Forgetting a customer: nothing of them stays but that there was somebody, for the numbers.

Messages, files, notes, names and addresses go. Conversations stay with number, times, team and tags, closed; events
stay with their numbers and types, and of their contents only ids. Whoever writes again from an address is somebody new.
"""

from typing import Any, Protocol
from uuid import UUID

from attrs import frozen

from hub.conversation.changes import conversation_event
from hub.conversation.commands import Context
from hub.conversation.effects import Effects
from hub.conversation.state import Conversation
from hub.customer import Address
from hub.events import EventType
from hub.journal import Change


@frozen
class Erased:
    """What was erased: conversations as they are now, and addresses that are nobody's any more."""

    conversations: tuple[Conversation, ...]
    addresses: tuple[Address, ...]


def told(erased: Erased, actor: dict[str, Any], context: Context) -> Change:
    """The events by which everybody who looks at one of the conversations learns that it is empty."""
    events = [
        conversation_event(EventType.CONVERSATION_UPDATED, conversation, context, actor, {"erased": True})
        for conversation in erased.conversations
    ]
    return Change(context.new_id(), Effects(events=events))


class Erasures(Protocol):
    """Where customers are forgotten."""

    async def erase(self, customer_id: UUID) -> Erased:
        """Forgets the customer, and those who were merged into them. Asking again completes what was interrupted.

        Raises NotFound, with `merged_into` for one who turned out to be somebody else; InUse while a message to them is
        on its way; Unavailable when the database or the disk is away.
        """
