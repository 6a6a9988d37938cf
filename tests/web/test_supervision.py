"""The doors of supervision put together."""

from types import SimpleNamespace
from typing import Any, cast

from web.cursors import Cursors
from web.supervision import Supervision


def test_no_address_twice() -> None:
    routes = Supervision(cast(Any, SimpleNamespace(dead_letters=None, alerts=None)), cast(Cursors, None)).routes()
    addresses = [(route.method, route.path) for route in routes]
    assert ("POST", "/api/v1/dead-letters/{id}/redrive") in addresses
    assert len(set(addresses)) == len(addresses)
