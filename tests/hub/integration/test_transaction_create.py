"""Drafts: what is asked to the cent, and what the answers say."""

import json
from decimal import Decimal
from typing import Any

import pytest

from hub.config import load
from hub.errors import NotFound
from hub.integration.answer import WrongAnswer
from hub.integration.operation import Absent
from hub.integration.transaction import DraftRequest, DraftState, ProviderCommit, ProviderDraft
from hub.integration.transaction_create import TransactionCreateProfile

BASE = "https://pay.example.com"
SECTION = f'''
[integrations.transaction_create]
base_url = "{BASE}"
token_url = "{BASE}/token"
client_id = "hub"
client_secret = "a-client-secret"
hmac_secret = "a signing secret of enough length, really"
'''
DRAFT = DraftRequest("C-1", Decimal("1450.10"), "USD", "Two tickets")


def profile() -> TransactionCreateProfile:
    settings = load(SECTION.encode(), make_up=lambda path: "x" * 40).config.integrations.transaction_create
    assert settings is not None
    return TransactionCreateProfile.of(settings)


def item(**more: Any) -> dict[str, Any]:
    return {"id": "D-1", "state": "draft", "customer_id": "C-1", "amount": "1450.10", "currency": "USD", **more}


def test_a_draft_is_asked_for_to_the_cent() -> None:
    request = profile().create(DRAFT, "key-1")
    assert (request.wire.url, request.wire.key) == (f"{BASE}/transactions/drafts", "key-1")
    assert json.loads(request.wire.body) == {
        "customer_id": "C-1",
        "amount": "1450.10",
        "currency": "USD",
        "description": "Two tickets",
    }
    assert b'"1E+3"' not in profile().create(DraftRequest("C", Decimal("1E+3"), "USD", ""), "k").wire.body


def test_what_the_back_end_made_of_it_is_told_as_it_is() -> None:
    made = profile().create(DRAFT, "key-1").read(item(amount="14501.00"))
    assert made == ProviderDraft("D-1", DraftState.OPEN, "draft", Decimal("14501.00"), "USD", "C-1")
    silent = profile().create(DRAFT, "key-1").read({"id": "D-1", "state": "weird"})
    assert silent == ProviderDraft("D-1", DraftState.UNKNOWN, "weird")


def test_a_draft_can_be_looked_at() -> None:
    request = profile().get("D-1")
    assert (request.wire.method, request.wire.url) == ("GET", f"{BASE}/transactions/drafts/D-1")
    assert request.read(item(state="committed", transaction_id="TX-1")).transaction_id == "TX-1"
    with pytest.raises(WrongAnswer):
        request.read(item(id="D-2"))


def test_a_commit_has_its_own_time() -> None:
    request = profile().commit("D-1", "key-2")
    assert (request.wire.method, request.wire.url) == ("POST", f"{BASE}/transactions/drafts/D-1/commit")
    assert (request.operation.timeout, profile().create(DRAFT, "k").operation.timeout) == (15.0, 5.0)
    assert request.read({"transaction_id": "TX-1"}) == ProviderCommit("TX-1")
    assert request.read({"transaction_id": "TX-1", "amount": "5", "currency": "EUR"}).amount == Decimal(5)
    with pytest.raises(WrongAnswer):
        request.read({"id": "D-1"})


def test_a_draft_that_is_gone_is_given_up() -> None:
    request = profile().cancel("D-1", "key-3")
    assert (request.wire.method, request.wire.key, request.operation.absent) == ("DELETE", "key-3", Absent.DONE)
    assert request.read(None) is None


def test_everything_that_acts_is_signed_and_nothing_is_kept() -> None:
    acting = [profile().create(DRAFT, "k"), profile().commit("D-1", "k"), profile().cancel("D-1", "k")]
    assert all(r.operation.signed and r.operation.acts and r.wire.key for r in acting)
    assert all(r.key is None for r in [*acting, profile().get("D-1")])


def test_an_id_of_another_shape_is_not_asked_for() -> None:
    with pytest.raises(NotFound):
        profile().commit("../refunds", "k")
