"""Reactions, edits and deletions: they change a message that is here, or wait for one that is not here yet."""

from typing import Any

from hub.clock import from_rfc3339, rfc3339
from hub.conversation.changes import announce, customer_actor, phone_app_actor, with_message
from hub.conversation.commands import Context
from hub.conversation.effects import Effects
from hub.conversation.state import CustomerCard, Desk, Held
from hub.events import EventType
from hub.inbound import Edit, Party, Reaction, Revoke
from hub.message import Content, ContentType, Message
from hub.record import evolve

Amendment = Reaction | Edit | Revoke

MAX_HELD = 100
"""Amendments that wait for their message, per conversation. Above it the oldest is given up."""

MAX_HISTORY = 20
"""Earlier texts kept of an edited message. Above it the oldest are forgotten."""


def amend(desk: Desk, effects: Effects, item: Amendment, context: Context) -> Desk:
    """Applies the amendment, or keeps it until its message is known."""
    target = desk.by_channel_id(item.target)
    if target is None:
        return _hold(desk, effects, item, context)
    return _apply(desk, effects, target, item, context)


def apply_held(desk: Desk, effects: Effects, message: Message, context: Context) -> Desk:
    """Applies what was waiting for this message."""
    waiting = [held for held in desk.held if held.target == message.channel_message_id]
    if not waiting:
        return desk
    effects.released.extend(held.id for held in waiting)
    desk = evolve(desk, held=tuple(held for held in desk.held if held not in waiting))
    for held in waiting:
        desk = _apply(desk, effects, desk.messages[message.id], _unpack(held), context)
    return desk


def _apply(desk: Desk, effects: Effects, target: Message, item: Amendment, context: Context) -> Desk:
    assert desk.conversation is not None
    customer = desk.conversation.customer
    changed = _amended(target, item, customer)
    if changed == target:
        return desk
    if evolve(changed, internal=target.internal) == target:
        effects.changed(changed)  # nothing that anybody sees
        return with_message(desk, changed)
    by_business = not isinstance(item, Reaction) and item.by_business
    actor = phone_app_actor() if by_business else customer_actor(customer)
    return announce(desk, effects, changed, EventType.MESSAGE_UPDATED, context, actor)


def _amended(message: Message, item: Amendment, customer: CustomerCard) -> Message:
    match item:
        case Reaction(emoji=emoji, at=at):
            return reacted(message, emoji, {"by": customer.id, "type": "customer", "name": customer.name}, rfc3339(at))
        case Revoke(at=at):
            return evolve(message, deleted_at=message.deleted_at or at)
        case Edit():
            return _edited(message, item)


def _edited(message: Message, item: Edit) -> Message:
    """The message with the new text; the old one is kept. An edit that was seen before changes nothing, and one that
    comes after a newer one is only kept."""
    history: list[dict[str, Any]] = list(message.metadata.get("history", ()))
    if any(past["id"] == item.channel_event_id for past in history):
        return message
    late = message.edited_at is not None and message.edited_at > item.at
    text = item.content.text if late else message.text
    until = message.edited_at if late and message.edited_at else item.at
    past = {"id": item.channel_event_id, "text": text, "until": rfc3339(until)}
    metadata = {**message.metadata, "history": [*history, past][-MAX_HISTORY:]}
    if late:
        return evolve(message, metadata=metadata)
    return evolve(message, text=item.content.text, edited_at=item.at, metadata=metadata)


def reacted(message: Message, emoji: str | None, who: dict[str, Any], at: str) -> Message:
    """The message once this person has this reaction, or none: one per person, as channels have it.

    `who` is `{by, type, name}`. A reaction older than the person's last one changes nothing: channels repeat
    themselves, and not in order. So a withdrawal is remembered even where there was nothing to withdraw yet.
    """
    person = str(who["by"])
    latest: dict[str, str] = message.internal.get("reacted", {})
    if latest.get(person, "") > at:
        return message
    others = tuple(reaction for reaction in message.reactions if str(reaction["by"]) != person)
    reactions = (*others, {"emoji": emoji, **who, "by": person}) if emoji else others
    if latest.get(person) == at and reactions == message.reactions:
        return message
    return evolve(message, reactions=reactions, internal={**message.internal, "reacted": {**latest, person: at}})


def _hold(desk: Desk, effects: Effects, item: Amendment, context: Context) -> Desk:
    assert desk.conversation is not None
    held = Held(context.new_id(), desk.conversation.id, item.target, _pack(item))
    if any(known.target == held.target and known.item == held.item for known in desk.held):
        return desk
    effects.held.append(held)
    kept = (*desk.held, held)
    effects.released.extend(old.id for old in kept[:-MAX_HELD])
    return evolve(desk, held=kept[-MAX_HELD:])


def _pack(item: Amendment) -> dict[str, Any]:
    packed: dict[str, Any] = {"id": item.channel_event_id, "target": item.target, "at": rfc3339(item.at)}
    match item:
        case Reaction(emoji=emoji):
            return packed | {"kind": "reaction", "emoji": emoji}
        case Revoke(by_business=by_business):
            return packed | {"kind": "revoke", "by_business": by_business}
        case Edit(content=content, by_business=by_business):
            return packed | {"kind": "edit", "text": content.text, "type": content.type, "by_business": by_business}


def _unpack(held: Held) -> Amendment:
    item, nobody = held.item, Party(())
    at = from_rfc3339(item["at"])
    if item["kind"] == "reaction":
        return Reaction(item["id"], held.target, nobody, item["emoji"], at)
    if item["kind"] == "revoke":
        return Revoke(item["id"], held.target, nobody, at, item["by_business"])
    return Edit(
        item["id"], held.target, nobody, Content(ContentType(item["type"]), item["text"]), at, item["by_business"]
    )
