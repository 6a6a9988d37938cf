"""The circuit breaker of one back end: after some failures in a row it is left alone, then one call tries.

    closed ──5 failures in a row──▶ open ──60 s, next call──▶ half_open ──the probe succeeds──▶ closed
                                     ▲                            │
                                     └──────the probe fails───────┘

What counts are attempts, not calls: a call that is repeated inside may fail several times. A failure is a back end that
could not be reached, did not answer in time, answered 5xx, or answered what makes no sense. An answer that refuses
(4xx) proves that the back end lives. Moments are seconds of a clock that never jumps.
"""

from enum import StrEnum

from attrs import frozen

from hub.record import evolve


class State(StrEnum):
    """Whether calls go out: all, none, or one to try."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Signal(StrEnum):
    """What moves a breaker."""

    TOO_MANY_FAILURES = "too_many_failures"
    RESTED = "rested"
    PROBE_SUCCEEDED = "probe_succeeded"
    PROBE_FAILED = "probe_failed"
    PROBE_RETURNED = "probe_returned"


TRANSITIONS: dict[State, dict[Signal, State]] = {
    State.CLOSED: {Signal.TOO_MANY_FAILURES: State.OPEN},
    State.OPEN: {Signal.RESTED: State.HALF_OPEN},
    State.HALF_OPEN: {
        Signal.PROBE_SUCCEEDED: State.CLOSED,
        Signal.PROBE_FAILED: State.OPEN,
        Signal.PROBE_RETURNED: State.OPEN,
    },
}


class Verdict(StrEnum):
    """What an attempt says of the back end. `nothing`: it was given up by ourselves, or never went out."""

    SUCCESS = "success"
    FAILURE = "failure"
    NOTHING = "nothing"


@frozen
class Rules:
    """Failures in a row that open it, and the seconds that it stays open."""

    failures: int = 5
    open: float = 60.0


@frozen
class Breaker:
    """A breaker at one moment. `generation` is raised with each change of state: what was let out before says nothing
    any more. `opened_at` and `paused_until` are moments; a pause is what the back end itself asked for."""

    state: State = State.CLOSED
    failures: int = 0
    opened_at: float = 0.0
    generation: int = 0
    paused_until: float = 0.0


@frozen
class Refusal:
    """An attempt may not go out. `paused`: because the back end asked for a pause of that many `seconds`."""

    seconds: float
    paused: bool = False


def refusal(breaker: Breaker, rules: Rules, now: float) -> Refusal | None:
    """Why no attempt may go out now; None when one may."""
    rest = breaker.opened_at + rules.open - now
    if breaker.state is State.OPEN and rest > 0:
        return Refusal(rest)
    if breaker.state is State.HALF_OPEN:
        return Refusal(1.0)
    if breaker.paused_until > now:
        return Refusal(breaker.paused_until - now, paused=True)
    return None


def let_out(breaker: Breaker) -> Breaker:
    """An attempt goes out that nothing refuses; it carries the new generation. After a rest it is the probe."""
    return _moved(breaker, Signal.RESTED) if breaker.state is State.OPEN else breaker


def settled(breaker: Breaker, rules: Rules, generation: int, verdict: Verdict, now: float) -> Breaker:
    """An attempt of this generation has ended."""
    if generation != breaker.generation:
        return breaker
    if breaker.state is State.HALF_OPEN:
        return _probed(breaker, verdict, now)
    match verdict:
        case Verdict.SUCCESS:
            return evolve(breaker, failures=0)
        case Verdict.FAILURE if breaker.failures + 1 >= rules.failures:
            return evolve(_moved(breaker, Signal.TOO_MANY_FAILURES), opened_at=now)
        case Verdict.FAILURE:
            return evolve(breaker, failures=breaker.failures + 1)
        case Verdict.NOTHING:
            return breaker


def _probed(breaker: Breaker, verdict: Verdict, now: float) -> Breaker:
    match verdict:
        case Verdict.SUCCESS:
            return _moved(breaker, Signal.PROBE_SUCCEEDED)
        case Verdict.FAILURE:
            return evolve(_moved(breaker, Signal.PROBE_FAILED), opened_at=now)
        case Verdict.NOTHING:  # it said nothing: it stays open with its rest over, so that the next call is the probe
            return _moved(breaker, Signal.PROBE_RETURNED)


def paused(breaker: Breaker, seconds: float, now: float) -> Breaker:
    """The back end asks not to be called for a while. A shorter pause does not end a longer one."""
    return evolve(breaker, paused_until=max(breaker.paused_until, now + seconds))


def restored(rules: Rules, opened_ago: float | None, now: float) -> Breaker:
    """The breaker of a hub that has just come up: open for the rest of its time if it was opened `opened_ago` seconds
    ago, which may be wrong by any amount of the wall clock: it is never open for longer than the rules say."""
    if opened_ago is None:
        return Breaker()
    return Breaker(State.OPEN, opened_at=now - min(max(opened_ago, 0.0), rules.open))


def _moved(breaker: Breaker, signal: Signal) -> Breaker:
    state = TRANSITIONS[breaker.state][signal]
    return evolve(breaker, state=state, failures=0, generation=breaker.generation + 1)
