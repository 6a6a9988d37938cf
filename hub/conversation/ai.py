"""Who answers the customer, the AI agent or people: what people do takes a conversation over, and one hands it back.

`Conversation.ai_epoch` counts how often it changed hands. An AI agent acts in the epoch in which it looked: what it
brings in a later one was thought of before a person spoke, and is refused, even if the conversation is its own again.
"""

from hub.conversation.changes import agent_actor, conversation_event
from hub.conversation.commands import AttachAi, Author, Context
from hub.conversation.effects import Effects
from hub.conversation.state import Conversation, Desk, Status
from hub.errors import AiDetached, ConversationClosed, NotFound
from hub.events import EventType
from hub.record import evolve

OVER = frozenset({Status.RESOLVED, Status.CLOSED})
"""The states in which an AI agent has nothing to do, until the customer writes again."""


def taken_over(conversation: Conversation, author: Author) -> Conversation:
    """The conversation once this author has acted in it: if it is a person, they have it from then on."""
    return with_people(conversation) if author.is_person else conversation


def with_people(conversation: Conversation) -> Conversation:
    """The conversation in the hands of people."""
    return evolve(conversation, ai_epoch=conversation.ai_epoch + 1) if conversation.ai_attached else conversation


def require_ai(conversation: Conversation, epoch: int) -> None:
    """Raises ConversationClosed, AiDetached unless an AI agent that looked in this epoch may act now."""
    if conversation.status in OVER:
        raise ConversationClosed
    if not conversation.ai_attached or conversation.ai_epoch != epoch:
        raise AiDetached


def attach_ai(desk: Desk, command: AttachAi, context: Context) -> tuple[Desk, Effects, object]:
    """Hands the conversation to the AI agent, or takes it back. Answers the conversation; doing it again changes
    nothing. Raises ConversationClosed for handing over one that is closed."""
    conversation = desk.conversation
    if conversation is None:
        raise NotFound("There is no such conversation.")
    if command.attached is conversation.ai_attached:
        return desk, Effects(), conversation
    if command.attached and conversation.status is Status.CLOSED:
        raise ConversationClosed
    changed = evolve(
        conversation,
        ai_epoch=conversation.ai_epoch + 1,
        version=conversation.version + 1,
        updated_at=context.now,
    )
    event = conversation_event(EventType.CONVERSATION_UPDATED, changed, context, agent_actor(command.author))
    return evolve(desk, conversation=changed), Effects(events=[event]), changed
