"""What the Chat App's doors take and answer. The answers are closed: nothing but these fields leaves the house."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from attrs import field, frozen

from web.chat_app.tokens import LONGEST_ID, LONGEST_NAME
from web.fields import number
from web.fields import text as words
from web.paging import MOST, USUAL

LONGEST_TEXT = 4096
LONGEST_MESSAGE_ID = 200
LONGEST_BUTTON_ID = 256
PLACE = r"[0-9]{1,18}\.[0-9]{1,9}"
_WHAT_PLACE = "the cursor of a message"


def _customer_id(**more: Any) -> Any:
    return words(most=LONGEST_ID, pattern=r"\S(.*\S)?", what="an id without blanks around it", example="c-4711", **more)


@frozen(kw_only=True)
class ChatCustomer:
    """What the app knows of a customer. `attributes` are merged by name with those known."""

    name: str | None = words(most=LONGEST_NAME, default=None)
    attributes: dict[str, Any] = field(factory=dict)


@frozen(kw_only=True)
class ChatTokenNew:
    """For whom a token is to be made; `channel` where there are several."""

    customer_id: str = _customer_id()
    name: str | None = words(most=LONGEST_NAME, default=None)
    attributes: dict[str, Any] = field(factory=dict)
    channel: str | None = words(most=64, default=None)


@frozen
class ChatToken:
    """A customer's token: `Authorization: Bearer …` on every request of the customer's device."""

    token: str
    expires_in: int
    customer_id: str
    channel: str


@frozen
class ChatTicket:
    """Opens one event stream within `expires_in` seconds: `/chat/v1/events?ticket=…`."""

    ticket: str
    expires_in: int


@frozen(kw_only=True)
class ChatMessageNew:
    """A customer's message: a text, a file, a file with a text, or the press of a button.

    `channel_message_id` is made by the app; the same message again under it is answered with the first one.
    `reply_to` is the `channel_message_id` of the message quoted. `button_id` is the id of a button that a message of
    the company offered (`content.metadata.interactive`), `text` its title. `customer_id`, `channel` and `customer` are
    for the app's back end, which writes on behalf of its customers.
    """

    channel_message_id: str = words(
        most=LONGEST_MESSAGE_ID, pattern=r"[\x21-\x7e]+", what="visible ASCII characters", example="7f0c5a1e-1"
    )
    text: str | None = words(most=LONGEST_TEXT, default=None)
    media_id: UUID | None = None
    button_id: str | None = words(most=LONGEST_BUTTON_ID, default=None)
    reply_to: str | None = words(most=LONGEST_MESSAGE_ID, default=None)
    customer_id: str | None = _customer_id(default=None)
    channel: str | None = words(most=64, default=None)
    customer: ChatCustomer | None = None


@frozen(kw_only=True)
class ChatHistory:
    """A page of the inbox: what came after the message of this cursor, or the newest before one; neither: the newest.

    `customer_id` and `channel` are for the app's back end.
    """

    limit: int = number(1, MOST, default=USUAL)
    after: str | None = words(most=32, pattern=PLACE, what=_WHAT_PLACE, default=None)
    before: str | None = words(most=32, pattern=PLACE, what=_WHAT_PLACE, default=None)
    customer_id: str | None = _customer_id(default=None)
    channel: str | None = words(most=64, default=None)


@frozen(kw_only=True)
class ChatReceipt:
    """How far a customer has got: every message of the company up to this one was `delivered`, or `read`."""

    status: Literal["delivered", "read"]
    message_id: UUID
    customer_id: str | None = _customer_id(default=None)
    channel: str | None = words(most=64, default=None)


@frozen(kw_only=True)
class ChatTyping:
    """A customer types."""

    customer_id: str | None = _customer_id(default=None)
    channel: str | None = words(most=64, default=None)


@frozen(kw_only=True)
class ChatFileOf:
    """Whose file it is; for the app's back end."""

    customer_id: str | None = _customer_id(default=None)
    channel: str | None = words(most=64, default=None)


@frozen
class ChatSpeaker:
    """Who wrote a message: an agent by the name that is shown to customers."""

    type: Literal["customer", "agent", "system"]
    name: str | None


@frozen
class ChatContent:
    """What a message says. `media_url` needs the customer's token; `metadata` is `media` and `interactive`."""

    type: Literal["text", "image", "video", "audio", "document", "interactive"]
    text: str | None
    media_url: str | None
    metadata: dict[str, Any]


@frozen
class ChatMessage:
    """A message as its customer sees it. `inbound` ones are the customer's own: received, then read."""

    message_id: UUID
    conversation_id: UUID
    conversation_seq: int
    cursor: str
    channel_message_id: str | None
    direction: Literal["inbound", "outbound"]
    sender: ChatSpeaker
    content: ChatContent
    timestamp: datetime
    status: Literal["received", "sent", "delivered", "read"]
    reply_to: dict[str, Any] | None
    reactions: tuple[dict[str, Any], ...]
    edited_at: datetime | None
    deleted_at: datetime | None


@frozen
class ChatMessages:
    """A page, oldest first, exact at the event number `seq`: a stream opened `after` it misses nothing."""

    data: tuple[ChatMessage, ...]
    next_cursor: str | None
    seq: int


@frozen
class ChatFile:
    """A file that was put in."""

    id: UUID
    url: str
    type: str
    mime_type: str
    size: int
    filename: str
