"""What an attempt's end means, by reply and kind of operation."""

from typing import Any

import pytest

from hub.errors import (
    Ambiguous,
    CircuitOpen,
    HubError,
    IntegrationError,
    IntegrationOverloaded,
    IntegrationTimeout,
    NotFound,
    Unavailable,
)
from hub.integration.answer import WrongAnswer
from hub.integration.breaker import Verdict
from hub.integration.operation import Absent, Operation, Request
from hub.integration.outcome import WORDS, Outcome, failure, given_up, judged, repeatable, tokenless
from hub.integration.wire import Reply, Wire

WIRE = Wire("GET", "https://x.example.com/t")
READ = Operation(integration="x", name="read", timeout=1.0)
ACT = Operation(integration="x", name="act", timeout=1.0, acts=True)
ONCE = Operation(integration="x", name="once", timeout=1.0, acts=True, repeatable=False)


def read(given: Any) -> Any:
    if given == "nonsense":
        raise WrongAnswer("no object")
    if given == "a stranger's":
        raise NotFound
    return given


def judge(operation: Operation, reply: Reply) -> Outcome:
    return judged(Request(operation, WIRE, read), reply)


def error_of(outcome: Outcome) -> HubError:
    assert outcome.error is not None
    return outcome.error


def test_a_good_answer() -> None:
    assert judge(READ, Reply(200, body=b'{"a": 1}')) == Outcome("ok", Verdict.SUCCESS, {"a": 1}, status=200)
    assert judge(ACT, Reply(204)).value is None


@pytest.mark.parametrize("body", [b'"nonsense"', b"<html>", b"\xff"])
def test_an_answer_that_makes_no_sense_is_a_failure(body: bytes) -> None:
    outcome = judge(READ, Reply(200, body=body))
    assert (outcome.word, outcome.verdict, outcome.passing, outcome.open) == ("nonsense", Verdict.FAILURE, False, False)
    assert judge(ACT, Reply(201, body=body)).open


def test_what_is_not_for_the_asker_is_not_there() -> None:
    outcome = judge(READ, Reply(200, body=b'"a stranger\'s"'))
    assert (outcome.word, outcome.verdict) == ("not_found", Verdict.SUCCESS)
    assert isinstance(error_of(outcome), NotFound)


@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.parametrize(
    ("absent", "kind"), [(Absent.MISSING, NotFound), (Absent.REFUSED, IntegrationError), (Absent.DONE, None)]
)
def test_what_is_absent(status: int, absent: Absent, kind: type[HubError] | None) -> None:
    outcome = judge(Operation(integration="x", name="o", timeout=1.0, acts=True, absent=absent), Reply(status))
    assert outcome.verdict is Verdict.SUCCESS
    assert outcome.error is None if kind is None else isinstance(error_of(outcome), kind)


@pytest.mark.parametrize("status", [400, 401, 403, 405, 408, 409, 418, 422, 451])
def test_a_refusal_proves_that_the_back_end_lives(status: int) -> None:
    outcome = judge(ACT, Reply(status))
    assert (outcome.word, outcome.verdict, outcome.passing, outcome.open) == ("refused", Verdict.SUCCESS, False, False)
    assert isinstance(error_of(outcome), IntegrationError)


def test_a_pause_is_no_failure() -> None:
    outcome = judge(ACT, Reply(429, retry_after=3.0))
    assert (outcome.verdict, outcome.passing, outcome.open, outcome.pause) == (Verdict.NOTHING, True, False, 3.0)
    error = error_of(outcome)
    assert isinstance(error, IntegrationOverloaded)
    assert error.retry_after == 3.0


@pytest.mark.parametrize(("status", "passing"), [(500, False), (501, False), (502, True), (503, True), (504, True)])
@pytest.mark.parametrize("operation", [READ, ACT])
def test_failures_of_the_back_end(status: int, passing: bool, operation: Operation) -> None:
    outcome = judge(operation, Reply(status, retry_after=1.0))
    assert (outcome.verdict, outcome.passing, outcome.open) == (Verdict.FAILURE, passing, operation.acts)


@pytest.mark.parametrize("status", [101, 301, 302, 307])
def test_a_redirect_leads_nowhere(status: int) -> None:
    outcome = judge(ACT, Reply(status))
    assert (outcome.word, outcome.verdict, outcome.passing, outcome.open) == ("nonsense", Verdict.FAILURE, False, True)


@pytest.mark.parametrize(
    ("reply", "word", "kind", "passing", "unknown"),
    [
        (Reply(None, "timeout"), "timeout", IntegrationTimeout, True, True),
        (Reply(None, "timeout", sent=False), "timeout", IntegrationTimeout, True, False),
        (Reply(None, "connection", sent=False), "unreachable", IntegrationError, True, False),
        (Reply(None, "disconnected"), "failed", IntegrationError, True, True),
        (Reply(None, "too_large"), "failed", IntegrationError, False, True),
        (Reply(None, "address_refused", sent=False), "unreachable", IntegrationError, False, False),
    ],
)
def test_no_answer(reply: Reply, word: str, kind: type[HubError], passing: bool, unknown: bool) -> None:
    outcome = judge(ACT, reply)
    assert (outcome.word, outcome.verdict) == (word, Verdict.FAILURE)
    assert isinstance(error_of(outcome), kind)
    assert (outcome.passing, outcome.open) == (passing, unknown)
    assert not judge(READ, reply).open


def test_what_may_have_been_done_is_repeated_only_where_that_does_no_harm() -> None:
    lost, never_sent = Reply(None, "timeout"), Reply(None, "connection", sent=False)
    assert repeatable(ACT, judge(ACT, lost))
    assert not repeatable(ONCE, judge(ONCE, lost))
    assert repeatable(ONCE, judge(ONCE, never_sent))
    assert repeatable(ONCE, judge(ONCE, Reply(429)))
    assert not repeatable(ACT, judge(ACT, Reply(422)))


def test_an_error_tells_what_the_audit_wants_to_know() -> None:
    told = failure(IntegrationTimeout(), 3, None, unknown=False)
    assert isinstance(told, IntegrationTimeout)
    assert (told.attempts, told.provider_status) == (3, None)
    unknown = failure(CircuitOpen(), 2, 502, unknown=True)
    assert isinstance(unknown, Ambiguous)
    assert (unknown.attempts, unknown.provider_status) == (2, 502)
    assert isinstance(failure(NotFound(), 1, 404, unknown=False), NotFound)


def test_without_a_token_nothing_was_sent() -> None:
    outcome = tokenless(Unavailable())
    assert (outcome.verdict, outcome.passing, outcome.open) == (Verdict.NOTHING, False, False)
    assert isinstance(error_of(outcome), Unavailable)


def test_nobody_knows_what_became_of_an_act_that_was_broken_off() -> None:
    assert (given_up(ACT).verdict, given_up(ACT).open, given_up(READ).open) == (Verdict.NOTHING, True, False)


def test_every_word_is_known_to_the_figures() -> None:
    replies = [Reply(200), Reply(404), Reply(400), Reply(429), Reply(500), Reply(302), Reply(None, "timeout")]
    replies.append(Reply(None, "connection", sent=False))
    found = {judge(READ, reply).word for reply in replies} | {given_up(ACT).word, tokenless(NotFound()).word}
    assert found == set(WORDS)
