"""What a conversation shows of its customer, and whose it is, follows what colleagues change there."""

from hub.conversation.changes import agent_actor, conversation_event
from hub.conversation.commands import Context, HandOver, OfCustomer, ShowCustomer
from hub.conversation.effects import Effects, Handover
from hub.conversation.state import Conversation, Desk, Status
from hub.errors import NotFound
from hub.events import EventType
from hub.record import evolve

LEFT_INBOX = "left_inbox"
"""In an event's data: the Chat App inbox that the conversation was in and is in no longer."""


def show_customer(desk: Desk, command: ShowCustomer, context: Context) -> tuple[Desk, Effects, object]:
    """Shows the card and tells about it. One of somebody else, or older than the one that is shown, changes nothing.

    It is told even where the card is shown already: the conversation may have been read after the change.
    """
    conversation = _existing(desk)
    card, shown = command.card, conversation.customer
    if card.id != shown.id or card.version < shown.version:
        return desk, Effects(), conversation
    return _with_card(desk, conversation, command, context)


def hand_over(desk: Desk, command: HandOver, context: Context) -> tuple[Desk, Effects, object]:
    """Makes it the other customer's and tells about it; nothing happens when it is theirs."""
    conversation = _existing(desk)
    if conversation.customer.id == command.card.id:
        return desk, Effects(), conversation
    live = conversation.status is not Status.CLOSED
    desk, effects, changed = _with_card(desk, conversation, command, context)
    if (left := conversation.audience.inbox_id) is not None:
        effects.events[0].data[LEFT_INBOX] = left
    effects.handovers.append(Handover(conversation.id, conversation.channel, command.card.id, live))
    return desk, effects, changed


def _existing(desk: Desk) -> Conversation:
    if desk.conversation is None:
        raise NotFound("There is no such conversation.")
    return desk.conversation


def _with_card(
    desk: Desk, conversation: Conversation, command: OfCustomer, context: Context
) -> tuple[Desk, Effects, object]:
    card = command.card
    changed = evolve(conversation, customer=card, updated_at=context.now)
    told = {"customer": {"id": card.id, "version": card.version}}
    actor = agent_actor(command.author)
    event = conversation_event(EventType.CONVERSATION_UPDATED, changed, context, actor, told)
    return evolve(desk, conversation=changed), Effects(events=[event]), changed
