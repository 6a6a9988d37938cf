"""How far somebody has read in a conversation: everybody's own, and told to nobody else."""

from attrs import frozen

from hub.conversation.changes import agent_actor
from hub.conversation.commands import Author, Context
from hub.conversation.effects import Effects, NewEvent
from hub.conversation.state import Conversation
from hub.events import EventType
from hub.journal import Change
from hub.record import evolve


@frozen
class Reading:
    """A reader's position, and how many of the customer's messages come after it. `newest` is the channel's id of the
    newest one before it; `moved` is whether the position was another one."""

    seq: int
    unread: int
    newest: str | None
    moved: bool


def told(reading: Reading, conversation: Conversation, reader: Author, context: Context) -> Change:
    """The event by which the reader's other screens learn of it."""
    event = NewEvent(
        id=context.new_id(),
        type=EventType.CONVERSATION_READ,
        at=context.now,
        audience=evolve(conversation.audience, user_id=reader.id, inbox_id=None),
        conversation_id=conversation.id,
        actor=agent_actor(reader),
        data={"read_seq": reading.seq, "unread": reading.unread},
    )
    return Change(context.new_id(), Effects(events=[event]))
