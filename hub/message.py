"""A message: the one form in which both channels' messages are stored, shown and sent.

The fields are those of the public schema. Channel-specific facts live in `metadata` under the channel's own key, so
that nothing a channel says is lost and nothing of it leaks into the common words.
"""

from enum import StrEnum
from typing import Any
from uuid import UUID

from attrs import field, frozen


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
    """

    provider_id: str | None = None
    url: str | None = None
    mime_type: str | None = None
    sha256: str | None = None
    filename: str | None = None
    failed: str | None = None


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
