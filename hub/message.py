"""A message: the one form in which both channels' messages are stored, shown and sent.

The fields are those of the public schema. Channel-specific facts live in `metadata` under the channel's own key, so
that nothing a channel says is lost and nothing of it leaks into the common words.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from attrs import field, frozen

from hub.clock import rfc3339
from hub.delivery import DeliveryStatus


class Direction(StrEnum):
    """Who wrote it: the customer (`inbound`) or the company (`outbound`)."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class ContentType(StrEnum):
    """What it is made of. Whatever a channel adds later is mapped to one of these, never dropped."""

    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"
    INTERACTIVE = "interactive"


class SenderType(StrEnum):
    """Who speaks."""

    CUSTOMER = "customer"
    AGENT = "agent"
    SYSTEM = "system"


class MediaState(StrEnum):
    """Where an attachment's file is: still with the provider, here, or not to be had."""

    PENDING = "pending"
    STORED = "stored"
    FAILED = "failed"


@frozen
class Media:
    """An attachment as the channel announced it, before its file is here.

    `provider_id` is the channel's id of the file, `url` a direct address when the channel gives one (WhatsApp's are
    valid for 5 minutes), `sha256` lower-case hex. `failed` carries the reason when the channel says there is no file.
    `stored` is the hub's own id of a file that was put in before its message, of `size` bytes: nothing is to be
    fetched then.
    """

    provider_id: str | None = None
    url: str | None = None
    mime_type: str | None = None
    sha256: str | None = None
    filename: str | None = None
    failed: str | None = None
    stored: UUID | None = None
    size: int | None = None


@frozen
class Content:
    """What is said: a type, the text or caption, at most one attachment, and structured extras for the screen."""

    type: ContentType
    text: str | None = None
    media: Media | None = None
    metadata: dict[str, Any] = field(factory=dict)


@frozen
class Sender:
    """Who said it. `id` is the customer's, user's or system part's; `name` is as shown at that time."""

    type: SenderType
    id: UUID | None
    name: str | None


@frozen
class Message:
    """A stored message. `seq` counts the conversation's messages from 1 without a gap; `at` is the channel's time for
    inbound ones and the hub's for outbound ones.

    `status_at` maps each status reached to its time. `attempt` counts tries of sending that a person asked for.
    `error` is `{code, reason, retryable}` of the last failure. `reactions` are `{emoji, by, type, name}`, one per
    person. `internal` is for the hub's own decisions and shown to nobody: what a retry sends again, when who reacted.
    """

    id: UUID
    conversation_id: UUID
    seq: int
    channel: str
    direction: Direction
    sender: Sender
    type: ContentType
    text: str | None
    at: datetime
    created_at: datetime
    status: DeliveryStatus
    channel_message_id: str | None = None
    client_id: UUID | None = None
    content_metadata: dict[str, Any] = field(factory=dict)
    media_id: UUID | None = None
    reply_to: dict[str, Any] | None = None
    reactions: tuple[dict[str, Any], ...] = ()
    status_at: dict[str, str] = field(factory=dict)
    error: dict[str, Any] | None = None
    attempt: int = 0
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    metadata: dict[str, Any] = field(factory=dict)
    internal: dict[str, Any] = field(factory=dict)


def view(message: Message, channel_type: str) -> dict[str, Any]:
    """The message as the API and the events show it. `channel_type` is its conversation's; one that came through
    another channel, after a merge, says so itself."""
    channel_type = message.internal.get("channel_type", channel_type)
    outbound = message.direction is Direction.OUTBOUND
    metadata = message.metadata
    if outbound:
        metadata = {"retry_count": max(message.attempt - 1, 0), **metadata, f"{channel_type}_status": message.status}
    return {
        "message_id": message.id,
        "conversation_id": message.conversation_id,
        "conversation_seq": message.seq,
        "channel": channel_type,
        "channel_message_id": message.channel_message_id,
        "client_id": message.client_id,
        "direction": message.direction,
        "sender": {"type": message.sender.type, "id": message.sender.id, "name": message.sender.name},
        "content": {
            "type": message.type,
            "text": message.text,
            "media_url": f"/api/v1/media/{message.media_id}" if message.media_id else None,
            "metadata": message.content_metadata,
        },
        "timestamp": rfc3339(message.at),
        "created_at": rfc3339(message.created_at),
        "status": message.status,
        "status_at": message.status_at,
        "error": message.error,
        "attempt": message.attempt,
        "reply_to": message.reply_to,
        "reactions": message.reactions,
        "edited_at": rfc3339(message.edited_at) if message.edited_at else None,
        "deleted_at": rfc3339(message.deleted_at) if message.deleted_at else None,
        "metadata": metadata,
    }


PREVIEW_LENGTH = 160
"""Characters of a message's text that lists show."""


def preview(message: Message) -> dict[str, Any]:
    """What a list row shows of a conversation's newest message."""
    text = None if message.deleted_at else message.text
    return {
        "message_id": message.id,
        "direction": message.direction,
        "type": message.type,
        "text": text[:PREVIEW_LENGTH] if text else text,
        "at": rfc3339(message.at),
        "status": message.status,
    }
