"""Every figure: what it is called, what limits it on the same machine, and what is asked of it.

The limit is what the bare server (`hub.bench.bare`) reached in the same run. A tuned build of the same product on
FastAPI, Celery and Redis was measured beside that server once; its distance to it, in brackets, makes "so many times
that stack" a ratio to the limit that holds on any machine.
"""

from collections.abc import Iterable

from attrs import frozen

from hub.bench.scale import Scale


@frozen
class Goal:
    """A bound for a figure's median, or for its ratio to the limit. `why` says where a ratio comes from."""

    bound: float
    most: bool
    of_limit: bool = False
    why: str = ""

    def met(self, value: float, limit: float | None) -> bool | None:
        """Whether it is reached; None when there is nothing to compare with."""
        if self.of_limit:
            if not limit:
                return None
            value /= limit
        return value <= self.bound if self.most else value >= self.bound

    def text(self, unit: str) -> str:
        """As it is shown."""
        sign = "≤" if self.most else "≥"
        if not self.of_limit:
            return f"{sign} {self.bound:g} {unit}".rstrip()
        ratio = f"{self.bound:g}×" if self.bound > 1 else f"{self.bound:.0%}"
        return f"{sign} {ratio} of limit{f' ({self.why})' if self.why else ''}"


def at_most(bound: float) -> Goal:
    """The median must not exceed it."""
    return Goal(bound, most=True)


def at_least(bound: float) -> Goal:
    """The median must reach it."""
    return Goal(bound, most=False)


def part_of_limit(bound: float, why: str = "") -> Goal:
    """The median must reach this part (or multiple) of the limit."""
    return Goal(bound, most=False, of_limit=True, why=why)


def times_stack(times: float, bare: float) -> Goal:
    """At least so many times the other stack, of which the bare server reached `bare` times."""
    return part_of_limit(times / bare, f"{times:g}× FastAPI + Celery")


@frozen
class Figure:
    """`key` and `limit` are keys of the samples."""

    key: str
    title: str
    unit: str
    limit: str | None = None
    goals: tuple[Goal, ...] = ()


def _beside(key: str, title: str, unit: str, *goals: Goal) -> Figure:
    """A figure of the hub that the bare server has as well."""
    return Figure(f"hub.{key}", title, unit, f"bare.{key}", goals)


def _hub(key: str, title: str, unit: str, *goals: Goal) -> Figure:
    """A figure that only the hub has."""
    return Figure(f"hub.{key}", title, unit, None, goals)


def _latencies(key: str, title: str, p50: tuple[Goal, ...] = (), p99: tuple[Goal, ...] = ()) -> Iterable[Figure]:
    yield _beside(f"{key}.p50", f"{title}, p50", "ms", *p50)
    yield _beside(f"{key}.p99", f"{title}, p99", "ms", *p99)


def _limits() -> Iterable[Figure]:
    yield Figure("limits.nothing", "a handler that does nothing", "/s")
    yield Figure("limits.verified", "a handler that checks a signature and parses", "/s")
    yield Figure("limits.batched_rows", "PostgreSQL: rows, 200 per commit", "/s")
    yield Figure("limits.commits", "PostgreSQL: commits of one row", "/s")
    yield Figure("limits.broadcast", "one frame to every WebSocket", "deliveries/s")


_INBOUND = (
    ("new", "new customers", (times_stack(8, 12.9),), (at_most(0.6),)),
    ("known", "known conversations", (part_of_limit(0.6), times_stack(3, 4.7)), (at_most(0.45),)),
    ("hot", "one hot conversation", (times_stack(4.5, 6.8),), ()),
)


def _inbound() -> Iterable[Figure]:
    for name, title, rate, cpu in _INBOUND:
        key = f"inbound.{name}"
        yield _beside(f"{key}.rate", f"{title}: accepted", "/s", *rate)
        yield from _latencies(f"{key}.post", f"{title}: POST")
        yield _beside(f"{key}.cpu", f"{title}: CPU per message", "ms", *cpu)
        yield _beside(f"{key}.database", f"{title}: PostgreSQL's CPU per message", "ms")
    yield _hub("inbound.hot_to_known", "one hot conversation to many", "", at_least(0.9))


def _latency() -> Iterable[Figure]:
    yield from _latencies("latency.usual.post", "at 100/s: POST")
    yield from _latencies("latency.usual.socket", "at 100/s: to the agent's socket", (at_most(3),), (at_most(10),))
    yield from _latencies("latency.half.post", "at half of saturation: POST")
    yield from _latencies("latency.half.socket", "at half of saturation: to the agent's socket", (), (at_most(45),))


def _outbound() -> Iterable[Figure]:
    yield _beside("outbound.most.rate", "64 in flight: replies sent", "/s", part_of_limit(0.7), times_stack(7, 9.6))
    yield from _latencies("outbound.most.sent", "64 in flight: POST to sent")
    yield _beside("outbound.most.cpu", "64 in flight: CPU per reply", "ms", at_most(1.1))
    yield _beside("outbound.most.database", "64 in flight: PostgreSQL's CPU per reply", "ms")
    yield from _latencies("outbound.pace.provider", "at 20/s: POST to the provider")
    yield from _latencies("outbound.pace.sent", "at 20/s: POST to sent", (at_most(10),))


_LAST_OF_5000 = 110.0  # milliseconds


def _fanout(scale: Scale) -> Iterable[Figure]:
    for size in scale.crowds:
        for kind in ("ws", "sse"):
            key, title = f"fanout.{size}.{kind}", f"{size:,} agents, {'WebSocket' if kind == 'ws' else 'event stream'}"
            last = (at_most(_LAST_OF_5000),) if size == 5_000 else ()
            yield from _latencies(f"{key}.last", f"{title}: last receiver", last)
            yield _beside(f"{key}.single", f"{title}: single events", "deliveries/s", part_of_limit(0.9))
            yield _beside(f"{key}.bursts", f"{title}: bursts of 8", "deliveries/s", part_of_limit(3))
            yield _beside(f"{key}.cpu", f"{title}: CPU per delivery in bursts", "µs")
            yield _beside(f"{key}.bytes", f"{title}: an event", "bytes")


def _memory(scale: Scale) -> Iterable[Figure]:
    yield _beside("memory.idle", "idle", "MiB", at_most(90))
    yield _hub("memory.known", f"after {scale.customers:,} new customers", "MiB")
    yield _hub("memory.per_conversation", "per conversation in memory", "KiB")
    yield _beside("memory.sockets", f"{scale.sockets:,} sockets", "MiB")
    yield _beside("memory.per_socket", "per socket", "KiB", at_most(16))


def _cold() -> Iterable[Figure]:
    yield _beside("cold.external", "PostgreSQL runs already", "s", at_most(1.2))
    yield _hub("cold.embedded", "PostgreSQL is embedded", "s", at_most(3))


def _resume(scale: Scale) -> Iterable[Figure]:
    title = f"{scale.sockets:,} clients, {scale.behind:,} events behind"
    yield _hub("resume.seconds", f"{title}: the last is at the head", "s", at_most(10))
    yield _hub("resume.queries", f"{title}: queries", "", at_most(50))
    yield _hub("resume.refused", f"{title}: handshakes refused for now", "")
    yield _hub("resume.database", f"{title}: PostgreSQL's CPU", "s")
    yield _hub("resume.memory", f"{title}: memory after", "MiB")


def _kernel(scale: Scale) -> Iterable[Figure]:
    yield _beside("kernel.tells", "tells (limit: a deque)", "/s")
    yield _hub("kernel.asks", "asks", "/s")
    yield _hub("kernel.actor_bytes", f"per idle actor of {scale.actors:,}", "B", at_most(500))
    yield _hub("memory.actors", f"{scale.actors:,} resident actors", "MiB")
    yield _hub("kernel.collection", f"full collection at {scale.actors:,}", "ms")
    yield _hub("kernel.collection_frozen", "the same after gc.freeze()", "ms")


def _overload() -> Iterable[Figure]:
    yield _hub("overload.offered", "offered", "/s")
    yield _hub("overload.goodput", "accepted", "/s")
    yield _hub("overload.of_peak", "accepted to the peak", "", at_least(0.8))
    yield _hub("overload.accepted.p50", "POST of accepted, p50", "ms")
    yield _hub("overload.accepted.p99", "POST of accepted, p99", "ms", at_most(1000))
    yield _hub("overload.refused", "refused", "")
    yield _hub("overload.memory", "memory after", "MiB")


_LISTS = {
    "waited": "open, by waiting",
    "newest": "open, newest first",
    "priority": "open, by priority",
    "deadline": "by deadline",
    "all": "all, newest first",
    "mine": "mine",
    "queue": "nobody's",
    "waiting": "who wait, newest first",
    "failed": "with failures",
    "tag": "with a tag",
    "words": "by words of a name",
    "phone": "by the end of a number",
}


def _lists(scale: Scale) -> Iterable[Figure]:
    of = f"of {scale.listed:,} conversations"
    for name, title in _LISTS.items():
        yield _hub(f"lists.{name}.p50", f"{title}, {of}: p50", "ms")
        yield _hub(f"lists.{name}.p95", f"{title}, {of}: p95", "ms", at_most(50))
    for name, title in (("list", "lists"), ("push", "to the agent's socket")):
        yield _hub(f"lists.live.{name}.p50", f"50 agents live, {title}: p50", "ms")
        yield _hub(f"lists.live.{name}.p95", f"50 agents live, {title}: p95", "ms", at_most(50))


_SEARCHES = {
    "rare": "a rare word",
    "common": "a common word",
    "everywhere": "a word that is everywhere",
    "prefix": "the beginning of words",
    "several": "several words",
    "phrase": "a phrase",
    "nothing": "a word that is nowhere",
}


def _search(scale: Scale) -> Iterable[Figure]:
    for name, title in _SEARCHES.items():
        for who, whose in (("admin", "who sees all"), ("agent", "who sees a twentieth")):
            of = f"{title}, of {scale.said:,} messages, by one {whose}"
            yield _hub(f"search.{name}.{who}.p50", f"{of}: p50", "ms")
            yield _hub(f"search.{name}.{who}.p95", f"{of}: p95", "ms", at_most(150))


def _gateway() -> Iterable[Figure]:
    calls, purchases = "64 at a time: tool calls", "16 customers buy"
    yield _hub("gateway.calls.rate", calls, "/s")
    yield _hub("gateway.calls.answer.p50", f"{calls}, p50", "ms")
    yield _hub("gateway.calls.answer.p99", f"{calls}, p99", "ms")
    yield _hub("gateway.calls.cpu", f"{calls}: CPU per call", "ms")
    yield _hub("gateway.calls.database", f"{calls}: PostgreSQL's CPU per call", "ms")
    yield _hub("gateway.purchases.rate", f"{purchases}: drafts to committed", "/s")
    yield _hub("gateway.purchases.commit.p50", f"{purchases}: the commit, p50", "ms")
    yield _hub("gateway.purchases.commit.p99", f"{purchases}: the commit, p99", "ms")
    yield _hub("gateway.purchases.cpu", f"{purchases}: CPU per purchase", "ms")
    yield _hub("gateway.purchases.database", f"{purchases}: PostgreSQL's CPU per purchase", "ms")
    yield from _money()


_NEVER = {
    "twice": "paid twice",
    "unasked": "paid without the customer's consent",
    "above": "customers with more than the limit paid without approval",
    "apart": "paid by one side's books only",
    "unsettled": "left unsettled",
    "breaks": "breaks in the audit",
}


def _money() -> Iterable[Figure]:
    title = "killed while money moves"
    yield _hub("gateway.money.kills", f"{title}: kills", "", at_least(1))
    yield _hub("gateway.money.begun", f"{title}: purchases begun", "")
    yield _hub("gateway.money.committed", f"{title}: committed", "", at_least(1))
    for name, what in _NEVER.items():
        yield _hub(f"gateway.money.{name}", f"{title}: {what}", "", at_most(0))


def catalogue(scale: Scale) -> dict[str, tuple[Figure, ...]]:
    """The figures of each case, in the order in which cases run and are shown."""
    return {
        "limits": tuple(_limits()),
        "inbound": tuple(_inbound()),
        "latency": tuple(_latency()),
        "outbound": tuple(_outbound()),
        "fanout": tuple(_fanout(scale)),
        "memory": tuple(_memory(scale)),
        "cold": tuple(_cold()),
        "resume": tuple(_resume(scale)),
        "kernel": tuple(_kernel(scale)),
        "overload": tuple(_overload()),
        "lists": tuple(_lists(scale)),
        "search": tuple(_search(scale)),
        "gateway": tuple(_gateway()),
    }
