"""How often tools may be called: in a sliding window, per conversation, per customer and per program.

The customer's limit holds whoever would go round the conversation's with a new conversation; the program's whoever
would go round both with many customers.
"""

import math
from typing import Protocol
from uuid import UUID

from attrs import frozen

from hub.errors import LimitReached

HOUR, MINUTE = 3600, 60

CUSTOMER_FACTOR = 3
"""A customer's conversations together have as many times the calls of one, unless the configuration says otherwise."""


@frozen
class Limit:
    """At most so many calls in any `window` seconds."""

    name: str
    most: int
    window: int


@frozen
class Limits:
    """All limits that a call has to keep."""

    principal: Limit
    customer: Limit
    conversation: Limit

    @classmethod
    def of(cls, per_conversation: int, per_customer: int, per_principal: int) -> "Limits":
        """The limits of so many calls per hour, hour and minute; `per_customer` 0 follows from the conversation's."""
        return cls(
            Limit("principal", per_principal, MINUTE),
            Limit("customer", per_customer or CUSTOMER_FACTOR * per_conversation, HOUR),
            Limit("conversation", per_conversation, HOUR),
        )


@frozen
class Standing:
    """How a limit stands after a call was counted: `reset` seconds until there is room for one more than now."""

    limit: Limit
    remaining: int
    reset: int

    def view(self) -> dict[str, int]:
        """As an answer's body shows it."""
        return {"limit": self.limit.most, "remaining": self.remaining, "reset_s": self.reset}

    def headers(self) -> dict[str, str]:
        """As its headers show it (IETF draft "RateLimit header fields for HTTP")."""
        name = self.limit.name
        return {
            "RateLimit-Policy": f'"{name}";q={self.limit.most};w={self.limit.window}',
            "RateLimit": f'"{name}";r={self.remaining};t={self.reset}',
        }


class CallRefused(LimitReached):
    """Too many calls of tools."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(retry_after=float(standing.reset))
        self.standing = standing


def standing(limit: Limit, remaining: int, reset: float) -> Standing:
    """Whole seconds, rounded up: whoever waits that long does not come too early."""
    return Standing(limit, remaining, max(math.ceil(reset), 0))


@frozen
class Counted:
    """Which call is to be counted, and for whom."""

    call_id: UUID
    conversation_id: UUID
    customer_id: UUID
    principal: str
    tool: str


class ToolCalls(Protocol):
    """The calls there were. Every method raises Unavailable when the database is away."""

    async def take(self, call: Counted, limits: Limits) -> Standing:
        """Counts a call; answers how the conversation's limit stands then. Raises CallRefused with the limit that has
        no room: such a call does not count. Exact over all replicas."""

    async def settle(self, call_id: UUID, outcome: str) -> None:
        """Notes how a call ended: `ok`, or the code of the problem."""

    async def suspicions(self, conversation_id: UUID) -> int:
        """How often something suspicious was tried in the conversation within a day."""
