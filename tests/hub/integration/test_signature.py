"""Signatures of requests: others read them by rules of their own, and find every change."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import attrs
import pytest
from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver, InvalidSignature
from http_message_signatures.algorithms import HMAC_SHA256
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.integration.signature import Signer, content_digest
from hub.integration.wire import Wire

OLD, NEW = b"the signing key of the present day", b"the signing key of the day to come"
WIRE = Wire("POST", "https://pay.example.com/api/drafts/D-1/commit", b'{"a":1}', {}, "key-1")
AT = 1_767_614_400


@attrs.define
class Message:
    """A request as a receiver has it."""

    method: str
    url: str
    body: bytes
    headers: Mapping[str, str]


def message(wire: Wire, signer: Signer) -> Message:
    key = {} if wire.key is None else {"Idempotency-Key": wire.key}
    return Message(wire.method, wire.url, wire.body, {**key, **signer.headers(wire, AT, "n-1")})


class Keys(HTTPSignatureKeyResolver):
    """A receiver that accepts two keys while one is being replaced."""

    def __init__(self, *keys: bytes) -> None:
        self.by_id = {Signer(key).key_id: key for key in keys}

    def resolve_public_key(self, key_id: str) -> Any:
        return self.by_id[key_id]

    def resolve_private_key(self, key_id: str) -> Any:
        raise KeyError(key_id)


def rfc9421_accepts(given: Message, *keys: bytes) -> bool:
    """The judgement of a library that others wrote."""
    verifier = HTTPMessageVerifier(signature_algorithm=HMAC_SHA256, key_resolver=Keys(*keys))
    try:
        results = verifier.verify(given, max_age=timedelta(days=36_500))
    except (InvalidSignature, KeyError):
        return False
    covered = results[0].covered_components
    return {'"@method"', '"@target-uri"', '"content-digest"'} <= covered.keys() and (
        given.headers["Content-Digest"] == content_digest(given.body)
    )


def simple_accepts(given: Message, *keys: bytes) -> bool:
    """The contract's rule, read anew."""
    path = urlsplit(given.url).path
    parts = (
        given.headers["X-Timestamp"],
        given.method,
        path,
        hashlib.sha256(given.body).hexdigest(),
        given.headers.get("Idempotency-Key", ""),
    )
    wanted = [hmac.new(key, ".".join(parts).encode(), "sha256").hexdigest() for key in keys]
    return given.headers["X-Signature"] in [f"v1={each}" for each in wanted]


ACCEPTS = {"simple": simple_accepts, "rfc9421": rfc9421_accepts}


def tampered(given: Message, part: str) -> Message:
    headers = dict(given.headers)
    match part:
        case "method":
            return attrs.evolve(given, method="PUT")
        case "url":
            return attrs.evolve(given, url=given.url.replace("D-1", "D-2"))
        case "body":
            return attrs.evolve(given, body=given.body + b" ")
        case "time":
            headers = {
                name: value.replace(str(AT), str(AT + 1)) if name in ("X-Timestamp", "Signature-Input") else value
                for name, value in headers.items()
            }
        case "key":
            headers["Idempotency-Key"] = "key-2"
    return attrs.evolve(given, headers=headers)


@pytest.mark.parametrize("scheme", ACCEPTS)
def test_a_receiver_with_the_key_accepts_it_and_one_with_another_does_not(scheme: str) -> None:
    sent = message(WIRE, Signer(OLD, scheme))
    assert ACCEPTS[scheme](sent, OLD)
    assert not ACCEPTS[scheme](sent, NEW)


@pytest.mark.parametrize("scheme", ACCEPTS)
def test_while_a_key_is_replaced_either_signs(scheme: str) -> None:
    for key in (OLD, NEW):
        assert ACCEPTS[scheme](message(WIRE, Signer(key, scheme)), OLD, NEW)


@pytest.mark.parametrize("scheme", ACCEPTS)
@pytest.mark.parametrize("part", ["method", "url", "body", "time", "key"])
def test_every_covered_part_is_guarded(scheme: str, part: str) -> None:
    assert not ACCEPTS[scheme](tampered(message(WIRE, Signer(OLD, scheme)), part), OLD)


@pytest.mark.parametrize("scheme", ACCEPTS)
@settings(max_examples=40)
@given(body=st.binary(max_size=64), key=st.none() | st.uuids().map(str))
def test_any_body_and_key_can_be_signed(scheme: str, body: bytes, key: str | None) -> None:
    assert ACCEPTS[scheme](message(attrs.evolve(WIRE, body=body, key=key), Signer(OLD, scheme)), OLD)


def test_neither_scheme_shows_the_key() -> None:
    assert OLD.decode() not in repr(Signer(OLD)) + str(Signer(OLD, "rfc9421").headers(WIRE, AT, "n"))
