"""Webhooks of back ends: which are theirs, and what they are about."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from hub.errors import Unauthenticated
from hub.integration.profile import Profile
from hub.integration.webhook import read, verified

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
SECRET = "whsec_" + b64encode(b"the secret of the present").decode()
OTHER = "whsec_" + b64encode(b"the secret of the past, 1").decode()
BODY = b'{"type":"transaction.updated","timestamp":"2026-01-05T11:59:30Z","data":{"id":"TX-1"}}'
PROFILE = Profile("https://pay.example.com")


def headers(secret: str = SECRET, at: datetime = NOW, id: str = "msg_1", body: bytes = BODY) -> dict[str, str]:
    """Signed by the library that others use."""
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(id, at, body.decode()),
    }


def test_one_that_is_signed_is_theirs() -> None:
    assert verified(headers(), BODY, [SECRET], NOW) == "msg_1"


def test_while_a_secret_is_replaced_either_is_good() -> None:
    assert verified(headers(OTHER), BODY, [SECRET, OTHER], NOW) == "msg_1"
    two = {**headers(), "webhook-signature": f"v1a,xyz {headers(OTHER)['webhook-signature']} v1,bogus"}
    assert verified(two, BODY, [OTHER], NOW) == "msg_1"


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_a_clock_may_be_five_minutes_off(seconds: int) -> None:
    assert verified(headers(at=NOW + timedelta(seconds=seconds)), BODY, [SECRET], NOW)


@pytest.mark.parametrize("seconds", [-360, -301, 301, 86_400])
def test_an_old_one_or_one_of_the_future_is_refused(seconds: int) -> None:
    with pytest.raises(Unauthenticated):
        verified(headers(at=NOW + timedelta(seconds=seconds)), BODY, [SECRET], NOW)


@pytest.mark.parametrize(
    ("change", "body"),
    [
        ({}, BODY + b" "),
        ({"webhook-id": "msg_2"}, BODY),
        ({"webhook-timestamp": str(int(NOW.timestamp()) + 1)}, BODY),
        ({"webhook-timestamp": "now"}, BODY),
        ({"webhook-timestamp": "٥"}, BODY),
        ({"webhook-id": ""}, BODY),
        ({"webhook-id": "a b"}, BODY),
        ({"webhook-signature": ""}, BODY),
        ({"webhook-signature": "v1,"}, BODY),
        ({"webhook-signature": "é"}, BODY),
    ],
)
def test_a_forged_one_is_refused(change: dict[str, str], body: bytes) -> None:
    with pytest.raises(Unauthenticated):
        verified({**headers(), **change}, body, [SECRET], NOW)


def test_one_of_somebody_else_or_without_anything_is_refused() -> None:
    for given in (headers(OTHER), {}):
        with pytest.raises(Unauthenticated):
            verified(given, BODY, [SECRET], NOW)


def test_only_a_few_signatures_are_looked_at() -> None:
    many = {**headers(), "webhook-signature": "v1,x " * 8 + headers()["webhook-signature"]}
    with pytest.raises(Unauthenticated):
        verified(many, BODY, [SECRET], NOW)


def test_it_says_what_it_is_about_and_when_that_was() -> None:
    told = read("msg_1", BODY, PROFILE, NOW)
    assert (told.id, told.subject, told.event_at) == ("msg_1", "TX-1", NOW - timedelta(seconds=30))
    renamed = Profile("https://pay.example.com", {"id": "transaction.key"})
    assert read("m", b'{"data":{"transaction":{"key":"TX-9"}}}', renamed, NOW).subject == "TX-9"


@pytest.mark.parametrize("body", [b"{}", b'{"data":5}', b'{"data":{"id":"../x"}}', b'{"data":{"id":{}},"timestamp":7}'])
def test_one_that_does_not_say_is_about_everything_and_from_now(body: bytes) -> None:
    told = read("msg_1", body, PROFILE, NOW)
    assert (told.subject, told.event_at, told.readable) == ("", NOW, True)


def test_a_time_ahead_of_ours_does_not_make_the_next_word_old() -> None:
    assert read("m", b'{"timestamp":"2036-01-05T12:00:00Z","data":{"id":"TX-1"}}', PROFILE, NOW).event_at == NOW


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff"])
def test_one_that_is_no_object_says_nothing_but_that_something_changed(body: bytes) -> None:
    told = read("msg_1", body, PROFILE, NOW)
    assert (told.subject, told.event_at, told.readable) == ("", NOW, False)
