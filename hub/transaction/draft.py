"""A draft: what is to be paid by whom, who asked for it, what the customer was shown, and how far it has come."""

from datetime import datetime
from uuid import UUID, uuid5

from attrs import field, frozen

from hub.money import Money
from hub.transaction.state import OPEN, DraftState


@frozen
class Asked:
    """What the customer is asked with, and how far their messages were read. `nonce` is in the ids of the buttons,
    `code` is what can be typed instead.

    `wanted` counts the prompts that are to be sent, `message_ids` are those that were: an unclear answer is asked about
    again, once. `first` and `last` are the numbers of the first and the newest prompt in the conversation: only what
    comes after the first can be an answer. `heard` is the number up to which messages were read, `spoke` whether one of
    them came after the newest prompt.
    """

    nonce: str
    code: str
    wanted: int = 1
    message_ids: tuple[UUID, ...] = ()
    first: int = 0
    last: int = 0
    heard: int = 0
    spoke: bool = False

    @property
    def pending(self) -> bool:
        """Whether a prompt is still to be sent."""
        return len(self.message_ids) < self.wanted


@frozen
class Search:
    """Finding out what became of a call whose answer was lost, or making one that could not be made: since when, how
    often it was tried, and by which replica an answer is awaited."""

    since: datetime | None = None
    tries: int = 0
    replica: int | None = None


@frozen(kw_only=True)
class Draft:
    """A draft as it is stored. `hub/transaction/*` alone decides how it changes; `version` is raised by each change.

    `principal` is the AI's (`ai:<key id>`), `asked_by` the agent who had the conversation when it asked. `customer_ref`
    is what the back end knows the customer as. `key_create` and `key_commit` are the idempotency keys of its calls,
    made with the draft and never again. `terms` is the hash of what is agreed to, once there is an `external_id`.
    `confirmed_until` is when the customer's consent lapses. `risk` says why a person has to approve, `approval_id`
    names the approval that was given, `reason` why it ended. `withdraw`: the back end is still to be told that its
    draft is given up. `due` is the next moment at which something has to be done about it by itself; None: nothing.
    """

    id: UUID
    conversation_id: UUID
    customer_id: UUID
    customer_ref: str
    principal: str
    amount: Money
    description: str
    key_create: UUID
    key_commit: UUID
    asked: Asked
    created_at: datetime
    expires_at: datetime
    state: DraftState = DraftState.CREATING
    version: int = 1
    asked_by: UUID | None = None
    external_id: str | None = None
    terms: bytes | None = None
    consent_id: UUID | None = None
    confirmed_until: datetime | None = None
    failures: int = 0
    risk: tuple[str, ...] = ()
    approval_id: UUID | None = None
    approval_until: datetime | None = None
    spent_at: datetime | None = None
    reason: str | None = None
    transaction_id: str | None = None
    withdraw: bool = False
    search: Search = field(factory=Search)
    due: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether it is under way."""
        return self.state in OPEN

    @property
    def key_cancel(self) -> UUID:
        """The idempotency key of giving it up at the back end."""
        return uuid5(self.key_commit, "cancel")
