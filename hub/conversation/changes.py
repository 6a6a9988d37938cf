"""Small steps that several decisions share: a next revision, an event, a message's new form on the desk."""

from typing import Any

from hub.conversation.commands import Author, Context
from hub.conversation.effects import Effects, NewEvent, OwnedIdentity
from hub.conversation.state import Conversation, CustomerCard, Desk, glance, view
from hub.events import EventType
from hub.inbound import Identity
from hub.message import Message, preview
from hub.message import view as message_view
from hub.record import evolve


def customer_actor(customer: CustomerCard) -> dict[str, Any]:
    """The customer as the one who did it."""
    return {"type": "customer", "id": customer.id, "name": customer.name}


def agent_actor(author: Author) -> dict[str, Any]:
    """The user as the one who did it."""
    return {"type": "agent", "id": author.id, "name": author.name}


BUSINESS_APP = "Phone app"
"""Who a message sent from the company's own phone is shown as written by."""


def phone_app_actor() -> dict[str, Any]:
    """The company, writing on its own phone, as the one who did it."""
    return {"type": "agent", "id": None, "name": BUSINESS_APP}


SYSTEM: dict[str, Any] = {"type": "system", "id": None, "name": "Hub"}
"""The hub itself as the one who did it."""


def conversation_event(
    kind: EventType,
    conversation: Conversation,
    context: Context,
    actor: dict[str, Any],
    extra: dict[str, Any] | None = None,
) -> NewEvent:
    """An event about the conversation itself, carrying all of it."""
    return NewEvent(
        id=context.new_id(),
        type=kind,
        at=context.now,
        audience=conversation.audience,
        conversation_id=conversation.id,
        conversation_seq=conversation.last_seq,
        version=conversation.version,
        actor=actor,
        data={"conversation": view(conversation), **(extra or {})},
    )


def message_event(
    kind: EventType, conversation: Conversation, message: Message, context: Context, actor: dict[str, Any]
) -> NewEvent:
    """An event about a message, carrying it whole and a glance at its conversation."""
    return NewEvent(
        id=context.new_id(),
        type=kind,
        at=context.now,
        audience=conversation.audience,
        conversation_id=conversation.id,
        conversation_seq=message.seq,
        version=conversation.version,
        actor=actor,
        data={"message": message_view(message, conversation.channel_type), "conversation": glance(conversation)},
    )


def with_message(desk: Desk, message: Message, conversation: Conversation | None = None) -> Desk:
    """The desk with a message's new form on it, and the conversation's if it has one."""
    messages = {**desk.messages, message.id: message}
    return Desk(conversation or desk.conversation, messages, desk.held, desk.addresses)


def shown_last(conversation: Conversation, message: Message) -> dict[str, Any] | None:
    """What the list shows as the newest message once `message` has its new form."""
    last = conversation.last_message
    if last is not None and (last["message_id"] == message.id or last["message_id"] == str(message.id)):
        return preview(message)
    return last


def announce(
    desk: Desk,
    effects: Effects,
    message: Message,
    kind: EventType,
    context: Context,
    actor: dict[str, Any],
    **changes: Any,
) -> Desk:
    """Puts a changed message on the desk, notes it for storage and tells about it. `changes` are what else becomes of
    the conversation."""
    conversation = desk.conversation
    assert conversation is not None
    shown = shown_last(conversation, message)
    if changes or shown is not conversation.last_message:
        conversation = evolve(conversation, last_message=shown, **changes)
    effects.changed(message)
    effects.events.append(message_event(kind, conversation, message, context, actor))
    return with_message(desk, message, conversation)


def owned(desk: Desk, effects: Effects, identities: tuple[Identity, ...]) -> Desk:
    """Notes addresses as the customer's, once; one that is somebody else's already stays theirs."""
    conversation = desk.conversation
    assert conversation is not None
    fresh = [identity for identity in identities if identity not in desk.addresses]
    if not fresh:
        return desk
    effects.identities.extend(OwnedIdentity(conversation.channel, i, conversation.customer.id) for i in fresh)
    return evolve(desk, addresses=desk.addresses.union(fresh))
