"""Which addresses a back end's name may lead to."""

import pytest

from web.back_end_places import permitted

PERMITS = permitted(
    ["http://127.0.0.1:8081/ticketing", "https://pay.example.com/api", "http://[::1]:9000", "http://localhost:7000"],
    ["10.20.0.0/16"],
)


@pytest.mark.parametrize(
    ("address", "port"),
    [
        ("127.0.0.1", 8081),
        ("::ffff:127.0.0.1", 8081),
        ("::1", 9000),
        ("127.0.0.1", 7000),
        ("::1", 7000),
        ("10.20.3.4", 443),
        ("93.184.216.34", 443),
        ("93.184.216.34", 9443),
    ],
)
def test_what_the_configuration_names_and_the_public_internet(address: str, port: int) -> None:
    assert PERMITS(address, port)


@pytest.mark.parametrize(
    ("address", "port"),
    [
        ("127.0.0.1", 5432),
        ("127.0.0.1", 443),
        ("169.254.169.254", 80),
        ("::ffff:169.254.169.254", 80),
        ("10.21.0.1", 443),
        ("192.168.1.1", 8081),
        ("fe80::1%eth0", 80),
    ],
)
def test_a_name_that_suddenly_leads_inside_is_refused(address: str, port: int) -> None:
    assert not PERMITS(address, port)
