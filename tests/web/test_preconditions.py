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


def test_what_is_known_is_not_sent_again() -> None:
    fresh = versioned(make_mocked_request("GET", "/"), {"a": 1}, 3)
    assert (fresh.status, fresh.headers["ETag"]) == (200, '"3"')
    known = {"If-None-Match": '"3"'}
    assert versioned(make_mocked_request("GET", "/", headers=known), {"a": 1}, 3).status == 304
    assert versioned(make_mocked_request("GET", "/", headers=known), {"a": 1}, 4).status == 200
    assert versioned(make_mocked_request("PATCH", "/", headers=known), {"a": 1}, 3).status == 200
