"""What the configuration proves the hub with, and that none of it shows."""

import pytest

from hub.config import load
from hub.config.integrations import Integrations
from hub.integration.credentials import issuer_circuit, issuers, proofs

SOURCE = """
[integrations.ticketing]
base_url = "https://desk.example.com"
api_key = "a-ticketing-key"
api_key_header = "X-Desk-Key"
[integrations.transaction_status]
base_url = "https://pay.example.com"
token_url = "https://issuer.example.com:8443/token"
client_id = "reader"
client_secret = "a-reading-secret"
webhook_secret = "whsec_YWNjZXB0YW5jZS1pbnRlZ3JhdGlvbg=="
[integrations.transaction_create]
base_url = "https://pay.example.com"
token_url = "https://issuer.example.com:8443/token"
client_id = "writer"
client_secret = "a-writing-secret"
hmac_secret = ["the new signing secret of the transactions", "the old signing secret of the transactions"]
signature = "rfc9421"
scope = "payments"
"""
SECRETS = ("a-ticketing-key", "a-reading-secret", "a-writing-secret", "signing secret")


@pytest.fixture
def given() -> Integrations:
    return load(SOURCE.encode(), make_up=lambda path: "x" * 40).config.integrations


def test_every_circuit_has_its_proof(given: Integrations) -> None:
    found = proofs(given)
    assert list(found) == [
        "ticketing",
        "transaction_status",
        "oauth:issuer.example.com:8443",
        "transaction_create",
    ]
    assert found["ticketing"].headers == {"X-Desk-Key": "a-ticketing-key"}
    assert found["transaction_status"].signer is None
    signer = found["transaction_create"].signer
    assert signer is not None
    assert (signer.key, signer.scheme) == (b"the new signing secret of the transactions", "rfc9421")


def test_all_that_is_sent_somewhere_is_looked_for_in_what_comes_back(given: Integrations) -> None:
    found = proofs(given)
    assert found["ticketing"].secrets == ("a-ticketing-key",)
    assert found["oauth:issuer.example.com:8443"].secrets == ("a-reading-secret", "a-writing-secret")
    assert len(found["transaction_create"].secrets) == 3


def test_two_integrations_of_one_issuer_have_tokens_of_their_own(given: Integrations) -> None:
    found = issuers(given)
    assert {issuer.circuit for issuer in found.values()} == {issuer_circuit("https://issuer.example.com:8443/token")}
    bodies = {name: issuer.request.wire.body for name, issuer in found.items()}
    assert bodies == {
        "transaction_status": b"grant_type=client_credentials",
        "transaction_create": b"grant_type=client_credentials&scope=payments",
    }
    assert found["transaction_status"].request.operation.timeout == 5.0


def test_nothing_configured_is_nothing_to_prove() -> None:
    assert (proofs(Integrations()), issuers(Integrations())) == ({}, {})


def test_no_secret_shows(given: Integrations) -> None:
    shown = repr(given) + repr(proofs(given)) + repr(issuers(given))
    assert not any(secret in shown for secret in SECRETS)
