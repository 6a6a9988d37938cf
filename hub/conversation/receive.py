"""The customer's side speaks: messages, and what is told about the customer beside them.

A conversation comes into being with the first message. A resolved one goes on when the customer writes within the
channel's reopen window; later than that it is closed, and the caller begins a new one (`Moved`).
"""

from datetime import datetime
from typing import Any

from hub.conversation.ai import with_people
from hub.conversation.amend import amend, apply_held
from hub.conversation.beside import change_identities, channel_event, keep
from hub.conversation.changes import (
    BUSINESS_APP,
    conversation_event,
    customer_actor,
    message_event,
    owned,
    phone_app_actor,
    with_message,
)
from hub.conversation.commands import Context, Item, Opening, Receive
from hub.conversation.due import close, is_over
from hub.conversation.effects import Attempt, Effects, NewMedia
from hub.conversation.state import Conversation, Desk, Status, Trigger, after
from hub.delivery import DeliveryStatus
from hub.events import EventType
from hub.inbound import (
    EchoedMessage,
    Edit,
    IdentityChange,
    IdentityKind,
    InboundMessage,
    Note,
    Reaction,
    Revoke,
)
from hub.message import Content, Direction, Media, MediaState, Message, Sender, SenderType, preview
from hub.record import evolve


class Moved(Exception):
    """The conversation is over: what was brought to it belongs into another one. Nothing of it was stored here."""


def receive(desk: Desk, command: Receive, context: Context) -> tuple[Desk, Effects, object]:
    """Stores what arrived, in the given order. Answers how many messages are new, or `Moved` as a value."""
    effects = Effects()
    creates = command.creates
    if desk.conversation is None:
        if command.opening is None:
            return desk, effects, Moved() if command.items else 0
        if not creates:
            customer = command.opening.customer.id if not command.opening.new_customer else None
            keep(effects, command.opening.channel, customer, command.items)
            return desk, effects, 0
        desk = open_conversation(desk, effects, command.opening, context, customer_actor(command.opening.customer))
    conversation = desk.conversation
    assert conversation is not None
    if creates and is_over(conversation, context):
        desk = close(desk, effects, context)
        return desk, effects, Moved()
    if creates and conversation.status is Status.CLOSED:
        return desk, effects, Moved()
    if command.channel not in (None, conversation.channel):
        return _take_in_elsewhere(desk, effects, command, context)
    return _take_in_all(desk, effects, command, context)


def _take_in_all(desk: Desk, effects: Effects, command: Receive, context: Context) -> tuple[Desk, Effects, object]:
    desk = _learn(desk, effects, command, context)
    for item in command.items:
        desk = _take_in(desk, effects, item, context)
    return desk, effects, len(effects.messages)


def _take_in_elsewhere(
    desk: Desk, effects: Effects, command: Receive, context: Context
) -> tuple[Desk, Effects, object]:
    """What came through another channel, for a conversation that was merged into this one.

    Addresses and messages are that channel's. It neither opens nor moves this channel's window, and answers go through
    this channel.
    """
    own, addresses = desk.conversation, desk.addresses
    assert own is not None
    there = evolve(own, channel=command.channel, channel_type=command.channel_type)
    desk = evolve(desk, conversation=there, addresses=frozenset())
    desk, effects, answer = _take_in_all(desk, effects, command, context)
    for message in list(effects.messages.values()):
        marked = evolve(message, internal={**message.internal, "channel_type": command.channel_type})
        effects.changed(marked)
        desk = with_message(desk, marked)
    for event in effects.events:
        if "channel" in (shown := event.data.get("conversation", {})):
            shown["channel"] = {"name": own.channel, "type": own.channel_type}
    assert desk.conversation is not None
    back = evolve(
        desk.conversation,
        channel=own.channel,
        channel_type=own.channel_type,
        window_opened_at=own.window_opened_at,
    )
    return evolve(desk, conversation=back, addresses=addresses), effects, answer


def open_conversation(desk: Desk, effects: Effects, opening: Opening, context: Context, actor: dict[str, Any]) -> Desk:
    """The desk with a new conversation on it, and its customer where they are new too."""
    conversation = Conversation(
        id=opening.conversation_id,
        number=opening.number,
        channel=opening.channel,
        channel_type=opening.channel_type,
        customer=opening.customer,
        status=context.rules.opens_as,
        created_at=context.now,
        updated_at=context.now,
        team_id=opening.team_id,
        previous_id=opening.previous_id,
    )
    if opening.new_customer:
        effects.customers.append((opening.customer, opening.attributes))
        desk = owned(evolve(desk, conversation=conversation), effects, opening.identities)
    effects.events.append(conversation_event(EventType.CONVERSATION_NEW, conversation, context, actor))
    return evolve(desk, conversation=conversation)


def _learn(desk: Desk, effects: Effects, command: Receive, context: Context) -> Desk:
    """Notes addresses and a name that were not known, and shows them."""
    conversation = desk.conversation
    assert conversation is not None
    customer = conversation.customer
    desk = owned(desk, effects, command.learned)
    if command.attributes and not effects.customers:
        effects.customer_updates.append((customer.id, None, command.attributes, context.now))
    name = customer.name if customer.named else command.name or customer.name
    phone = customer.phone or next((i.value for i in command.learned if i.kind is IdentityKind.WA_ID), None)
    if name == customer.name and phone == customer.phone:
        return desk
    if name != customer.name:
        effects.customer_updates.append((customer.id, name, {}, context.now))
    card = evolve(customer, name=name, phone=phone)
    return evolve(desk, conversation=evolve(conversation, customer=card))


def _take_in(desk: Desk, effects: Effects, item: Item, context: Context) -> Desk:
    match item:
        case InboundMessage():
            return _message(desk, effects, item, context)
        case EchoedMessage():
            return _echo(desk, effects, item, context)
        case Reaction() | Edit() | Revoke():
            return amend(desk, effects, item, context)
        case IdentityChange():
            return _identity_change(desk, effects, item, context)
        case Note():
            return _note(desk, effects, item, context)


def _message(desk: Desk, effects: Effects, item: InboundMessage, context: Context) -> Desk:
    conversation = desk.conversation
    assert conversation is not None
    conversation, woken = _woken(conversation, context)
    message = _stored(desk, conversation, item, Direction.INBOUND, context)
    conversation = evolve(
        conversation,
        last_seq=message.seq,
        last_message=preview(message),
        last_message_at=context.now,
        waiting_since=conversation.waiting_since or min(item.at, context.now),
        window_opened_at=_later(conversation.window_opened_at, item.at, context)
        if item.opens_window
        else conversation.window_opened_at,
        updated_at=context.now,
    )
    actor = customer_actor(conversation.customer)
    if woken:
        effects.events.append(conversation_event(EventType.CONVERSATION_STATUS_CHANGED, conversation, context, actor))
    _fetch(effects, message, item.content.media)
    effects.messages[message.id] = message
    effects.events.append(message_event(EventType.MESSAGE_RECEIVED, conversation, message, context, actor))
    desk = with_message(desk, message, conversation)
    desk = owned(desk, effects, item.learned)
    return apply_held(desk, effects, message, context)


def _woken(conversation: Conversation, context: Context) -> tuple[Conversation, bool]:
    """The conversation as the customer's word finds it: a snoozed or resolved one is open again."""
    status = after(conversation.status, Trigger.INBOUND)
    if status is conversation.status:
        return conversation, False
    changed = evolve(
        conversation, status=status, version=conversation.version + 1, snoozed_until=None, resolved_at=None
    )
    return changed, True


def _later(known: datetime | None, at: datetime, context: Context) -> datetime:
    """The window counts from the newest word, whatever the order of arrival, and never from the future."""
    at = min(at, context.now)
    return at if known is None or at > known else known


def _echo(desk: Desk, effects: Effects, item: EchoedMessage, context: Context) -> Desk:
    conversation = desk.conversation
    assert conversation is not None
    message = _stored(desk, conversation, item, Direction.OUTBOUND, context)
    conversation = evolve(
        with_people(conversation),
        last_seq=message.seq,
        last_message=preview(message),
        last_message_at=context.now,
        waiting_since=_still_waiting(conversation, item),
        first_reply_at=conversation.first_reply_at or context.now,
        updated_at=context.now,
    )
    _fetch(effects, message, item.content.media)
    effects.messages[message.id] = message
    effects.tried(
        Attempt(message.id, message.attempt, message.channel, message.status, item.at, item.channel_message_id)
    )
    actor = phone_app_actor()
    effects.events.append(message_event(EventType.MESSAGE_SENT, conversation, message, context, actor))
    desk = with_message(desk, message, conversation)
    return apply_held(desk, effects, message, context)


def _still_waiting(conversation: Conversation, item: EchoedMessage) -> datetime | None:
    """An echo that arrives late does not answer what the customer wrote after it."""
    since = conversation.waiting_since
    return since if since is not None and since > item.at else None


def _stored(
    desk: Desk, conversation: Conversation, item: InboundMessage | EchoedMessage, direction: Direction, context: Context
) -> Message:
    inbound = direction is Direction.INBOUND
    customer = conversation.customer
    content = item.content
    media_id = (content.media.stored or context.new_id()) if content.media is not None else None
    metadata = {**item.metadata, "reply_to": item.reply_to} if item.reply_to else item.metadata
    if isinstance(item, InboundMessage) and item.clock_flag:
        metadata = {**metadata, "clock": item.clock_flag}
    return Message(
        id=context.new_id(),
        conversation_id=conversation.id,
        seq=conversation.last_seq + 1,
        channel=conversation.channel,
        channel_message_id=item.channel_message_id,
        direction=direction,
        sender=Sender(SenderType.CUSTOMER, customer.id, customer.name)
        if inbound
        else Sender(SenderType.AGENT, None, BUSINESS_APP),
        type=content.type,
        text=content.text,
        content_metadata=described(content, media_id),
        media_id=media_id,
        reply_to=_quoted(desk, item),
        at=item.at,
        created_at=context.now,
        status=DeliveryStatus.RECEIVED if inbound else DeliveryStatus.SENT,
        metadata=metadata,
    )


def _quoted(desk: Desk, item: InboundMessage | EchoedMessage) -> dict[str, Any] | None:
    if isinstance(item, InboundMessage) and item.quoted is not None:
        return item.quoted
    found = desk.by_channel_id(item.reply_to) if item.reply_to else None
    return quote(found) if found else None


def described(content: Content, media_id: object) -> dict[str, object]:
    """The content's metadata with its attachment in the form the screen expects."""
    media = content.media
    if media is None:
        return content.metadata
    state = MediaState.STORED if media.stored else MediaState.FAILED if media.failed else MediaState.PENDING
    shown: dict[str, object] = {
        "id": media_id,
        "state": state,
        "mime_type": media.mime_type,
        "filename": media.filename,
        "size": media.size,
        "reason": media.failed,
        **{key: content.metadata[key] for key in ("voice", "sticker", "animated") if key in content.metadata},
    }
    return {**content.metadata, "media": shown}


def quote(message: Message) -> dict[str, Any]:
    """The quoted message as it is shown above the answer."""
    return {
        "message_id": message.id,
        "text": (message.text or "")[:160],
        "sender_name": message.sender.name,
        "type": message.type,
    }


def _fetch(effects: Effects, message: Message, media: Media | None) -> None:
    if media is not None and media.stored is None and message.media_id is not None:
        effects.media.append(NewMedia(message.media_id, message.channel, message.conversation_id, message.id, media))


def _identity_change(desk: Desk, effects: Effects, item: IdentityChange, context: Context) -> Desk:
    """Their number or id changed: the new addresses are theirs from now on, and replaced ones no longer."""
    conversation = desk.conversation
    assert conversation is not None
    customer = conversation.customer
    lost = change_identities(effects, conversation.channel, customer.id, item)
    desk = evolve(desk, addresses=(desk.addresses - lost).union(item.identities))
    phone = next((i.value for i in item.identities if i.kind is IdentityKind.WA_ID), customer.phone)
    conversation = evolve(conversation, customer=evolve(customer, phone=phone), updated_at=context.now)
    effects.channel_events.append(channel_event(conversation.channel, item))
    note = {"note": {"kind": item.reason, "text": item.text}}
    actor = customer_actor(conversation.customer)
    effects.events.append(conversation_event(EventType.CONVERSATION_UPDATED, conversation, context, actor, note))
    return evolve(desk, conversation=conversation)


def _note(desk: Desk, effects: Effects, item: Note, context: Context) -> Desk:
    conversation = desk.conversation
    assert conversation is not None
    if item.opens_window:
        opened = _later(conversation.window_opened_at, item.at, context)
        conversation = evolve(conversation, window_opened_at=opened, updated_at=context.now)
    effects.channel_events.append(channel_event(conversation.channel, item))
    note = {"note": {"kind": item.kind, "data": item.data}}
    actor = customer_actor(conversation.customer)
    effects.events.append(conversation_event(EventType.CONVERSATION_UPDATED, conversation, context, actor, note))
    return evolve(desk, conversation=conversation)
