"""What goes wrong on purpose: a plan of faults for answers, and switches for tokens and webhooks.

`on` is an operation (`draft.commit`), the first word of one (`draft`), or a back end: `ticketing` (`ticket.create`,
`.get`, `.search`, `.comment`), `status` (`transaction.get`, `.history`), `create` (`draft.create`, `.get`, `.commit`,
`.cancel`), `token`, `slack`, `mail`.
"""

from enum import StrEnum
from random import Random
from typing import Any

from attrs import define, field, frozen

METADATA_SERVICE = "http://169.254.169.254/latest/meta-data/"
GROUPS = {"ticket": "ticketing", "transaction": "status", "draft": "create"}


class FaultKind(StrEnum):
    """What happens to a request. `Fault.after` says whether it takes effect first."""

    ERROR = "error"
    HTML = "html"
    RESET = "reset"
    HANG = "hang"
    DRIP = "drip"
    TRUNCATED = "truncated"
    HUGE = "huge"
    REDIRECT = "redirect"
    ECHO = "echo"
    CHANGED = "changed"


@frozen
class Fault:
    """One way to fail. Use the constructors below; `kind` decides which of the other fields matter."""

    kind: FaultKind
    after: bool = False
    http: int = 500
    code: str = "internal_error"
    retry_after: float | None = None
    seconds: float = 0.0
    size: int = 0
    location: str = METADATA_SERVICE
    fields: dict[str, Any] = field(factory=dict)

    @classmethod
    def error(
        cls, http: int = 500, code: str = "", *, retry_after: float | None = None, after: bool = False
    ) -> "Fault":
        """Any refusal; with `after` the request has taken effect all the same."""
        return cls(FaultKind.ERROR, after, http, code or f"status_{http}", retry_after)

    @classmethod
    def html(cls, http: int = 200, *, after: bool = False) -> "Fault":
        """A proxy's page instead of JSON."""
        return cls(FaultKind.HTML, after, http)

    @classmethod
    def reset(cls, *, after: bool = False) -> "Fault":
        """Reset the TCP connection instead of answering."""
        return cls(FaultKind.RESET, after)

    @classmethod
    def hang(cls, seconds: float = 60.0, *, after: bool = False) -> "Fault":
        """Do nothing for so long, before or after the effect, and then answer as if nothing had happened.

        Whoever hangs up while it hangs before the effect has prevented it.
        """
        return cls(FaultKind.HANG, after, seconds=seconds)

    @classmethod
    def drip(cls, seconds: float = 0.2) -> "Fault":
        """Take effect, then answer one byte every `seconds`."""
        return cls(FaultKind.DRIP, True, seconds=seconds)

    @classmethod
    def truncated(cls) -> "Fault":
        """Take effect, then answer with the first half of the JSON."""
        return cls(FaultKind.TRUNCATED, True)

    @classmethod
    def huge(cls, size: int = 5_000_000) -> "Fault":
        """Take effect, then answer with `size` bytes."""
        return cls(FaultKind.HUGE, True, size=size)

    @classmethod
    def redirect(cls, location: str = METADATA_SERVICE) -> "Fault":
        """Answer 307 to another address; no effect."""
        return cls(FaultKind.REDIRECT, location=location)

    @classmethod
    def echo(cls, http: int = 500) -> "Fault":
        """Answer with every header of the request, secrets included, in the body and in a header; no effect."""
        return cls(FaultKind.ECHO, http=http)

    @classmethod
    def changed(cls, **fields: Any) -> "Fault":
        """Take effect, then answer with other values: a wrong amount, an unknown status, somebody else's customer,
        hostile text. In an answer that is a list every item is changed. None leaves a field out."""
        return cls(FaultKind.CHANGED, True, fields=fields)


@define
class Planned:
    """A fault, what it waits for, and how often: `left` times, or with `probability`."""

    fault: Fault
    on: str
    left: int | None = None
    probability: float = 1.0

    def fits(self, operation: str) -> bool:
        """Whether it waits for such a request."""
        first = operation.partition(".")[0]
        return self.on in (operation, first, GROUPS.get(first, first))


@define
class TokenFaults:
    """How the issuer behaves. `expires_in` None leaves it out of the answer."""

    expires_in: float | None = 3600.0
    forgets: bool = False
    """It gives out tokens that the back ends do not know: each call is answered with 401."""


@define
class WebhookFaults:
    """How webhooks of the payment system misbehave."""

    duplicates: int = 0
    """Extra copies of each, of the same id."""
    delay: float = 0.0
    """Seconds before the first try."""
    muted: bool = False
    """None is sent."""


@define
class Faults:
    """The plan. The first planned fault that fits a request is used; `next` ones come before `always` ones."""

    random: Random = field(factory=lambda: Random(0), repr=False)
    tokens: TokenFaults = field(factory=TokenFaults)
    webhooks: WebhookFaults = field(factory=WebhookFaults)
    _next: list[Planned] = field(factory=list)
    _always: list[Planned] = field(factory=list)

    def next(self, count: int, fault: Fault, *, on: str) -> None:
        """Use `fault` for the next `count` requests."""
        self._next.append(Planned(fault, on, left=count))

    def always(self, fault: Fault, *, on: str, probability: float = 1.0) -> None:
        """Use `fault` with this probability until `clear`."""
        self._always.append(Planned(fault, on, probability=probability))

    def clear(self) -> None:
        """Everything works again."""
        self._next.clear()
        self._always.clear()
        self.tokens, self.webhooks = TokenFaults(), WebhookFaults()

    def take(self, operation: str) -> Fault | None:
        """The fault for this request, used up."""
        for planned in self._next:
            if planned.fits(operation):
                planned.left = (planned.left or 1) - 1
                if planned.left == 0:
                    self._next.remove(planned)
                return planned.fault
        for planned in self._always:
            if planned.fits(operation) and self.random.random() < planned.probability:
                return planned.fault
        return None
