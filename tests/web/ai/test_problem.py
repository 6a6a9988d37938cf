"""Problems as a model is told of them."""

from uuid import UUID

from hub.ai.limits import CallRefused, Limit, standing
from hub.errors import InvalidAmount, ToolDisabled
from web.ai import problem

CALL = UUID(int=7)


def test_a_problem_names_its_call_and_says_what_to_do() -> None:
    answer = problem.answer(ToolDisabled(), CALL)
    assert answer.http_status == 403
    assert answer.body["instance"] == f"urn:uuid:{CALL}"
    assert answer.body["hint"].startswith("Do without it")
    assert "errors" not in answer.body
    assert answer.status == "problem"


def test_every_error_has_a_pointer() -> None:
    error = InvalidAmount(errors=[{"path": "$.amount", "message": "must be more"}, {"pointer": "/x", "path": "$.y"}])
    assert [part["pointer"] for part in problem.document(error, CALL)["errors"]] == ["/amount", "/x"]


def test_a_limit_is_told_in_headers_and_body() -> None:
    answer = problem.answer(CallRefused(standing(Limit("customer", 30, 3600), 0, 11.2)), CALL)
    assert (answer.headers["Retry-After"], answer.headers["RateLimit"]) == ("12", '"customer";r=0;t=12')
    assert (answer.body["retry_after_s"], answer.body["rate_limit"]["limit"]) == (12, 30)


def test_what_was_not_foreseen_is_internal_and_silent() -> None:
    answer = problem.answer(RuntimeError("a secret"), CALL)
    assert (answer.http_status, answer.body["code"]) == (500, "internal")
    assert "secret" not in str(answer.body)
