"""What became of a sent message: the courier's word on the try, and the channel's reports afterwards.

A status only ever moves forward (`hub.delivery`); what does not is kept in the history and shown to nobody.
"""

from typing import Any

from hub.clock import rfc3339
from hub.conversation.amend import apply_held
from hub.conversation.changes import SYSTEM, announce, owned
from hub.conversation.commands import Context, Deliver, MediaSettled, Outcome, SendResult
from hub.conversation.effects import Attempt, Effects, Report, Settled
from hub.conversation.state import Desk
from hub.delivery import DeliveryStatus, advances
from hub.events import EventType
from hub.inbound import StatusUpdate
from hub.message import Direction, Message
from hub.record import evolve

REACHED = {
    Outcome.ACCEPTED: DeliveryStatus.SENT,
    Outcome.REFUSED: DeliveryStatus.FAILED,
    Outcome.UNKNOWN: DeliveryStatus.UNKNOWN,
}
"""What a finished try makes of its message."""


def send_result(desk: Desk, command: SendResult, context: Context) -> tuple[Desk, Effects, object]:
    """Settles an outbox row. Answers whether the conversation has more to send."""
    conversation = desk.conversation
    assert conversation is not None
    effects = Effects()
    if command.outcome is Outcome.LATER:
        effects.settled.append(Settled(command.outbox_id, command.token, command.retry_in, command.tries))
        return desk, effects, True
    if not command.fenced:
        effects.settled.append(Settled(command.outbox_id, command.token))
        conversation = evolve(conversation, unsent=max(conversation.unsent - 1, 0))
    if command.closes_window:
        conversation = evolve(conversation, window_opened_at=None)
    desk = evolve(desk, conversation=conversation)
    message = desk.messages.get(command.message_id) if command.message_id else None
    if message is not None:
        desk = _settle(desk, effects, message, command, context)
    return desk, effects, conversation.unsent > 0


def fenced(command: SendResult) -> SendResult | None:
    """What is left of a result once somebody else holds the row, or ended it: an acceptance is a fact all the same;
    anything else was the lease holder's to say, and is None."""
    return evolve(command, fenced=True) if command.outcome is Outcome.ACCEPTED else None


def _settle(desk: Desk, effects: Effects, message: Message, command: SendResult, context: Context) -> Desk:
    status = REACHED[command.outcome]
    effects.tried(
        Attempt(
            message.id,
            command.attempt,
            message.channel,
            status,
            context.now,
            provider_id=command.provider_id,
            error_code=command.code,
            error_text=command.text,
        )
    )
    current = command.attempt == message.attempt
    if not current:
        return desk
    changed = message
    if command.provider_id and message.channel_message_id is None:
        changed = evolve(changed, channel_message_id=command.provider_id)
    if command.tries > 1:
        changed = evolve(changed, metadata={**changed.metadata, "retry_count": command.tries - 1})
    if advances(message.status, status):
        error = _error(command.code, command.text, command.retryable) if status is DeliveryStatus.FAILED else None
        return _move(desk, effects, changed, status, rfc3339(context.now), error, context)
    return desk if changed is message else _told(desk, effects, changed, context)


def _told(desk: Desk, effects: Effects, message: Message, context: Context) -> Desk:
    """More is known of a message than its status says. What waited for its channel id applies now."""
    desk = announce(desk, effects, message, EventType.MESSAGE_UPDATED, context, SYSTEM)
    return apply_held(desk, effects, message, context)


def _error(code: str | None, text: str | None, retryable: bool) -> dict[str, Any]:
    return {"code": code, "reason": text, "retryable": retryable}


def deliver(desk: Desk, command: Deliver, context: Context) -> tuple[Desk, Effects, object]:
    """Applies the channel's reports: forward only. They also tell a message's id if the answer to its send was lost."""
    effects = Effects()
    for message_id, update in command.reports:
        message = desk.messages.get(message_id)
        if message is not None:
            desk = _deliver(desk, effects, message, update, context)
    return desk, effects, len(effects.reports)


def _deliver(desk: Desk, effects: Effects, message: Message, update: StatusUpdate, context: Context) -> Desk:
    effects.reports.append(Report(message.channel, message.id, update))
    if message.direction is Direction.INBOUND:
        return _of_inbound(desk, effects, message, update, context)
    if update.party is not None:
        desk = owned(desk, effects, update.party.identities)
    attempt = _attempt_of(update, message)
    effects.tried(_attempt(message, attempt, update))
    current = attempt == message.attempt
    learned = message.channel_message_id is None and current
    if learned:
        message = evolve(message, channel_message_id=update.channel_message_id)
    failed = update.status is DeliveryStatus.FAILED
    # An earlier attempt may fail late: the newer one speaks for the message.
    if update.status is not None and advances(message.status, update.status) and (current or not failed):
        error = _error(update.error_code, update.error_text, retryable=True) if failed else None
        return _move(desk, effects, message, update.status, rfc3339(update.at), error, context)
    return _told(desk, effects, message, context) if learned else desk


def _of_inbound(desk: Desk, effects: Effects, message: Message, update: StatusUpdate, context: Context) -> Desk:
    """What is told of the customer's own message is history, but that the company read it: where the hub itself is the
    channel, that is for the hub to tell the customer."""
    assert desk.conversation is not None
    told = update.status is not DeliveryStatus.READ or DeliveryStatus.READ in message.status_at
    if told or desk.conversation.audience.inbox_id is None:
        return desk
    message = evolve(message, status_at={**message.status_at, DeliveryStatus.READ.value: rfc3339(update.at)})
    return announce(desk, effects, message, EventType.MESSAGE_STATUS, context, SYSTEM)


def _attempt_of(update: StatusUpdate, message: Message) -> int:
    """The attempt that the report's reference names (`h1:<message>:<attempt>`), else the one with the channel's id."""
    tail = update.reference.rpartition(":")[2] if update.reference else ""
    if tail.isascii() and tail.isdigit() and int(tail[:6]) <= message.attempt:
        return int(tail[:6])
    earlier: dict[str, int] = message.internal.get("earlier", {})
    return earlier.get(update.channel_message_id, message.attempt)


def _attempt(message: Message, attempt: int, update: StatusUpdate) -> Attempt:
    return Attempt(
        message.id,
        attempt,
        message.channel,
        update.status or DeliveryStatus.PENDING,
        update.at,
        provider_id=update.channel_message_id,
        error_code=update.error_code,
        error_text=update.error_text,
    )


def _move(
    desk: Desk,
    effects: Effects,
    message: Message,
    status: DeliveryStatus,
    at: str,
    error: dict[str, Any] | None,
    context: Context,
) -> Desk:
    conversation = desk.conversation
    assert conversation is not None
    failed = conversation.failed + (status is DeliveryStatus.FAILED)
    message = evolve(message, status=status, error=error, status_at={**message.status_at, status.value: at})
    kind = EventType.MESSAGE_SENT if status is DeliveryStatus.SENT else EventType.MESSAGE_STATUS
    desk = announce(desk, effects, message, kind, context, SYSTEM, failed=failed, updated_at=context.now)
    return apply_held(desk, effects, message, context) if message.channel_message_id else desk


def media_settled(desk: Desk, command: MediaSettled, context: Context) -> tuple[Desk, Effects, object]:
    """Shows that a file is here, or that it never will be."""
    message = desk.messages.get(command.message_id)
    effects = Effects()
    if message is None:
        return desk, effects, False
    shown = {**message.content_metadata.get("media", {}), **command.media}
    if shown == message.content_metadata.get("media"):
        return desk, effects, True  # told before, and told again after a crash
    message = evolve(message, content_metadata={**message.content_metadata, "media": shown})
    return announce(desk, effects, message, EventType.MESSAGE_UPDATED, context, SYSTEM), effects, True
