"""What a channel's door hands to the hub, in the hub's own words.

A door verifies, a parser turns the channel's payload into a list of these, and from then on nobody knows the channel.
Parsers are total: whatever arrives becomes one of these or a `Quarantined`, never an exception.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from attrs import field, frozen

from hub.delivery import DeliveryStatus
from hub.message import Content


class IdentityKind(StrEnum):
    """The kinds of address a customer can have.

    `bsuid`: WhatsApp's id of a person for one business portfolio; `wa_id`: WhatsApp's phone number as digits;
    `app_id`: the Chat App's `customer_id`.
    """

    BSUID = "bsuid"
    WA_ID = "wa_id"
    APP_ID = "app_id"


@frozen
class Identity:
    """One address of a customer on one channel."""

    kind: IdentityKind
    value: str


@frozen
class Party:
    """The customer as the channel describes them: every address known, best first (bsuid, then phone), and a name."""

    identities: tuple[Identity, ...]
    name: str | None = None
    attributes: dict[str, Any] = field(factory=dict)


@frozen
class InboundMessage:
    """A customer's message to be stored and shown.

    `at` is the channel's own time, clamped to [2009-01-01, now + 5 min]. `channel_message_id` is at most 512
    characters. `reply_to` is the channel's id of the quoted message, `quoted` that message as it is shown, where it
    was looked up before: it may stand in an earlier conversation. `clock_flag` says why `at` is not the channel's.
    """

    channel_message_id: str
    party: Party
    at: datetime
    content: Content
    reply_to: str | None = None
    metadata: dict[str, Any] = field(factory=dict)
    opens_window: bool = True
    learned: tuple[Identity, ...] = ()
    clock_flag: str | None = None
    quoted: dict[str, Any] | None = None


@frozen
class EchoedMessage:
    """A message that the business itself sent from its phone app: outbound, already sent. It opens no window."""

    channel_message_id: str
    party: Party
    at: datetime
    content: Content
    reply_to: str | None = None
    metadata: dict[str, Any] = field(factory=dict)


@frozen
class Reaction:
    """A customer's emoji on a message; `emoji` None takes it back. `channel_event_id` is the reaction's own id."""

    channel_event_id: str
    target: str
    party: Party
    emoji: str | None
    at: datetime


@frozen
class Edit:
    """New content for an earlier message. `by_business` when the company's phone app edited it."""

    channel_event_id: str
    target: str
    party: Party
    content: Content
    at: datetime
    by_business: bool = False


@frozen
class Revoke:
    """An earlier message was deleted for everyone."""

    channel_event_id: str
    target: str
    party: Party
    at: datetime
    by_business: bool = False


@frozen
class StatusUpdate:
    """The channel's word on a message that we sent.

    `reference` is what we attached to the send (`h1:<message uuid>:<attempt>`), when the channel returns it; it finds
    the message even if the answer to the send was lost. `status` None means a status this hub does not know
    (`raw_status` has it): it is kept in the history and changes nothing.
    """

    channel_message_id: str
    status: DeliveryStatus | None
    raw_status: str
    at: datetime
    party: Party | None = None
    reference: str | None = None
    error_code: str | None = None
    error_text: str | None = None
    pricing: dict[str, Any] | None = None
    metadata: dict[str, Any] = field(factory=dict)


@frozen
class IdentityChange:
    """The channel says that a customer's address changed: `party` as known so far, `identities` from now on."""

    channel_event_id: str
    party: Party
    identities: tuple[Identity, ...]
    reason: str
    text: str | None
    at: datetime


@frozen
class Note:
    """Something about a customer that is no message: a security change, an opt-out, a call, an edit without content.

    `kind` is a short word for the timeline. `opens_window` is true for a user's own call or a first-chat request.
    """

    channel_event_id: str | None
    kind: str
    party: Party
    at: datetime
    data: dict[str, Any] = field(factory=dict)
    opens_window: bool = False


@frozen
class AccountEvent:
    """Word from the channel about the company's account (template approved, number flagged, error): ops' business."""

    field: str
    event: str | None
    data: dict[str, Any]
    at: datetime | None = None


@frozen
class Ignored:
    """Understood and on purpose not stored as anything else: group traffic, history import. Counted by `reason`."""

    reason: str
    data: dict[str, Any] = field(factory=dict)


@frozen
class Quarantined:
    """An element that could not be understood. It is kept as it came, for a person to look at; `reason` is one word
    or two in snake_case (`no_sender`, `id_too_long`, `not_an_object`)."""

    reason: str
    data: Any


Inbound = (
    InboundMessage
    | EchoedMessage
    | Reaction
    | Edit
    | Revoke
    | StatusUpdate
    | IdentityChange
    | Note
    | AccountEvent
    | Ignored
    | Quarantined
)


@frozen
class Outgoing:
    """A message to be sent, as the conversation decided it: the input of a channel's `render`.

    Exactly one of text, media (`content.media` with an uploaded `provider_id` or a public `url`), `template`,
    `interactive`, `reaction` (`{"target": channel_message_id, "emoji": "👍" | ""}`) or `location` is meant by `kind`.
    """

    message_id: UUID
    attempt: int
    kind: str
    to: tuple[Identity, ...]
    content: Content | None = None
    template: dict[str, Any] | None = None
    interactive: dict[str, Any] | None = None
    reaction: dict[str, Any] | None = None
    reply_to: str | None = None
