"""The client's address: what trusted proxies say, and nothing that a client can invent."""

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from web.address import Addresses


def seen(remote: str, forwarded: list[str], trusted: tuple[str, ...]) -> str:
    headers = CIMultiDict([("X-Forwarded-For", line) for line in forwarded])
    request = make_mocked_request("GET", "/", headers=headers).clone(remote=remote)
    return Addresses(trusted).of(request)


@pytest.mark.parametrize(
    ("remote", "forwarded", "trusted", "expected"),
    [
        ("203.0.113.9", [], (), "203.0.113.9"),
        ("203.0.113.9", ["1.2.3.4"], (), "203.0.113.9"),
        ("203.0.113.9", ["1.2.3.4"], ("10.0.0.0/8",), "203.0.113.9"),
        ("10.0.0.1", ["1.2.3.4"], ("10.0.0.0/8",), "1.2.3.4"),
        ("10.0.0.1", ["6.6.6.6, 1.2.3.4, 10.0.0.2"], ("10.0.0.0/8",), "1.2.3.4"),
        ("10.0.0.1", ["6.6.6.6", "1.2.3.4"], ("10.0.0.0/8",), "1.2.3.4"),
        ("10.0.0.1", ["1.2.3.4, garbage"], ("10.0.0.0/8",), "10.0.0.1"),
        ("10.0.0.1", [], ("10.0.0.0/8",), "10.0.0.1"),
        ("::ffff:10.0.0.1", ["2001:db8::1"], ("10.0.0.0/8",), "2001:db8::1"),
        ("", [], (), "unknown"),
    ],
)
def test_addresses(remote: str, forwarded: list[str], trusted: tuple[str, ...], expected: str) -> None:
    assert seen(remote, forwarded, trusted) == expected
