"""Addresses and names of a back end are data."""

import pytest

from hub.errors import NotFound
from hub.integration.answer import WrongAnswer
from hub.integration.profile import ITEMS_MOST, Profile

PROFILE = Profile("https://desk.example.com/api", {"customer_id": "who", "status": "state.name"}, "data", "attributes")


def test_an_address_is_put_together() -> None:
    assert PROFILE.get("/tickets/{id}", "T-1").url == "https://desk.example.com/api/tickets/T-1"
    wire = PROFILE.get("/tickets", customer_id="a b&c=d/é", cursor=None, limit=5)
    assert wire.url == "https://desk.example.com/api/tickets?who=a%20b%26c%3Dd%2F%C3%A9&limit=5"
    assert PROFILE.get("/t?all=1", customer_id="x").url == "https://desk.example.com/api/t?all=1&who=x"


@pytest.mark.parametrize("id", ["", "..", "a/b", "a?b", "%2e%2e", "T-1\n", "é", "'; DROP"])
def test_what_can_be_no_id_is_not_asked_for(id: str) -> None:
    with pytest.raises(NotFound):
        PROFILE.get("/tickets/{id}", id)


def test_what_acts_carries_its_key() -> None:
    wire = Profile(PROFILE.base_url, PROFILE.fields, headers={"X-Requested-With": "rest"}).post(
        "/tickets", None, "key-1", customer_id="C", subject="é", description=None
    )
    assert (wire.method, wire.key, wire.body) == ("POST", "key-1", b'{"who": "C", "subject": "\\u00e9"}')
    assert wire.headers == {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "Idempotency-Key": "key-1",
        "X-Requested-With": "rest",
    }
    gone = PROFILE.delete("/drafts/{id}", "D-1", "key-2")
    assert (gone.method, gone.url, gone.body, gone.key) == (
        "DELETE",
        "https://desk.example.com/api/drafts/D-1",
        b"",
        "key-2",
    )


def test_one_thing_is_found_where_the_profile_says() -> None:
    found = PROFILE.object_of({"data": {"id": "1", "attributes": {"who": "C", "state": {"name": "open"}}}})
    assert [PROFILE.value(found, word) for word in ("id", "customer_id", "status", "subject")] == [
        "1",
        "C",
        "open",
        None,
    ]


def test_a_list_is_bounded() -> None:
    lists = Profile("https://x", {"tickets": "data.collection"})
    assert lists.objects_of({"data": {"collection": [{"id": n} for n in range(500)]}}, "tickets") == [
        {"id": n} for n in range(ITEMS_MOST)
    ]


@pytest.mark.parametrize("given", [None, [], {}, {"data": []}, {"data": "x"}, "x"])
def test_what_is_not_there_makes_no_sense(given: object) -> None:
    with pytest.raises(WrongAnswer):
        PROFILE.object_of(given)
    with pytest.raises(WrongAnswer):
        PROFILE.objects_of(given, "tickets")
