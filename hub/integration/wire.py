"""One HTTP request to a back end and what came of it, without saying how it is carried."""

from collections.abc import Mapping
from typing import Protocol

from attrs import field, frozen

IDEMPOTENCY_KEY = "Idempotency-Key"


@frozen
class Wire:
    """A request. `headers` hold secrets; `key` is the idempotency key that they carry."""

    method: str
    url: str
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(factory=dict, repr=False)
    key: str | None = None


@frozen
class Reply:
    """How an attempt ended. `status` None: there was no answer, for this `reason` (timeout, connection, redirect, …);
    `sent` tells whether the request may have arrived. `retry_after` in seconds."""

    status: int | None
    reason: str | None = None
    body: bytes = field(default=b"", repr=False)
    retry_after: float | None = None
    sent: bool = True

    @property
    def succeeded(self) -> bool:
        """Whether the answer is a 2xx."""
        return self.status is not None and 200 <= self.status < 300


class Provider(Protocol):
    """The way out to a back end."""

    async def send(self, wire: Wire, seconds: float) -> Reply:
        """Makes one attempt, which as a whole takes at most so many seconds; raises nothing but cancellation."""
