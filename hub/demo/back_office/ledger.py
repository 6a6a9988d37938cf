"""The back ends' own account of what they were asked, so that a test can compare both sides."""

from collections import Counter, deque

from attrs import define, field

KEPT = 20_000
"""Requests kept; the oldest go first, the counts stay."""


@define
class Request:
    """A request as it arrived. `outcome` is the answer's status, or None while there was none."""

    at: float
    operation: str
    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes
    outcome: int | None = None
    fault: str = ""
    replayed: bool = False

    @property
    def key(self) -> str:
        """Its `Idempotency-Key`, or nothing."""
        return self.headers.get("idempotency-key", "")


@define
class Ledger:
    """Every request, in order of arrival, refused ones too."""

    requests: deque[Request] = field(factory=lambda: deque(maxlen=KEPT))
    counts: Counter[str] = field(factory=Counter)

    def note(self, request: Request) -> Request:
        """Keeps it."""
        self.requests.append(request)
        self.counts[request.operation] += 1
        return request

    def count(self, operation: str = "") -> int:
        """How many requests came for an operation, or for the operations of a first word (`draft`), or at all."""
        return sum(n for name, n in self.counts.items() if operation in ("", name, name.partition(".")[0]))

    def of(self, operation: str) -> list[Request]:
        """The requests for an operation."""
        return [request for request in self.requests if request.operation == operation]
