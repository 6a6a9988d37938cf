"""Versions in headers."""

import pytest
from aiohttp.test_utils import make_mocked_request

from hub.errors import Invalid
from web.preconditions import if_match, versioned


@pytest.mark.parametrize(("given", "version"), [('"3"', 3), (' "3" ', 3), ('W/"3"', 3), ("*", None), (None, None)])
def test_the_version_that_is_meant(given: str | None, version: int | None) -> None:
    headers = {} if given is None else {"If-Match": given}
    assert if_match(make_mocked_request("PATCH", "/", headers=headers)) == version


@pytest.mark.parametrize("given", ["3", '""', '"x"', '"-1"', '"1", "2"', '"1234567890"'])
def test_what_is_no_version(given: str) -> None:
    with pytest.raises(Invalid):
        if_match(make_mocked_request("PATCH", "/", headers={"If-Match": given}))


def test_a_value_carries_its_version() -> None:
    answer = versioned({"a": 1}, 3, 201)
    assert (answer.status, answer.headers["ETag"], answer.text) == (201, '"3"', '{"a":1}')
