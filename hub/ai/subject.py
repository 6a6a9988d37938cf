"""The conversation that a call is about, as the hub knows it at this moment: nothing of it comes from the caller."""

from typing import Protocol
from uuid import UUID

from attrs import frozen

from hub.conversation.ai import OVER
from hub.conversation.state import Status
from hub.customer import Customer
from hub.integration.customer import customer_ref
from hub.team import TeamKind


@frozen
class Subject:
    """A conversation, with what decides over tools in it. `disabled` are the tools that are switched off."""

    conversation_id: UUID
    status: Status
    channel_type: str
    team_kind: TeamKind | None
    customer: Customer
    ai_epoch: int
    disabled: frozenset[str] = frozenset()

    @property
    def over(self) -> bool:
        """Whether there is nothing to do in it until the customer writes again."""
        return self.status in OVER

    def attached(self, epoch: int | None) -> bool:
        """Whether the AI agent that looked in this epoch may act; one that did not look yet, if anybody may."""
        return self.ai_epoch % 2 == 0 and epoch in (None, self.ai_epoch)

    @property
    def customer_ref(self) -> str:
        """What the back ends know the customer as."""
        return customer_ref(self.customer)

    def is_customer(self, id: str) -> bool:
        """Whether this names the conversation's customer, in the hub's words or the back ends'."""
        return id in (str(self.customer.id), self.customer_ref)


class Subjects(Protocol):
    """Conversations as calls are decided by. Every method raises Unavailable when the database is away."""

    async def subject(self, conversation_id: UUID) -> Subject | None:
        """The conversation; None when there is none."""

    async def of_draft(self, draft_id: UUID) -> UUID | None:
        """The conversation of a draft; None when there is no such draft."""


@frozen
class Switch:
    """A tool that somebody has switched off."""

    tool: str
    by_id: UUID
    by_name: str


class Switches(Protocol):
    """Which tools are switched off, for everybody. Every method raises Unavailable when the database is away; what
    switches raises AuditUnavailable, and changes nothing, when its row of the audit cannot be written."""

    async def off(self) -> dict[str, Switch]:
        """The tools that are, by name."""

    async def switch_off(self, switch: Switch, by: str) -> None:
        """Switches a tool off, on behalf of a principal; it stays with whoever did so first."""

    async def switch_on(self, tool: str, by: str) -> None:
        """Switches a tool on again."""
