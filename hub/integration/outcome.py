"""What an attempt's end means: for the caller, for the breaker, and whether another attempt makes sense."""

from typing import Any

from attrs import frozen

from hub.errors import Ambiguous, HubError, IntegrationError, IntegrationOverloaded, IntegrationTimeout, NotFound
from hub.integration.answer import WrongAnswer, parse
from hub.integration.breaker import Verdict
from hub.integration.operation import Absent, Operation, Request
from hub.integration.retry import PASSING
from hub.integration.wire import Reply

WORDS = (
    "ok",
    "not_found",
    "refused",
    "throttled",
    "failed",
    "timeout",
    "unreachable",
    "nonsense",
    "no_token",
    "given_up",
)
"""How attempts end, for the figures."""


@frozen
class Outcome:
    """How an attempt ended. Without `error` it brought `value`. `passing`: another attempt may end better. `open`: the
    back end may have done it nevertheless, nobody knows. `pause`: seconds that the back end asks for."""

    word: str
    verdict: Verdict
    value: Any = None
    error: HubError | None = None
    passing: bool = False
    open: bool = False
    pause: float | None = None
    status: int | None = None


def given_up(operation: Operation) -> Outcome:
    """The hub itself broke the attempt off."""
    return Outcome("given_up", Verdict.NOTHING, error=IntegrationError(), open=operation.acts)


def tokenless(error: HubError) -> Outcome:
    """There is no token, so that nothing was sent."""
    return Outcome("no_token", Verdict.NOTHING, error=error)


def judged(request: Request, reply: Reply) -> Outcome:
    """What a reply means."""
    if reply.succeeded:
        return _read(request, reply)
    acts, status = request.operation.acts, reply.status
    if status is None:
        return _unanswered(request.operation, reply)
    if status in (404, 410):
        return _absent(request.operation, status)
    if status == 429:
        pause = reply.retry_after
        error = IntegrationOverloaded(retry_after=pause)
        return Outcome("throttled", Verdict.NOTHING, error=error, passing=True, pause=pause, status=status)
    if 400 <= status < 500:
        return Outcome("refused", Verdict.SUCCESS, error=IntegrationError(), status=status)
    passing = status in PASSING
    pause = reply.retry_after
    word = "failed" if status >= 500 else "nonsense"
    return Outcome(
        word, Verdict.FAILURE, error=IntegrationError(), passing=passing, open=acts, pause=pause, status=status
    )


def _read(request: Request, reply: Reply) -> Outcome:
    try:
        value = request.read(parse(reply.body) if reply.body else None)
    except WrongAnswer:
        acts = request.operation.acts
        return Outcome("nonsense", Verdict.FAILURE, error=IntegrationError(), open=acts, status=reply.status)
    except NotFound:
        return Outcome("not_found", Verdict.SUCCESS, error=NotFound(), status=reply.status)
    return Outcome("ok", Verdict.SUCCESS, value, status=reply.status)


def _unanswered(operation: Operation, reply: Reply) -> Outcome:
    late = reply.reason == "timeout"
    word = "timeout" if late else "unreachable" if not reply.sent else "failed"
    return Outcome(
        word,
        Verdict.FAILURE,
        error=IntegrationTimeout() if late else IntegrationError(),
        passing=late or reply.reason in ("connection", "disconnected"),
        open=operation.acts and reply.sent,
    )


def _absent(operation: Operation, status: int) -> Outcome:
    match operation.absent:
        case Absent.DONE:
            return Outcome("ok", Verdict.SUCCESS, status=status)
        case Absent.REFUSED:
            return Outcome("refused", Verdict.SUCCESS, error=IntegrationError(), status=status)
        case Absent.MISSING:
            return Outcome("not_found", Verdict.SUCCESS, error=NotFound(), status=status)


def repeatable(operation: Operation, outcome: Outcome) -> bool:
    """Whether another attempt may be made: it may end better, and does no harm if this one was done after all."""
    return outcome.passing and (operation.repeatable or not outcome.open)


def failure(error: HubError, attempts: int, status: int | None, *, unknown: bool) -> HubError:
    """The error that the caller gets, with what the audit wants to know. `unknown`: some attempt may have been done."""
    told = Ambiguous() if unknown else error
    for name, value in (("attempts", attempts), ("provider_status", status)):
        if hasattr(told, name):
            setattr(told, name, value)
    return told
