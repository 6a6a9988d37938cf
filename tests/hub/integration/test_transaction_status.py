"""Reading transactions: whose they are, and what gets in of them."""

from decimal import Decimal
from typing import Any

import pytest

from hub.config import load
from hub.errors import Invalid, NotFound
from hub.integration.answer import WrongAnswer
from hub.integration.transaction import Transaction, TransactionStatus
from hub.integration.transaction_status import TransactionStatusProfile

BASE = "https://pay.example.com"
SECTION = f'''
[integrations.transaction_status]
base_url = "{BASE}"
token_url = "{BASE}/token"
client_id = "hub"
client_secret = "a-client-secret"
webhook_secret = "whsec_YWNjZXB0YW5jZS1pbnRlZ3JhdGlvbg=="
'''


def profile() -> TransactionStatusProfile:
    settings = load(SECTION.encode(), make_up=lambda path: "x" * 40).config.integrations.transaction_status
    assert settings is not None
    return TransactionStatusProfile.of(settings)


def item(id: str = "TX-1", **more: Any) -> dict[str, Any]:
    return {"id": id, "status": "completed", "amount": "1450.00", "currency": "USD", "customer_id": "C-1", **more}


def test_a_transaction_of_the_customer() -> None:
    request = profile().get("TX-1", "C-1")
    assert request.wire.url == f"{BASE}/transactions/TX-1"
    assert request.read(item(card="4111111111111111")) == Transaction(
        "TX-1", TransactionStatus.COMPLETED, "completed", Decimal("1450.00"), "USD", "C-1"
    )


def test_anybody_elses_is_as_good_as_none() -> None:
    with pytest.raises(NotFound) as stranger:
        profile().get("TX-1", "C-1").read(item(customer_id="C-2"))
    with pytest.raises(NotFound) as other:
        profile().get("TX-1", "C-1").read(item("TX-2"))
    assert stranger.value.detail == other.value.detail == NotFound().detail
    assert profile().get("TX-1", None).read(item(customer_id="C-2")).customer_ref == "C-2"


def test_a_status_of_its_own_is_unknown_and_told() -> None:
    found = profile().get("TX-1", "C-1").read(item(status="on_hold"))
    assert (found.status, found.provider_status) == (TransactionStatus.UNKNOWN, "on_hold")


@pytest.mark.parametrize("wrong", [{"amount": "a lot"}, {"currency": None}, {"customer_id": None}, {"id": None}])
def test_what_is_incomplete_makes_no_sense(wrong: dict[str, Any]) -> None:
    with pytest.raises(WrongAnswer):
        profile().get("TX-1", "C-1").read(item(**wrong))


def test_a_page_of_the_history() -> None:
    request = profile().history("C-1", "abc", 2)
    assert request.wire.url == f"{BASE}/transactions?customer_id=C-1&cursor=abc&limit=2"
    given = {"transactions": [item("TX-3"), item("TX-2", customer_id="C-2"), item("TX-1")], "next_cursor": "def"}
    page = request.read(given)
    assert ([t.id for t in page.transactions], page.next_cursor) == (["TX-3", "TX-1"], "def")
    assert profile().history("C-1", None, 2).read({"transactions": []}).next_cursor is None


def test_a_page_leads_nowhere_else() -> None:
    with pytest.raises(WrongAnswer):
        profile().history("C-1", None, 2).read({"transactions": [], "next_cursor": "http://169.254.169.254/"})


@pytest.mark.parametrize("limit", [0, 51, -1])
def test_a_page_is_bounded(limit: int) -> None:
    with pytest.raises(Invalid):
        profile().history("C-1", None, limit)


def test_copies_are_a_customers_own() -> None:
    keys = {
        request.key
        for who in ("C-1", "C-2")
        for request in (profile().get("TX-1", who), profile().history(who, None, 20), profile().history(who, "x", 20))
    }
    assert len(keys) == 6
    assert profile().get("TX-1", "C-1").operation.keep.ttl == 120.0
