"""What a receiver's answer means: done, again and when, never again, or the endpoint is gone.

Standard Webhooks, "Deliverability": 2xx is success and nothing else, 410 disables the endpoint, redirects are not
followed, 429 and 503 may say when to come again.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from attrs import frozen

from hub.webhook.delivery import DeliveryState

RETRY_AFTER_MOST = 3600.0
"""Seconds that a receiver can ask for; above it this much is waited."""

RESTS_AFTER = 10
"""Failures in a row after which the endpoint as a whole rests between single tries: a receiver that is down is not
called for each of its conversations, and their tries are not used up."""


@frozen
class Answer:
    """How a try ended. `status` None: there was no answer, for this `reason`."""

    status: int | None
    reason: str | None
    seconds: float
    retry_after: float | None = None
    excerpt: str = ""


@frozen
class Decision:
    """What follows from a try. `retry_in` seconds for one that stays pending; `outcome` is the word for the figures."""

    state: DeliveryState
    outcome: str
    retry_in: float = 0.0
    gone: bool = False


@frozen
class Retries:
    """How often and when a delivery is tried. With the defaults the tries of one take three days on average: the bound
    of the pause begins with 10 s, grows threefold to 12 h, and the pause is drawn evenly below it, so that many that
    failed together do not come back together. `rest_most`: seconds between tries of an endpoint that is down."""

    tries: int = 20
    first: float = 10.0
    most: float = 43_200.0
    rest_most: float = 60.0

    def bound(self, attempt: int) -> float:
        """The longest pause after the `attempt`-th failure, counted from 1."""
        return float(min(self.first * 3.0 ** min(attempt - 1, 30), self.most))

    def decide(self, answer: Answer, attempt: int, random: Callable[[], float]) -> Decision:
        """What follows from the `attempt`-th try, counted from 1. `random` gives [0, 1)."""
        if answer.status is not None and 200 <= answer.status < 300:
            return Decision(DeliveryState.DELIVERED, "delivered")
        gone = answer.status == 410
        if attempt >= self.tries and not gone:
            return Decision(DeliveryState.DEAD, "dead")
        pause = max(random() * self.bound(attempt), answer.retry_after or 0.0)
        return Decision(DeliveryState.PENDING, "gone" if gone else "retried", pause, gone)

    def rest(self, failures: int, asked: float | None, random: Callable[[], float]) -> float:
        """Seconds for which nothing is sent to an endpoint after so many failures in a row, or because it asked."""
        beyond = failures - RESTS_AFTER
        pause = min(self.first * 2.0 ** min(beyond, 30), self.rest_most) * (0.5 + random() / 2) if beyond >= 0 else 0.0
        return max(pause, asked or 0.0)


def retry_after(header: str | None, now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for (RFC 9110 §10.2.3: seconds or a date), None without a usable
    one."""
    given = (header or "").strip()
    if given.isascii() and given.isdigit():
        return min(float(given[:9]), RETRY_AFTER_MOST)
    try:
        moment = parsedate_to_datetime(given)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max((moment - now).total_seconds(), 0.0), RETRY_AFTER_MOST)
