"""Under which names, and from which pages, the MCP door may be reached."""

import pytest
from aiohttp.test_utils import make_mocked_request

from hub.errors import Forbidden
from web.mcp_place import McpPlace

PUBLIC = "https://hub.example.com"


def reached(place: McpPlace, host: str | None, origin: str | None = None) -> str | None:
    """How the hub says it was reached; None when it does not answer."""
    headers = {name: value for name, value in (("Host", host), ("Origin", origin)) if value is not None}
    request = make_mocked_request("POST", "/mcp", headers=headers)
    try:
        place.check(request)
    except Forbidden:
        return None
    return place.origin(request)


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080", "192.168.1.5:8080", "LOCALHOST:1"]
)
def test_local_names_and_addresses_cannot_be_turned(host: str) -> None:
    assert reached(McpPlace(), host) == f"http://{host}"
    assert reached(McpPlace(PUBLIC), host) == PUBLIC


@pytest.mark.parametrize(
    "host",
    [
        "evil.example.com",
        "localhost.evil.example.com",
        "127.0.0.1.evil.example.com",
        "evil@localhost",
        'localhost"',
        "localhost:80:80",
        "localhost/x",
        "[::1",
        "",
        None,
        "hub.example.com",
    ],
)
def test_other_names_are_refused(host: str | None) -> None:
    assert reached(McpPlace(), host) is None


def test_the_public_name_is_one_of_the_hub_s_own() -> None:
    place = McpPlace(PUBLIC + "/")
    assert reached(place, "hub.example.com") == reached(place, "HUB.example.com:443") == PUBLIC
    assert reached(place, "www.hub.example.com") is None


@pytest.mark.parametrize(
    ("origin", "host", "answered"),
    [
        (None, "localhost:8080", True),
        ("http://localhost:8080", "localhost:8080", True),
        ("http://LOCALHOST:8080", "localhost:8080", True),
        (PUBLIC, "hub.example.com", True),
        (PUBLIC, "127.0.0.1:8080", True),
        ("http://localhost:6274", "localhost:8080", False),
        ("http://127.0.0.1:8080", "localhost:8080", False),
        ("https://evil.example.com", "localhost:8080", False),
        ("https://evil.example.com", "hub.example.com", False),
        ("http://hub.example.com:8080", "hub.example.com", False),
        ("file://localhost:8080", "localhost:8080", False),
        ("null", "localhost:8080", False),
        ("", "localhost:8080", False),
    ],
)
def test_pages_of_other_origins_are_refused(origin: str | None, host: str, answered: bool) -> None:
    assert (reached(McpPlace(PUBLIC), host, origin) is not None) is answered
