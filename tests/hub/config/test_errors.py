"""The error carries all problems, and a near word is offered only when it is near."""

from hub.config.errors import ConfigError, did_you_mean


def test_each_problem_has_its_line() -> None:
    error = ConfigError(["one", "two"])
    assert error.problems == ("one", "two")
    assert str(error) == "one\ntwo"


def test_a_near_word_is_offered() -> None:
    assert did_you_mean("app_secrt", ["app_secret", "type"]) == ' Did you mean "app_secret"?'
    assert did_you_mean("redsi", ["redis"], "[{}]") == " Did you mean [redis]?"
    assert did_you_mean("zzz", ["redis"]) == ""
