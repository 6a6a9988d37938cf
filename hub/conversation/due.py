"""What time does to a conversation: a snooze ends, a resolved one can no longer go on.

When that is due stands in the conversation itself, so whoever asks may ask too often or twice: nothing happens before
the moment, and nothing happens again after it.
"""

from hub.conversation.changes import SYSTEM, conversation_event
from hub.conversation.commands import Context, Due
from hub.conversation.effects import Effects
from hub.conversation.state import Conversation, Desk, Status, Trigger, after
from hub.events import EventType
from hub.record import evolve


def come_due(desk: Desk, command: Due, context: Context) -> tuple[Desk, Effects, object]:
    """Does what is due, if anything is. Answers whether something was."""
    conversation, effects = desk.conversation, Effects()
    trigger = due(conversation, context) if conversation is not None else None
    if trigger is not None:
        desk = _lapse(desk, effects, trigger, context)
    return desk, effects, trigger is not None


def due(conversation: Conversation, context: Context) -> Trigger | None:
    """What is due by now."""
    if conversation.status is Status.SNOOZED:
        until = conversation.snoozed_until
        return Trigger.WAKE if until is not None and until <= context.now else None
    return Trigger.EXPIRE if is_over(conversation, context) else None


def is_over(conversation: Conversation, context: Context) -> bool:
    """Whether it was resolved so long ago that the customer's next word begins another one."""
    resolved_at = conversation.resolved_at
    if conversation.status is not Status.RESOLVED or resolved_at is None:
        return False
    return context.now > resolved_at + context.rules.reopen_window


def close(desk: Desk, effects: Effects, context: Context) -> Desk:
    """The resolved conversation, closed for good."""
    return _lapse(desk, effects, Trigger.EXPIRE, context)


def _lapse(desk: Desk, effects: Effects, trigger: Trigger, context: Context) -> Desk:
    conversation = desk.conversation
    assert conversation is not None
    conversation = evolve(
        conversation,
        status=after(conversation.status, trigger),
        snoozed_until=None,
        version=conversation.version + 1,
        updated_at=context.now,
    )
    effects.events.append(conversation_event(EventType.CONVERSATION_STATUS_CHANGED, conversation, context, SYSTEM))
    return evolve(desk, conversation=conversation)
