"""What of a conversation its customer sees: the one place where words for colleagues become words for the customer.

Everything is named that is told; what is not named here (notes, assignments, e-mail addresses, ids of colleagues,
messages that are not sent) does not leave the house. Colleagues are known by the name that they show.
"""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from hub.delivery import DeliveryStatus
from hub.events import Audience, EphemeralType, EventType
from hub.frame import Frame
from hub.message import Direction

Shown = Mapping[str, Any]
"""What colleagues are shown: a message, a conversation or a whole event, as `hub.message.view` and others make it."""

ARRIVED = frozenset({DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.READ})
"""The states in which the company's message is the customer's to see."""

OPEN, OVER = "open", frozenset({"resolved", "closed"})
"""Whether the company has put a conversation off, or a bot has it, is its own business: to the customer it is open."""


def is_seen(message: Shown) -> bool:
    """Whether the message is the customer's to see: their own, and what was sent to them."""
    return bool(message["direction"] == Direction.INBOUND or message["status"] in ARRIVED)


def message_view(message: Shown, number: int) -> dict[str, Any]:
    """A message as its customer sees it. `number` is its conversation's; with the message's own it is the cursor."""
    gone = message["deleted_at"] is not None
    return {
        "message_id": message["message_id"],
        "conversation_id": message["conversation_id"],
        "conversation_seq": message["conversation_seq"],
        "cursor": f"{number}.{message['conversation_seq']}",
        "channel_message_id": message["channel_message_id"],
        "direction": message["direction"],
        "sender": _speaker(message["sender"]),
        "content": _content({"type": message["content"]["type"]} if gone else message["content"]),
        "timestamp": message["timestamp"],
        "status": _status(message),
        "reply_to": _quote(message["reply_to"]),
        "reactions": [{"emoji": one["emoji"], "by": one["type"]} for one in message["reactions"]],
        "edited_at": message["edited_at"],
        "deleted_at": message["deleted_at"],
    }


def _status(message: Shown) -> str:
    """Of the customer's own messages: received, until somebody of the company has read it."""
    if message["direction"] == Direction.INBOUND and DeliveryStatus.READ in message["status_at"]:
        return DeliveryStatus.READ
    return str(message["status"])


def _speaker(sender: Shown | None) -> dict[str, Any] | None:
    if sender is None:
        return None
    return {"type": sender["type"], "name": None if sender["type"] == "system" else sender["name"]}


def _content(content: Shown) -> dict[str, Any]:
    metadata = content.get("metadata", {})
    media = metadata.get("media")
    told = {"interactive": metadata["interactive"]} if "interactive" in metadata else {}
    if media is not None:
        told["media"] = {name: media.get(name) for name in ("state", "mime_type", "filename", "size")}
    return {
        "type": content["type"],
        "text": content.get("text"),
        "media_url": f"/chat/v1/media/{media['id']}" if media is not None else None,
        "metadata": told,
    }


def _quote(quoted: Shown | None) -> dict[str, Any] | None:
    if quoted is None:
        return None
    return {name: quoted.get(name) for name in ("message_id", "text", "sender_name", "type")}


# Events


def _of_message(data: Shown) -> dict[str, Any] | None:
    message = data["message"]
    return {"message": message_view(message, data["conversation"]["number"])} if is_seen(message) else None


def _of_status(data: Shown) -> dict[str, Any]:
    conversation = data["conversation"]
    status = conversation["status"]
    return {"conversation": {"id": conversation["id"], "status": status if status in OVER else OPEN}}


def _of_sign(data: Shown) -> dict[str, Any]:
    return {}


TOLD: dict[str, Callable[[Shown], dict[str, Any] | None]] = {
    EventType.MESSAGE_RECEIVED: _of_message,
    EventType.MESSAGE_SENT: _of_message,
    EventType.MESSAGE_STATUS: _of_message,
    EventType.MESSAGE_UPDATED: _of_message,
    EventType.CONVERSATION_STATUS_CHANGED: _of_status,
    EphemeralType.AGENT_TYPING: _of_sign,
}
"""The events that are told to customers, and what of their data is."""


def customer_frame(frame: Frame) -> Frame | None:
    """An event as the customer of its inbox is told it; None when it is not for customers, or not yet."""
    inbox_id, reduce = frame.audience.inbox_id, TOLD.get(frame.type)
    if inbox_id is None or reduce is None:
        return None
    event: dict[str, Any] = orjson.loads(frame.payload)
    data = reduce(event["data"])
    if data is None:
        return None
    kept = {
        name: event[name]
        for name in ("type", "seq", "id", "at", "conversation_id", "conversation_seq")
        if name in event
    }
    payload = orjson.dumps({**kept, "actor": _speaker(event["actor"]), "data": data})
    return Frame(frame.type, frame.seq, frame.at, Audience(user_id=inbox_id), None, payload)
