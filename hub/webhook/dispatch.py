"""What delivering needs: of the table, and of the way out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from attrs import field, frozen

from hub.webhook.delivery import Due
from hub.webhook.endpoint import DisabledReason
from hub.webhook.retry import Answer, Decision


@frozen
class Held:
    """An endpoint that this replica delivers to, for `seconds` more. `secrets`: the first is the newest. `due`: there
    is something to do."""

    id: UUID
    url: str
    secrets: tuple[str, ...] = field(repr=False)
    seconds: float
    failing_since: datetime | None
    due: bool


@frozen
class Filled:
    """Events read of the log, deliveries made of them, and events that the log had dropped before they were read."""

    read: int
    made: int
    missed: int


class DispatchStore(Protocol):
    """What is to be delivered. Every method raises hub.errors.Unavailable when the database is away."""

    async def hold(self) -> list[Held]:
        """Leases the enabled endpoints that nobody alive holds, keeps those of ours; answers all that are ours."""

    async def fill(self, webhook_id: UUID, events: int, backlog: int) -> Filled | None:
        """Makes deliveries of the next events of the log and moves the cursor, in one commit. None when `backlog`
        deliveries are pending, or the endpoint is not ours: the events wait in the log."""

    async def due(self, webhook_id: UUID, busy: Sequence[UUID], limit: int) -> list[Due]:
        """Pending deliveries of the lines that are not busy, in order, without those that wait for an earlier one."""

    async def settle(self, webhook_id: UUID, id: UUID, answer: Answer, decision: Decision) -> None:
        """Notes how a try ended. One that was settled by somebody else meanwhile stays as it is."""

    async def succeeded(self, webhook_id: UUID) -> None:
        """The endpoint works: it is not failing any more."""

    async def failed(self, webhook_id: UUID, patience: float) -> bool:
        """The endpoint fails. Answers True, and has disabled it, when it has for `patience` seconds without a success
        in between."""

    async def disable(self, webhook_id: UUID, reason: DisabledReason) -> None:
        """Nothing is delivered any more until a person enables it."""


class Sender(Protocol):
    """The way out."""

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Posts once and says how it ended; raises nothing. Bounded in time."""
