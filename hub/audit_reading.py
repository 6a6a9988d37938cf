"""Reading the audit: which rows are wanted, and where they are asked for."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from attrs import frozen

from hub.audit_chain import Row


@frozen(kw_only=True)
class Sought:
    """Which rows are wanted; None for all. Times are from `since` on, and before `until`."""

    conversation_id: UUID | None = None
    call_id: UUID | None = None
    draft_id: UUID | None = None
    actor: str | None = None
    tool: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class AuditReader(Protocol):
    """Where rows are read. Every method raises Unavailable."""

    async def page(self, sought: Sought, before: int | None, limit: int) -> list[Row]:
        """Rows, the newest first, beginning before a number."""
