"""A request and its end."""

import pytest

from hub.integration.wire import Reply, Wire


@pytest.mark.parametrize(
    ("status", "succeeded"), [(200, True), (299, True), (101, False), (300, False), (404, False), (None, False)]
)
def test_only_a_2xx_is_success(status: int | None, succeeded: bool) -> None:
    assert Reply(status).succeeded is succeeded


def test_what_is_secret_does_not_show() -> None:
    wire = Wire("POST", "https://x.example.com", b"a secret body", {"X-Api-Key": "a secret key"})
    assert "a secret" not in repr(wire) + repr(Reply(200, body=b"a secret answer"))
