"""A call of a tool, as any of the doors hands it on, and its answer."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from attrs import field, frozen

from hub.errors import HubError


@frozen
class ToolRequest:
    """What a model wants done. `conversation_id` and `arguments` are as they came (`hub.strict_json`): whatever is
    wrong with them is found in the pipeline, so that every door finds it alike. `conversation_id` may be None where
    the caller's session has one. `idempotency_key` is checked there too.
    """

    tool: str
    conversation_id: object
    arguments: object
    call_id: UUID
    idempotency_key: str | None = None


@frozen
class ToolAnswer:
    """What came of a call. `body` is the answer's JSON, or the problem document when `problem` is set; `headers` belong
    to either (`Retry-After`, `RateLimit`, `Location`, …)."""

    http_status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(factory=dict)
    problem: HubError | None = None

    @property
    def status(self) -> str:
        """`ok`, `pending_approval` or `commit_unknown`; `problem` when it was not carried out."""
        return "problem" if self.problem is not None else str(self.body["status"])
