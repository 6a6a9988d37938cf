"""Every error leaves as a problem document with a code of the table."""

import logging

import pytest
from aiohttp import web

from actors.kernel.errors import AskTimeout, Blocked, KernelError, MailboxFull, Stopping
from hub.errors import HubError, Invalid, LimitReached, StaleVersion, Unauthenticated, Unavailable
from web import problems


class Unlisted(HubError):
    """An error that nobody put into the table."""

    code = "unlisted"


def test_every_code_has_a_status() -> None:
    codes = {kind.code for kind in problems.classes() if kind is not Unlisted}
    assert codes == problems.STATUS.keys()


def test_a_document_says_it_all() -> None:
    error = StaleVersion("It is at 4.", extra={"current": {"version": 4}, "status": 200})
    assert problems.document(error, "r1") == {
        "type": "/problems/stale_version",
        "title": "It has changed since you read it.",
        "status": 412,
        "code": "stale_version",
        "detail": "It is at 4.",
        "request_id": "r1",
        "retryable": False,
        "current": {"version": 4},
    }
    wrong = Invalid(errors=[{"path": "$.name", "message": "is required"}])
    assert problems.document(wrong, "r1")["errors"] == [{"path": "$.name", "message": "is required"}]


@pytest.mark.parametrize(
    ("raised", "code", "retry_after"),
    [
        (LimitReached(retry_after=29.2), "rate_limited", "30"),
        (Unavailable(), "unavailable", "1"),
        (MailboxFull("conversation", "key", 200), "overloaded", "1"),
        (Blocked("conversation", "key", 3.5), "unavailable", "4"),
        (Stopping(), "unavailable", "1"),
        (AskTimeout("conversation"), "unavailable", "1"),
        (KernelError(), "internal", None),
        (Unlisted(), "internal", None),
        (ValueError("secret"), "internal", None),
        (web.HTTPNotFound(), "not_found", None),
        (web.HTTPRequestEntityTooLarge(1), "payload_too_large", None),
        (web.HTTPUnsupportedMediaType(), "unsupported_media", None),
        (web.HTTPExpectationFailed(), "bad_request", None),
        (web.HTTPServiceUnavailable(), "unavailable", "1"),
        (web.HTTPBadGateway(), "internal", None),
    ],
)
def test_whatever_is_raised_becomes_one_of_ours(raised: Exception, code: str, retry_after: str | None) -> None:
    error, headers = problems.of(raised)
    assert (error.code, headers.get("Retry-After")) == (code, retry_after)


def test_headers_that_belong_to_it() -> None:
    assert problems.of(Unauthenticated())[1]["WWW-Authenticate"].startswith("Bearer")
    assert problems.of(web.HTTPMethodNotAllowed("PUT", ["GET", "POST"]))[1]["Allow"] == "GET,POST"


def test_the_unexpected_is_logged_and_not_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = problems.response(ValueError("the secret"), "r1")
    assert (answer.status, answer.content_type) == (500, "application/problem+json")
    assert isinstance(answer.body, bytes)
    assert b"secret" not in answer.body
    assert b"r1" in answer.body
    assert "the secret" in caplog.text


def test_the_expected_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    problems.response(Invalid(), "r1")
    assert not caplog.records
