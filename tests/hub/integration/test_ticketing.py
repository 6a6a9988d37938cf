"""Tickets: the same code speaks to the expected API and to a tracker of quite another shape."""

import json
from typing import Any

import pytest

from hub.config import load
from hub.config.integrations import Ticketing
from hub.errors import NotFound
from hub.integration.answer import WrongAnswer
from hub.integration.ticket import NewTicket, Ticket, TicketStatus
from hub.integration.ticketing import TicketingProfile

BASE = "https://desk.example.com/api"
TRACKER = """
item = "data"
attributes = "attributes"
api_key_header = "Authorization"
[integrations.ticketing.headers]
X-Requested-With = "rest"
[integrations.ticketing.fields]
tickets = "data.collection"
subject = "title"
customer_id = "customer"
status = "status.name"
[integrations.ticketing.statuses]
unread = "open"
chatting = "open"
"in progress" = "pending"
resolved = "resolved"
[integrations.ticketing.paths]
create = "/rest/data/issue"
get = "/rest/data/issue/{id}?@fields=title,status,customer&@verbose=2"
search = "/rest/data/issue?@fields=title,status,customer&@verbose=2"
comment = ""
"""


def profile(more: str = "") -> TicketingProfile:
    head = f'[integrations.ticketing]\nbase_url = "{BASE}"\napi_key = "a-ticketing-key"\n'
    settings = load((head + more).encode(), make_up=lambda path: "x" * 40).config.integrations.ticketing
    assert isinstance(settings, Ticketing)
    return TicketingProfile.of(settings)


def item(id: str = "T-1", **more: Any) -> dict[str, Any]:
    return {"id": id, "status": "open", "customer_id": "C-1", "subject": "Broken", **more}


def test_a_search_is_narrowed_here_too() -> None:
    request = profile('statuses = { solved = "resolved" }').search("C-1", TicketStatus.RESOLVED)
    assert request.wire.url == f"{BASE}/tickets?customer_id=C-1&status=solved"
    given = {"tickets": [item("T-1", status="solved"), item("T-2"), item("T-3", status="solved", customer_id="C-2")]}
    assert [ticket.id for ticket in request.read(given)] == ["T-1"]


def test_copies_are_kept_per_customer_and_status() -> None:
    keys = {profile().search(who, status).key for who in ("C-1", "C-2") for status in (None, TicketStatus.OPEN)}
    assert len(keys) == 4
    assert profile().get("T-1").operation.keep.ttl == 300.0
    assert profile().create(NewTicket("C-1", "a", "b"), "k").key is None


def test_one_ticket() -> None:
    request = profile().get("T-1")
    assert request.wire.url == f"{BASE}/tickets/T-1"
    found = request.read(item(description="It\x00 is", created_at="2026-01-05T12:00:00Z", secret="x"))
    assert (found.status, found.description, found.customer_ref) == (TicketStatus.OPEN, "It is", "C-1")
    with pytest.raises(NotFound):
        request.read(item("T-2"))
    with pytest.raises(WrongAnswer):
        request.read({"status": "open"})


def test_a_new_ticket_is_as_asked_where_the_answer_says_nothing() -> None:
    request = profile().create(NewTicket("C-1", "Broken", "It is", "42"), "key-1")
    assert json.loads(request.wire.body) == {
        "customer_id": "C-1",
        "subject": "Broken",
        "description": "It is",
        "conversation_id": "42",
    }
    assert request.read({"id": "T-9", "status": "open"}) == Ticket(
        "T-9", TicketStatus.OPEN, "open", "C-1", "Broken", "It is"
    )
    assert request.operation.acts


def test_a_comment() -> None:
    request = profile().comment("T-1", "hello", "key-1")
    assert (request.wire.url, json.loads(request.wire.body)) == (f"{BASE}/tickets/T-1/comments", {"body": "hello"})
    assert request.read({"anything": 1}) is None


def test_a_comment_names_its_ticket_where_the_path_does_not() -> None:
    more = 'paths.comment = "/notes"\nfields.ticket_id = "issue"'
    request = profile(more).comment("T-1", "hello", "key-1")
    assert (request.wire.url, json.loads(request.wire.body)) == (f"{BASE}/notes", {"body": "hello", "issue": "T-1"})
    with pytest.raises(NotFound):
        profile(more).comment("../T-1", "hello", "key-1")


def test_a_back_end_that_knows_no_keys_is_asked_once() -> None:
    assert profile().create(NewTicket("C", "a", "b"), "k").operation.repeatable
    assert not profile("idempotent = false").create(NewTicket("C", "a", "b"), "k").operation.repeatable


# Roundup's REST interface ("REST API for Roundup"): items under `data`, lists under `data.collection`, properties of a
# single item under `attributes`, links as objects when `@verbose` is 2, what was created as `{"data": {"id", "link"}}`.


def test_a_tracker_of_another_shape_is_a_profile() -> None:
    tracker = profile(TRACKER)
    request = tracker.search("C-1", TicketStatus.OPEN)
    assert request.wire.url == f"{BASE}/rest/data/issue?@fields=title,status,customer&@verbose=2&customer=C-1"
    assert request.wire.headers["X-Requested-With"] == "rest"
    listed = [
        {
            "id": "1",
            "link": f"{BASE}/rest/data/issue/1",
            "title": "Broken",
            "customer": "C-1",
            "status": {"id": "1", "name": "unread"},
        },
        {
            "id": "2",
            "link": f"{BASE}/rest/data/issue/2",
            "title": "Late",
            "customer": "C-1",
            "status": {"id": "4", "name": "in progress"},
        },
    ]
    found = request.read({"data": {"collection": listed, "@total_size": 2}})
    assert [(t.id, t.subject, t.status, t.provider_status) for t in found] == [
        ("1", "Broken", TicketStatus.OPEN, "unread")
    ]


def test_one_of_its_items_has_attributes() -> None:
    tracker = profile(TRACKER)
    single = {
        "data": {
            "id": "2",
            "type": "issue",
            "link": f"{BASE}/rest/data/issue/2",
            "attributes": {"title": "Late", "customer": "C-1", "status": {"id": "4", "name": "in progress"}},
            "@etag": '"a41932a1"',
        }
    }
    found = tracker.get("2").read(single)
    assert (found.id, found.subject, found.status) == ("2", "Late", TicketStatus.PENDING)


def test_it_is_told_in_its_own_words() -> None:
    request = profile(TRACKER).create(NewTicket("C-1", "Broken", "It is"), "key-1")
    assert json.loads(request.wire.body) == {"customer": "C-1", "title": "Broken", "description": "It is"}
    made = request.read({"data": {"id": "3", "link": f"{BASE}/rest/data/issue/3"}})
    assert (made.id, made.subject, made.status) == ("3", "Broken", TicketStatus.UNKNOWN)


def test_it_has_no_comments() -> None:
    with pytest.raises(NotFound):
        profile(TRACKER).comment("1", "hello", "key")
