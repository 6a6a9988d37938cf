"""Lists of conversations: what one is narrowed to, and a row of it. Who reads is a `hub.rights.Reader`."""

from uuid import UUID

from attrs import frozen

from hub.conversation.state import Conversation


@frozen
class Filter:
    """What a list is narrowed to. `unassigned` and `assignee_id` exclude each other."""

    status: str | None = None
    team_id: UUID | None = None
    assignee_id: UUID | None = None
    unassigned: bool = False
    channel: str | None = None
    failed: bool = False
    waiting: bool = False
    sort: str = "waited"


@frozen
class Row:
    """A conversation in a reader's list: with what this reader has not read, and its place in the order."""

    conversation: Conversation
    unread: int
    order_key: float = 0.0
