"""The id of a request: the caller's if it is one, else a new one."""

import pytest
from multidict import CIMultiDict

from web import request_id


@pytest.mark.parametrize("given", ["Of-The-Caller.1", "a:b_c", "x" * 128])
def test_the_callers_is_kept(given: str) -> None:
    assert request_id.of(CIMultiDict({"x-request-id": given})) == given


@pytest.mark.parametrize("given", [None, "", "a b", "<script>", "x" * 129, "a\nb", "é"])
def test_what_is_none_is_replaced_by_a_new_one(given: str | None) -> None:
    headers = CIMultiDict[str]() if given is None else CIMultiDict({"X-Request-Id": given})
    made = {request_id.of(headers) for _ in range(3)}
    assert len(made) == 3
    assert all(len(id) == 32 for id in made)
