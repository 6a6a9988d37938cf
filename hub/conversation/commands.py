"""What can be asked of a conversation. Each command has one decision in `hub/conversation/`; `step` is the table."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from attrs import field, frozen

from hub import note
from hub.conversation.state import Conversation, CustomerCard, Status
from hub.inbound import (
    EchoedMessage,
    Edit,
    Identity,
    IdentityChange,
    InboundMessage,
    Note,
    Reaction,
    Revoke,
    StatusUpdate,
)
from hub.mention import Mentioned
from hub.rights import Reader, Role

Item = InboundMessage | EchoedMessage | Reaction | Edit | Revoke | IdentityChange | Note
"""What a customer's side of a channel can bring to a conversation."""


@frozen
class Rules:
    """A channel's settings that decisions need. Within `reopen_window` a resolved conversation goes on."""

    reopen_window: timedelta = timedelta(days=7)
    opens_as: Status = Status.OPEN


@frozen
class Context:
    """What a decision may know of the world: the moment, fresh ids, and the channel's rules."""

    now: datetime
    new_id: Callable[[], UUID]
    rules: Rules = field(factory=Rules)


@frozen
class Opening:
    """How a conversation begins when there is none: under which ids, for whom, in which team.

    `new_customer` says that the customer is to be stored too, with these addresses and attributes.
    """

    conversation_id: UUID
    number: int
    channel: str
    channel_type: str
    customer: CustomerCard
    team_id: UUID | None
    new_customer: bool
    identities: tuple[Identity, ...] = ()
    attributes: dict[str, Any] = field(factory=dict)
    previous_id: UUID | None = None


@frozen
class Receive:
    """The customer's side spoke. `opening` is needed when the conversation does not exist yet.

    `learned` are addresses of the customer that nobody was known under before; `attributes` are what the channel tells
    of a customer who was known before. `channel` and `channel_type` say through which channel it came, where that may
    be another one than the conversation's: conversations of two channels can be merged.
    """

    items: tuple[Item, ...]
    opening: Opening | None = None
    learned: tuple[Identity, ...] = ()
    name: str | None = None
    attributes: dict[str, Any] = field(factory=dict)
    channel: str | None = None
    channel_type: str | None = None

    @property
    def creates(self) -> bool:
        """Whether there is a message among it: only that begins a conversation."""
        return any(isinstance(item, InboundMessage | EchoedMessage) for item in self.items)


@frozen
class Author:
    """The user who acts, and with which rights; None when they were looked at before, or for one who has all."""

    id: UUID
    name: str
    rights: Reader | None = None

    def sees(self, conversation: Conversation) -> bool:
        """Whether there is such a conversation for this user."""
        team_id, assignee_id = conversation.team_id, conversation.assignee_id
        return self.rights is None or self.rights.sees(team_id=team_id, assignee_id=assignee_id)

    @property
    def is_person(self) -> bool:
        """Whether somebody is there, and not a program or the hub itself."""
        return self.rights is not None and self.rights.role is not Role.SERVICE


HUB = Author(UUID(int=0), "Hub")
"""The hub itself, where it writes to a customer."""


@frozen
class Reply:
    """An agent writes. Exactly one of text, media, template, interactive or location is meant by `kind`.

    `media` is `{id, mime_type, filename, size, type}` of a file uploaded before; `reply_to` a message's id. `ai_epoch`
    is set for the AI agent's own words: the epoch (`hub.conversation.ai`) in which it looked. `draft_id` is set for the
    hub's own question about a transaction's draft.
    """

    client_id: UUID
    author: Author
    kind: str
    text: str | None = None
    media: dict[str, Any] | None = None
    template: dict[str, Any] | None = None
    interactive: dict[str, Any] | None = None
    reply_to: UUID | None = None
    ai_epoch: int | None = None
    draft_id: UUID | None = None

    @property
    def by_machine(self) -> bool:
        """Whether nobody of the company has written it: it is no answer that a customer waits for."""
        return self.ai_epoch is not None or self.draft_id is not None


@frozen
class Retry:
    """A person wants a failed (or never confirmed) message to be sent again: a new attempt, one per `effect_id`."""

    message_id: UUID
    author: Author
    effect_id: UUID | None = None


@frozen
class React:
    """An agent's emoji on a message; an empty one takes it back."""

    message_id: UUID
    emoji: str
    author: Author


class Outcome(StrEnum):
    """How a try of sending ended."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    LATER = "later"


@frozen
class SendResult:
    """The courier's word on an outbox row. `retry_in` seconds belong to LATER; code and text to REFUSED and LATER.

    `fenced`: the row is no longer the courier's, so it is left alone.
    """

    outbox_id: UUID
    message_id: UUID | None
    attempt: int
    outcome: Outcome
    token: UUID | None = None
    provider_id: str | None = None
    code: str | None = None
    text: str | None = None
    retryable: bool = False
    closes_window: bool = False
    retry_in: float | None = None
    tries: int = 0
    fenced: bool = False


@frozen
class Deliver:
    """The channel's reports on messages of this conversation, each with the hub's id of its message."""

    reports: tuple[tuple[UUID, StatusUpdate], ...]


@frozen
class MediaSettled:
    """A file is here (`state` stored), or will never be (failed, with a reason)."""

    message_id: UUID
    media: dict[str, Any]


@frozen
class Take:
    """The first one to take an unassigned conversation gets it."""

    author: Author


@frozen
class AddTag:
    """A tag is put on. `name` is that of its definition."""

    author: Author
    name: str


@frozen
class RemoveTag:
    """A tag is taken off, however its name is spelt."""

    author: Author
    name: str


@frozen
class Retag:
    """A tag has got another name, or is no tag any more (None)."""

    author: Author
    old: str
    new: str | None


@frozen
class AddNote:
    """A colleague writes a note. `client_id` is his side's name of it, by which a repetition is known."""

    author: Author
    text: str
    mentions: tuple[Mentioned, ...] = ()
    client_id: UUID | None = None


@frozen
class DeleteNote:
    """A note is to be deleted. `of_others`: the author may delete those that he did not write."""

    author: Author
    note: note.Note
    of_others: bool = False


@frozen
class AttachAi:
    """The AI agent is to answer the customer, or no longer."""

    author: Author
    attached: bool


UNSET: Any = object()
"""Marks a field that an edit leaves alone; None is a value."""


@frozen
class Patch:
    """An edit by a person who saw version `version` (None: whatever it is).

    `snoozed_until` belongs to the status `snoozed`; None is until the customer's next word. `attributes` are merged by
    name (`hub.conversation.attributes`). Another team, without an assignee named with it, is its queue.
    """

    author: Author
    version: int | None = None
    status: Status | None = None
    assignee: Author | None = UNSET
    team_id: UUID | None = UNSET
    priority: int = UNSET
    subject: str | None = UNSET
    attributes: dict[str, Any] = UNSET
    snoozed_until: datetime | None = UNSET


@frozen
class Merge:
    """The conversation ends in another one of its customer."""

    author: Author
    into_id: UUID
    into_number: int


@frozen
class Absorb:
    """Another conversation of the customer has ended in this one; `source` is how it stood before."""

    author: Author
    source: Conversation


@frozen
class Start:
    """An agent begins a conversation. `window_opened_at` is the customer's last word in the one before."""

    opening: Opening
    reply: Reply
    window_opened_at: datetime | None = None


@frozen
class Due:
    """Time to look whether something is due: the end of a snooze, or of the time in which a resolved one goes on."""


@frozen
class ShowCustomer:
    """Colleagues have changed what is known of the customer: `card` is what there is to show now."""

    author: Author
    card: CustomerCard


@frozen
class HandOver:
    """The conversation is another customer's from now on: they turned out to be one person."""

    author: Author
    card: CustomerCard


OfCustomer = ShowCustomer | HandOver
"""What is told to a conversation about its customer by colleagues."""

Tagging = AddTag | RemoveTag | Retag
"""What can be asked of a conversation's tags."""

Noting = AddNote | DeleteNote
"""What can be asked of its notes."""

Joining = Merge | Absorb | Start
"""How conversations begin and end beside what their customer writes."""

Command = (
    Receive
    | Reply
    | Retry
    | React
    | SendResult
    | Deliver
    | MediaSettled
    | Take
    | Patch
    | AttachAi
    | Joining
    | Due
    | Tagging
    | Noting
    | OfCustomer
)
