"""What a tool is to do once everything was checked, and what came of it."""

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from attrs import frozen

from hub.ai.subject import Subject
from hub.ai.tool import CallStatus
from hub.integration.call import Call


@frozen
class Work:
    """A call that may be carried out. `deadline` is a moment of the event loop's clock."""

    call: Call
    subject: Subject
    arguments: Mapping[str, Any]
    deadline: float


@frozen
class Done:
    """The result as the model is shown it; `draft_id` is the draft that it is about, `replayed` that it was there."""

    result: Mapping[str, Any]
    status: CallStatus = CallStatus.OK
    draft_id: UUID | None = None
    replayed: bool = False


class Handler(Protocol):
    """Carries out the calls of one tool."""

    async def __call__(self, work: Work) -> Done:
        """Raises a HubError where it cannot be done."""
