"""The company speaks: an agent's message, its retry, and an agent's reaction."""

from typing import Any
from uuid import UUID

from hub.clock import rfc3339
from hub.conversation.ai import require_ai, taken_over
from hub.conversation.amend import reacted
from hub.conversation.changes import (
    SYSTEM,
    agent_actor,
    announce,
    conversation_event,
    message_event,
    with_message,
)
from hub.conversation.commands import Context, React, Reply, Retry
from hub.conversation.effects import Attempt, Effects, OutboxRow
from hub.conversation.receive import quote
from hub.conversation.state import Conversation, Desk, Trigger, after, window_expires_at, window_is_open
from hub.delivery import DeliveryStatus
from hub.errors import IdempotencyKeyReused, InvalidTransition, NotFound, WindowClosed
from hub.events import EventType
from hub.message import ContentType, Direction, MediaState, Message, Sender, SenderType, preview
from hub.record import evolve
from hub.transaction.prompt import METADATA

TEMPLATE = "template"


def reply(desk: Desk, command: Reply, context: Context) -> tuple[Desk, Effects, object]:
    """Stores the message as pending and puts it into the outbox. Answers the message.

    Raises WindowClosed for anything but a template outside the window, InvalidTransition in a closed conversation; for
    the AI agent's words also ConversationClosed, and AiDetached when a person has acted since.
    """
    conversation = _existing(desk)
    if command.ai_epoch is not None:
        require_ai(conversation, command.ai_epoch)
    after(conversation.status, Trigger.REPLY)
    if command.kind != TEMPLATE:
        _require_window(conversation, context)
    effects = Effects()
    actor = SYSTEM if command.draft_id is not None else agent_actor(command.author)
    opened = conversation if command.by_machine else _opened(taken_over(conversation, command.author))
    payload = _payload(desk, command)
    message = _message(desk, opened, command, payload, context)
    conversation = evolve(
        opened,
        last_seq=message.seq,
        last_message=preview(message),
        last_message_at=context.now,
        waiting_since=opened.waiting_since if command.draft_id is not None else None,
        first_reply_at=opened.first_reply_at if command.by_machine else opened.first_reply_at or context.now,
        updated_at=context.now,
    )
    if opened.status is not _existing(desk).status:
        effects.events.append(conversation_event(EventType.CONVERSATION_STATUS_CHANGED, conversation, context, actor))
    effects.messages[message.id] = message
    effects.events.append(message_event(EventType.MESSAGE_STATUS, conversation, message, context, actor))
    desk = _post(with_message(desk, message, conversation), effects, message, payload, context)
    return desk, effects, message


def repeated(message: Message, command: Reply) -> Message:
    """The message of a reply that was brought before, as it was first answered, whatever became of it since.

    Raises IdempotencyKeyReused when somebody else wrote it, or other words.
    """
    outgoing = message.internal.get("outgoing", {})
    same = all(outgoing.get(name) == getattr(command, name) for name in ("kind", "text", "interactive"))
    quoted = message.reply_to["message_id"] if message.reply_to else None
    if (
        not same
        or _said_by(outgoing.get("template")) != _said_by(command.template)
        or message.sender.id != _sender(command).id
        or message.media_id != (UUID(str(command.media["id"])) if command.media else None)
        or str(quoted) != str(command.reply_to)
    ):
        raise IdempotencyKeyReused
    return evolve(
        message,
        status=DeliveryStatus.PENDING,
        status_at={DeliveryStatus.PENDING.value: rfc3339(message.created_at)},
        attempt=1,
        channel_message_id=None,
        error=None,
        reactions=(),
        metadata={},
    )


def _said_by(template: dict[str, Any] | None) -> object:
    """What makes a template's message this one. How its blanks are called, and what the customer reads, is known only
    while the channel lists it."""
    if template is None:
        return None
    filled = [part for component in template.get("components", ()) for part in component.get("parameters", ())]
    values = [{name: value for name, value in part.items() if name != "parameter_name"} for part in filled]
    return template["name"], template["language"], values


def retry(desk: Desk, command: Retry, context: Context) -> tuple[Desk, Effects, object]:
    """A new attempt at a message that failed or was never confirmed. Answers the message, also when this very request
    has made the attempt before, whatever became of it."""
    conversation = _existing(desk)
    message = desk.messages.get(command.message_id)
    if message is None:
        raise NotFound("There is no such message.")
    if command.effect_id is not None and message.internal.get("retried_by") == str(command.effect_id):
        return desk, Effects(), message
    if message.direction is Direction.INBOUND or message.status not in (DeliveryStatus.FAILED, DeliveryStatus.UNKNOWN):
        raise InvalidTransition(f"A message that is {message.status} cannot be sent again.")
    after(conversation.status, Trigger.REPLY)
    payload = message.internal.get("outgoing")
    if payload is None:
        raise InvalidTransition("Only what was written here can be sent again.")
    if payload["kind"] != TEMPLATE:
        _require_window(conversation, context)
    effects = Effects()
    was_failed = message.status is DeliveryStatus.FAILED
    message = evolve(
        message,
        status=DeliveryStatus.PENDING,
        attempt=message.attempt + 1,
        error=None,
        channel_message_id=None,
        status_at={DeliveryStatus.PENDING.value: rfc3339(context.now)},
        internal={**message.internal, "earlier": _earlier(message), **_retried_by(command)},
    )
    desk = evolve(desk, conversation=evolve(conversation, failed=conversation.failed - was_failed))
    desk = announce(desk, effects, message, EventType.MESSAGE_STATUS, context, agent_actor(command.author))
    return _post(desk, effects, message, payload, context), effects, message


def _retried_by(command: Retry) -> dict[str, str]:
    return {"retried_by": str(command.effect_id)} if command.effect_id is not None else {}


def _earlier(message: Message) -> dict[str, int]:
    """The channel's ids of the tries so far: a late report names one of them, and is not about the newest try."""
    known: dict[str, int] = message.internal.get("earlier", {})
    return {**known, message.channel_message_id: message.attempt} if message.channel_message_id else known


def react(desk: Desk, command: React, context: Context) -> tuple[Desk, Effects, object]:
    """Puts an agent's emoji on a message, or takes it back, and sends it. Answers the message."""
    conversation = _existing(desk)
    target = desk.messages.get(command.message_id)
    if target is None:
        raise NotFound("There is no such message.")
    if target.channel_message_id is None:
        raise InvalidTransition("The channel does not know this message yet.")
    _require_window(conversation, context)
    # The channel has one reaction per side, so a colleague's is replaced.
    who = {"by": conversation.channel, "type": "agent", "name": command.author.name}
    message = reacted(target, command.emoji or None, who, rfc3339(context.now))
    effects = Effects()
    if message.reactions == target.reactions:
        return desk, effects, target
    desk = announce(desk, effects, message, EventType.MESSAGE_UPDATED, context, agent_actor(command.author))
    reaction = {"target": target.channel_message_id, "emoji": command.emoji}
    return _enqueue(desk, effects, None, 1, {"kind": "reaction", "reaction": reaction}, context), effects, message


def _existing(desk: Desk) -> Conversation:
    if desk.conversation is None:
        raise NotFound("There is no such conversation.")
    return desk.conversation


def _require_window(conversation: Conversation, context: Context) -> None:
    if not window_is_open(conversation, context.now):
        expires = window_expires_at(conversation)
        raise WindowClosed(extra={"expires_at": rfc3339(expires) if expires else None})


def _opened(conversation: Conversation) -> Conversation:
    status = after(conversation.status, Trigger.REPLY)
    if status is conversation.status:
        return conversation
    return evolve(conversation, status=status, version=conversation.version + 1)


def _message(
    desk: Desk, conversation: Conversation, command: Reply, payload: dict[str, Any], context: Context
) -> Message:
    quoted = desk.messages.get(command.reply_to) if command.reply_to else None
    if command.reply_to and quoted is None:
        raise NotFound("There is no such message to reply to.")
    return Message(
        id=context.new_id(),
        conversation_id=conversation.id,
        seq=conversation.last_seq + 1,
        channel=conversation.channel,
        client_id=command.client_id,
        direction=Direction.OUTBOUND,
        sender=_sender(command),
        type=content_type(command),
        text=command.text if command.text is not None else spoken(command),
        content_metadata=_described(command),
        media_id=UUID(str(command.media["id"])) if command.media else None,
        reply_to=quote(quoted) if quoted else None,
        at=context.now,
        created_at=context.now,
        status=DeliveryStatus.PENDING,
        status_at={DeliveryStatus.PENDING.value: rfc3339(context.now)},
        attempt=1,
        metadata=_marks(command),
        internal={"outgoing": payload},
    )


def _sender(command: Reply) -> Sender:
    if command.draft_id is not None:
        return Sender(SenderType.SYSTEM, None, command.author.name)
    return Sender(SenderType.AGENT, command.author.id, command.author.name)


def _marks(command: Reply) -> dict[str, Any]:
    if command.draft_id is not None:
        return {METADATA: str(command.draft_id)}
    return {"ai": True} if command.ai_epoch is not None else {}


def content_type(command: Reply) -> ContentType:
    """What the message counts as in the common schema."""
    if command.media:
        return ContentType(command.media["type"])
    return ContentType.INTERACTIVE if command.kind == "interactive" else ContentType.TEXT


def spoken(command: Reply) -> str | None:
    """The words that stand for a message without a text of its own: an interactive body, a template's name."""
    if command.interactive:
        body = command.interactive.get("body")
        return str(body.get("text")) if isinstance(body, dict) else None
    if command.template:
        return str(command.template.get("text") or f"[template: {command.template.get('name')}]")
    return None


def _described(command: Reply) -> dict[str, Any]:
    described: dict[str, Any] = {}
    if command.media:
        described["media"] = {**command.media, "state": MediaState.STORED}
    if command.template:
        described["template"] = command.template
    if command.interactive:
        described["interactive"] = command.interactive
    return described


def _payload(desk: Desk, command: Reply) -> dict[str, Any]:
    """What is to be sent. It stays with the message, so that a retry sends the very same."""
    quoted = desk.messages.get(command.reply_to) if command.reply_to else None
    return {
        "kind": command.kind,
        "text": command.text,
        "media": command.media,
        "template": command.template,
        "interactive": command.interactive,
        "reply_to": quoted.channel_message_id if quoted else None,
    }


def _post(desk: Desk, effects: Effects, message: Message, payload: dict[str, Any], context: Context) -> Desk:
    """Puts a message into the outbox."""
    effects.tried(Attempt(message.id, message.attempt, message.channel, DeliveryStatus.PENDING, context.now))
    return _enqueue(desk, effects, message, message.attempt, payload, context)


def _enqueue(
    desk: Desk, effects: Effects, message: Message | None, attempt: int, payload: dict[str, Any], context: Context
) -> Desk:
    conversation = _existing(desk)
    to = sorted(({"kind": i.kind, "value": i.value} for i in desk.addresses), key=lambda address: address["kind"])
    row = OutboxRow(
        id=context.new_id(),
        channel=conversation.channel,
        conversation_id=conversation.id,
        seq=conversation.last_seq if message is None else message.seq,
        attempt=attempt,
        payload={**payload, "to": to},
        message_id=message.id if message else None,
        # Nothing of this conversation waits before it: whoever commits it may send it at once.
        token=context.new_id() if conversation.unsent == 0 else None,
    )
    effects.outbox.append(row)
    return evolve(desk, conversation=evolve(conversation, unsent=conversation.unsent + 1))
