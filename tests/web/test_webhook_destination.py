"""Which addresses administrators can name, and which are connected to."""

import pytest

from web.webhook_destination import Destinations

LIVE = Destinations.of((), https_only=True)
TRIAL = Destinations.of(("127.0.0.0/8", "fd00::/8"), https_only=False)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "https://example.com/hook?x=1",
        "https://example.com:8443/",
        "https://8.8.8.8/",
        "https://[2606:4700::1111]/",
    ],
)
def test_public_addresses_can_be_named(url: str) -> None:
    assert LIVE.complaint(url) is None
    assert TRIAL.complaint(url) is None


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "an address"),
        ("example.com", "an address"),
        ("https://", "an address"),
        ("https://exa mple.com/", "an address"),
        ("https://example.com/\nx", "an address"),
        ("https://éxample.com/", "an address"),
        ("https://example.com:99999/", "an address"),
        ("https://[::1/", "an address"),
        ("https://example.com/" + "x" * 2048, "an address"),
        ("http://example.com/", "https://"),
        ("ftp://example.com/", "https://"),
        ("https://user@example.com/", "a password"),
        ("https://user:secret@example.com/", "a password"),
        ("https://example.com/#top", "a fragment"),
        ("https://example.com:22/", "one of the ports 80, 443, 8080, 8443"),
        ("https://8.8.8.8:25/", "a usual port"),
        ("https://127.0.0.1/", "a public address"),
        ("https://169.254.169.254/", "a public address"),
        ("https://[::ffff:10.0.0.1]/", "a public address"),
        ("https://[64:ff9b::7f00:1]/", "a public address"),
    ],
)
def test_what_is_wrong_is_said(url: str, says: str) -> None:
    assert says in (LIVE.complaint(url) or "")


def test_plain_http_is_for_development() -> None:
    assert TRIAL.complaint("http://example.com/") is None
    assert "https://" in (TRIAL.complaint("ftp://example.com/") or "")


def test_private_networks_are_open_on_any_port_when_they_are_named() -> None:
    assert TRIAL.complaint("http://127.0.0.1:9999/") is None
    assert TRIAL.complaint("http://[fd00::1]:1/") is None
    assert TRIAL.complaint("http://10.0.0.1/") is not None
    assert TRIAL.complaint("http://inside.example:9999/") is None  # known when its address is


@pytest.mark.parametrize(
    ("address", "port", "permitted"),
    [
        ("8.8.8.8", 443, True),
        ("8.8.8.8", 22, False),
        ("127.0.0.1", 5432, True),
        ("::ffff:127.0.0.1", 5432, True),
        ("10.0.0.1", 443, False),
        ("169.254.169.254", 80, False),
        ("::1", 443, False),
        ("not an address", 443, False),
    ],
)
def test_connections_are_judged_by_their_address(address: str, port: int, permitted: bool) -> None:
    assert TRIAL.permits(address, port) is permitted
    assert not LIVE.permits("127.0.0.1", 443)
