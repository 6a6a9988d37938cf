"""What goes wrong on purpose: a plan of faults for Graph's answers, and switches for the webhooks."""

from collections.abc import Collection
from enum import StrEnum
from random import Random

from attrs import define, field, frozen


class FaultKind(StrEnum):
    """What happens to a request. Those in `AFTER_COMMIT` happen to the answer of a request that took effect."""

    ERROR = "error"
    HTML = "html"
    RESET = "reset"
    REDIRECT = "redirect"
    HANG = "hang"
    CUT = "cut"
    TRUNCATED = "truncated"
    NO_ID = "no_id"
    DRIP = "drip"
    HUGE = "huge"
    STATUS_FIRST = "status_first"
    FAILS_LATER = "fails_later"


AFTER_COMMIT = frozenset(
    {
        FaultKind.HANG,
        FaultKind.CUT,
        FaultKind.TRUNCATED,
        FaultKind.NO_ID,
        FaultKind.DRIP,
        FaultKind.HUGE,
        FaultKind.STATUS_FIRST,
        FaultKind.FAILS_LATER,
    }
)

METADATA_SERVICE = "http://169.254.169.254/latest/meta-data/"


@frozen
class Fault:
    """One way to fail. Use the constructors below; `kind` decides which of the other fields matter."""

    kind: FaultKind
    code: int = 131000
    http: int | None = None
    transient: bool | None = None
    retry_after: float | None = None
    details: str = ""
    seconds: float = 0.0
    size: int = 0
    location: str = METADATA_SERVICE

    @property
    def commits(self) -> bool:
        """Whether the request takes effect all the same."""
        return self.kind in AFTER_COMMIT

    @classmethod
    def error(
        cls,
        code: int,
        http: int | None = None,
        *,
        transient: bool | None = None,
        retry_after: float | None = None,
        details: str = "",
    ) -> "Fault":
        """Any Graph error, e.g. `error(131000)` (500), `error(130429, 429, retry_after=2)`, `error(2)` (503)."""
        return cls(FaultKind.ERROR, code, http=http, transient=transient, retry_after=retry_after, details=details)

    @classmethod
    def html(cls, http: int = 502) -> "Fault":
        """A proxy's HTML page instead of Graph's JSON; the request had no effect."""
        return cls(FaultKind.HTML, http=http)

    @classmethod
    def hang(cls, seconds: float = 60.0) -> "Fault":
        """Take effect, then answer only after `seconds`."""
        return cls(FaultKind.HANG, seconds=seconds)

    @classmethod
    def reset(cls, *, after_commit: bool) -> "Fault":
        """Reset the TCP connection instead of answering, before or after the request took effect."""
        return cls(FaultKind.CUT if after_commit else FaultKind.RESET)

    @classmethod
    def truncated(cls) -> "Fault":
        """Take effect, then answer 200 with the first half of the JSON."""
        return cls(FaultKind.TRUNCATED)

    @classmethod
    def no_id(cls) -> "Fault":
        """Take effect, then answer 200 without a message id."""
        return cls(FaultKind.NO_ID)

    @classmethod
    def drip(cls, seconds: float = 0.2) -> "Fault":
        """Take effect, then answer one byte every `seconds`."""
        return cls(FaultKind.DRIP, seconds=seconds)

    @classmethod
    def huge(cls, size: int = 50_000_000) -> "Fault":
        """Take effect, then answer 200 with `size` bytes."""
        return cls(FaultKind.HUGE, size=size)

    @classmethod
    def redirect(cls, location: str = METADATA_SERVICE) -> "Fault":
        """Answer 302 to another address; no effect."""
        return cls(FaultKind.REDIRECT, location=location)

    @classmethod
    def status_first(cls) -> "Fault":
        """Post the `sent` webhook, and have it answered, before the send itself is answered."""
        return cls(FaultKind.STATUS_FIRST)

    @classmethod
    def fails_later(cls, code: int = 131026) -> "Fault":
        """Accept the message, then report it `failed` with `code`."""
        return cls(FaultKind.FAILS_LATER, code)


@define
class Planned:
    """A fault, the operation and recipient it waits for, and how often: `left` times, or with `probability`."""

    fault: Fault
    on: str
    to: str | None
    left: int | None = None
    probability: float = 1.0

    def fits(self, operation: str, recipient: Collection[str]) -> bool:
        """Whether it waits for such a request."""
        return self.on == operation and (self.to is None or self.to in recipient)


@define
class WebhookFaults:
    """How webhooks misbehave; all of it is within what Meta's page "Webhooks" allows."""

    duplicates: int = 0
    """Extra copies of each POST."""
    shuffle: bool = False
    """Mix the order of updates that are close together."""
    batch: int = 1
    """At most this many updates in one POST (Meta: 1000)."""
    delay: float = 0.0
    """Seconds before the first try of each POST."""
    lose_first_try: bool = False
    """The first try never reaches the receiver."""
    lose_first_answer: bool = False
    """The first try reaches the receiver, its answer is lost: the same body comes again."""
    concurrency: int = 4
    """POSTs in flight at once; fixed when the world starts."""


@define
class Faults:
    """The plan. The first planned fault that fits a request is used; `next` ones come before `always` ones."""

    random: Random = field(factory=lambda: Random(0), repr=False)
    webhooks: WebhookFaults = field(factory=WebhookFaults)
    token_revoked: bool = False
    _next: list[Planned] = field(factory=list)
    _always: list[Planned] = field(factory=list)

    def next(self, count: int, fault: Fault, *, on: str = "messages", to: str | None = None) -> None:
        """Use `fault` for the next `count` requests.

        `on`: `messages` (sending), `read` (mark read, typing), `upload`, `media` (looking a file up), `download`
        (fetching it) or `templates`.
        `to`: only for this recipient (digits of the phone number, or user id).
        """
        self._next.append(Planned(fault, on, to, left=count))

    def always(self, probability: float, fault: Fault, *, on: str = "messages", to: str | None = None) -> None:
        """Use `fault` with this probability (1.0: each time) until `clear`."""
        self._always.append(Planned(fault, on, to, probability=probability))

    def revoke_token(self) -> None:
        """Answer every request with 401 and code 190 until `restore_token`."""
        self.token_revoked = True

    def restore_token(self) -> None:
        """Accept the token again."""
        self.token_revoked = False

    def clear(self) -> None:
        """Everything works again, webhooks included."""
        self._next.clear()
        self._always.clear()
        self.token_revoked = False
        self.webhooks = WebhookFaults(concurrency=self.webhooks.concurrency)

    def take(self, operation: str, recipient: Collection[str] = ()) -> Fault | None:
        """The fault for this request, used up. `recipient`: every address of whom it is for."""
        for planned in self._next:
            if planned.fits(operation, recipient):
                planned.left = (planned.left or 1) - 1
                if planned.left == 0:
                    self._next.remove(planned)
                return planned.fault
        for planned in self._always:
            if planned.fits(operation, recipient) and self.random.random() < planned.probability:
                return planned.fault
        return None
