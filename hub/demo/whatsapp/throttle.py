"""Meta's throughput limits as token buckets."""

from attrs import define

from hub.demo.whatsapp.clock import Clock
from hub.demo.whatsapp.errors import GraphError
from hub.demo.whatsapp.settings import Limits

PAIRS_KEPT = 20_000
"""Buckets of single customers that are remembered; beyond, the oldest is forgotten and starts full again."""


@define
class Bucket:
    """`capacity` tokens, one more every `interval` seconds."""

    capacity: float
    interval: float
    level: float
    at: float

    def take(self, now: float) -> bool:
        """Take a token if there is one."""
        self.level = min(self.capacity, self.level + max(0.0, now - self.at) / self.interval)
        self.at = now
        if self.level < 1:
            return False
        self.level -= 1
        return True


class Throttle:
    """Refuses what exceeds the number's throughput (130429) or the rate to one customer (131056)."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self.limits = limits
        self._clock = clock
        self._number: Bucket | None = None
        self._pairs: dict[str, Bucket] = {}

    def check(self, customer: str) -> None:
        """Count one message to `customer`. Raises GraphError 130429 or 131056."""
        now = self._clock.now()
        if not self._number_bucket(now):
            raise GraphError(130429, "Message failed to send because the throughput limit of this number was reached.")
        if not self._pair_bucket(customer, now):
            raise GraphError(131056)

    def _number_bucket(self, now: float) -> bool:
        rate = self.limits.messages_per_second
        if rate is None:
            return True
        if self._number is None or self._number.capacity != rate:
            self._number = Bucket(rate, 1 / rate, rate, now)
        return self._number.take(now)

    def _pair_bucket(self, customer: str, now: float) -> bool:
        interval, burst = self.limits.pair_interval, self.limits.pair_burst
        if interval is None:
            return True
        bucket = self._pairs.get(customer)
        if bucket is None or (bucket.capacity, bucket.interval) != (burst, interval):
            bucket = self._pairs[customer] = Bucket(burst, interval, burst, now)
            if len(self._pairs) > PAIRS_KEPT:
                del self._pairs[next(iter(self._pairs))]
        return bucket.take(now)
