"""Conversations and messages as the API shows them: the shapes of answers, for its description."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from attrs import frozen


@frozen
class ChannelSeen:
    """A channel by name and type."""

    name: str
    type: str


@frozen
class CustomerSeen:
    """A conversation's customer."""

    id: UUID
    name: str | None
    phone: str | None
    created_at: datetime


@frozen
class ConversationSeen:
    """A conversation as its reader sees it; `unread` is his own."""

    id: UUID
    number: int
    status: Literal["pending", "open", "snoozed", "resolved", "closed"]
    channel: ChannelSeen
    customer: CustomerSeen
    team_id: UUID | None
    assignee_id: UUID | None
    assignee_name: str | None
    priority: int
    tags: tuple[str, ...]
    subject: str | None
    attributes: dict[str, Any]
    unread: int
    failed: int
    waiting_since: datetime | None
    first_reply_at: datetime | None
    window_expires_at: datetime | None
    last_message: dict[str, Any] | None
    snoozed_until: datetime | None
    resolved_at: datetime | None
    previous_id: UUID | None
    merged_into_id: UUID | None
    ai_attached: bool
    version: int
    created_at: datetime
    updated_at: datetime


@frozen
class DraftShown:
    """What the reader has written and not sent."""

    text: str
    media_ids: tuple[UUID, ...]
    updated_at: datetime


@frozen
class MergedSeen:
    """A conversation that was merged into this one; its messages are read under its own id."""

    id: UUID
    number: int
    channel: str
    channel_type: str
    last_seq: int


@frozen
class ViewerSeen:
    """Somebody else who looks at the conversation now."""

    id: UUID
    name: str
    typing: bool


@frozen(kw_only=True)
class ConversationWhole(ConversationSeen):
    """A conversation with what only its own page shows."""

    draft: DraftShown | None
    merged: tuple[MergedSeen, ...]
    viewers: tuple[ViewerSeen, ...]


@frozen
class ConversationsSeen:
    """A page of conversations, exact at the event number `seq`."""

    data: tuple[ConversationSeen, ...]
    next_cursor: str | None
    seq: int


@frozen
class SenderSeen:
    """Who wrote a message."""

    type: Literal["customer", "agent", "system"]
    id: UUID | None
    name: str | None


@frozen
class ContentSeen:
    """What a message says. `media_url` needs the reader's token."""

    type: Literal["text", "image", "video", "audio", "document", "interactive"]
    text: str | None
    media_url: str | None
    metadata: dict[str, Any]


@frozen
class MessageSeen:
    """A message."""

    message_id: UUID
    conversation_id: UUID
    conversation_seq: int
    channel: str
    channel_message_id: str | None
    client_id: UUID | None
    direction: Literal["inbound", "outbound"]
    sender: SenderSeen
    content: ContentSeen
    timestamp: datetime
    created_at: datetime
    status: Literal["received", "pending", "sending", "unknown", "sent", "delivered", "read", "failed"]
    status_at: dict[str, str]
    error: dict[str, Any] | None
    attempt: int
    reply_to: dict[str, Any] | None
    reactions: tuple[dict[str, Any], ...]
    edited_at: datetime | None
    deleted_at: datetime | None
    metadata: dict[str, Any]


@frozen
class MessagesSeen:
    """A page of messages, oldest first, exact at the event number `seq`. `read_seq` is how far the reader has read."""

    data: tuple[MessageSeen, ...]
    next_cursor: str | None
    seq: int
    read_seq: int


@frozen
class WindowSeen:
    """Whether the channel takes free-form messages to this customer now, and until when."""

    open: bool
    expires_at: datetime | None
