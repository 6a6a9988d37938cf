"""What a conversation shows of its customer follows what colleagues change there."""

from hub.conversation.changes import agent_actor, conversation_event
from hub.conversation.commands import Context, ShowCustomer
from hub.conversation.effects import Effects
from hub.conversation.state import Desk
from hub.errors import NotFound
from hub.events import EventType
from hub.record import evolve


def show_customer(desk: Desk, command: ShowCustomer, context: Context) -> tuple[Desk, Effects, object]:
    """Shows the card and tells about it. One of somebody else, or older than the one that is shown, changes nothing.

    It is told even where the card is shown already: the conversation may have been read after the change.
    """
    conversation = desk.conversation
    if conversation is None:
        raise NotFound("There is no such conversation.")
    card, shown = command.card, conversation.customer
    if card.id != shown.id or card.version < shown.version:
        return desk, Effects(), conversation
    changed = evolve(conversation, customer=card, updated_at=context.now)
    told = {"customer": {"id": card.id, "version": card.version}}
    actor = agent_actor(command.author)
    event = conversation_event(EventType.CONVERSATION_UPDATED, changed, context, actor, told)
    return evolve(desk, conversation=changed), Effects(events=[event]), changed
