"""What is secret or personal leaves a text or a value before anybody else reads it."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.redaction import DEEPEST, LONGEST, MOST, MOST_TEXT, Redactor, kind_of

PLAIN = Redactor()
KEYED = Redactor(b"k" * 32)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("to 5511999998888 now", "to [number] now"),
        ("+55 (11) 99999-8888", "[number]"),
        ("call 0412-1234567.", "call [number]."),
        ("(0212) 555 12 34", "[number]"),
        ("(415) 555-2671 or 415.555.2671", "[number] or [number]"),
        ("0034 612 345 678", "[number]"),
        ("(11) 99999-8888, 11 99999-8888, 1-800-555-0199", "[number], [number], [number]"),
        ("612 345 678 or 612 34 56 78", "[number] or [number]"),
        ("020 7946 0958; 0151 23456789", "[number]; [number]"),
        ("078-05-1120, 529.982.247-25, V-12.345.678", "[document], [document], [document]"),
        ("wa_id=5511999998888", "wa_id=[number]"),
        ("wamid.HBgNNTUxMTk5OTk5ODg4OBUCABIYFDNB==", "[wamid]"),
        ("4111 1111 1111 1111.", "[card:…1111]."),
        ("pan 4111-1111-1111-1111", "pan [card:…1111]"),
        ("378282246310005", "[card:…0005]"),
        ("DE89 3704 0044 0532 0130 00 and more", "[iban] and more"),
        ("ES9121000418450200051332", "[iban]"),
        ("from ana@example.com, maria%40x.co", "from [email], [email]"),
        ("josé.peña+x@correo.com.ve", "[email]"),
        ("Authorization: Bearer EAAGabc.def-123", "Authorization: Bearer [token]"),
        ("'Authorization': 'Basic YWJjOmRlZg=='", "'Authorization': [secret]"),
        ("eyJhbGciOi.eyJzdWIi.c2ln", "[token]"),
        ("sk_live_abcdefghijkl, whsec_MfKQ9r8GKYqrTwjU", "[token], [token]"),
        ("ghp_0123456789abcdef AKIAIOSFODNN7EXAMPLE", "[token] [token]"),
        ("hub_ai_0190b5a47d3e7c119a523f6f1f0f8e21_00ff", "[token]"),
        ("cft_0123456789abcdef cfm:0123456789abcdef", "[token] [token]"),
        ("GET /sse?ticket=abc123&after=5 HTTP/1.1", "GET /sse?[query] HTTP/1.1"),
        ("URL('https://x.test/customers?name=Maria')", "URL('https://x.test/customers?[query]')"),
        ("ticket=abc123 left", "ticket=[secret] left"),
        ("postgresql://hub:pw@db/hub", "postgresql://[login]@db/hub"),
        ("{'X-Api-Key': 'a b', 'x': 1}", "{'X-Api-Key': [secret], 'x': 1}"),
        ('{"client_secret":"a\\u0062c"}', '{"client_secret":[secret]}'),
        ("Set-Cookie: hub=1; Path=/", "Set-Cookie: [secret]"),
        ("-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY----- x", "[pem] x"),
        ("-----BEGIN PRIVATE KEY-----\nMC4C", "[pem]"),
        ("DETAIL:  Failing row contains (Maria, 5).\nx", "DETAIL:[database]\nx"),
        ("Key (name)=(Maria Oliveira) already exists.", "Key (name)=[database]"),
        ('invalid input syntax for type uuid: "Maria"', "invalid input syntax for type uuid: [database]"),
    ],
)
def test_what_is_found_is_hidden(text: str, clean: str) -> None:
    assert PLAIN.text(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "listening on 127.0.0.1:8080",
        "018f6b2e-7c1a-7b3d-9f00-123456789012",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-4111111111111111-01",
        "sha256 41111111111111110123456789abcdef",
        "2026-11-22T12:27:00.123Z",
        "2026-11-22 12:27:00.123",
        "26214400 bytes in 0.123456789 s",
        "conversation 4711, seq 1048576",
        "/webhooks/whatsapp/main",
        "192.168.100.200, 10.0.0.1",
        "E-1, V-12, 2026-11-22 14:02, 10:20:30",
        "version 3.11.7, port 65535",
        "3 of 4 tokens left",
        "what? a = b",
        "https://example.com/a/b",
    ],
)
def test_what_is_nothing_of_it_stays(text: str) -> None:
    assert PLAIN.text(text) == text


def test_with_a_key_equal_findings_look_equal() -> None:
    one = KEYED.text("ana@example.com")
    assert one == KEYED.text("ANA@example.com")
    assert one != KEYED.text("bob@example.com")
    assert one != Redactor(b"another").text("ana@example.com")
    assert one.startswith("[email:h=")
    assert len(one) == len("[email:h=3fa9]")
    assert KEYED.text("+55 11 99999-8888") == KEYED.text("5511999998888")
    assert KEYED.text("token=abc") == "token=[secret]"


def test_a_long_text_is_cut_and_nothing_shows_at_the_cut() -> None:
    text = PLAIN.text("x " * (LONGEST // 2 - 5) + "4111 1111 1111 1111 " * 40)
    assert "4111" not in text
    assert len(text) <= LONGEST + 1
    assert text.endswith("…")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("access_token", "secret"),
        ("X-Api-Key", "secret"),
        ("clientSecret", "secret"),
        ("Authorization", "secret"),
        ("confirmation_token", "secret"),
        ("customer_name", "name"),
        ("fullName", "name"),
        ("phoneNumber", "number"),
        ("wa_id", "number"),
        ("waId", "number"),
        ("EMAIL", "email"),
        ("customer_id", "customer"),
        ("billing-address", "address"),
        ("description", "text"),
        ("tool_name", None),
        ("status", None),
        ("amount", None),
        ("transaction_id", None),
        ("panel", None),
        ("", None),
    ],
)
def test_a_fields_name_says_what_it_holds(name: str, kind: str | None) -> None:
    assert kind_of(name) == kind


def test_values_are_hidden_by_name_and_by_form_at_every_level() -> None:
    given_ = {
        "transaction_id": "TX-55",
        "amount": Decimal("10.50"),
        "count": 3,
        "number": 5511999998888,
        "urgent": True,
        "note": None,
        "customer": {"name": "Maria Oliveira", "vip": True, "tags": ["gold"]},
        "lines": [{"address": ["Rua A", "Lisboa"]}, "call 5511999998888"],
        "api_key": "abc",
        "ana@example.com": 1,
    }
    assert PLAIN.fields(given_) == {
        "transaction_id": "TX-55",
        "amount": "10.50",
        "count": 3,
        "number": "[number]",
        "urgent": True,
        "note": None,
        "customer": {"name": "[customer]", "vip": True, "tags": ["[customer]"]},
        "lines": [{"address": ["[address]", "[address]"]}, "call [number]"],
        "api_key": "[secret]",
        "[email]": 1,
    }


def test_of_a_programs_arguments_only_what_has_a_form_is_shown() -> None:
    known = {
        "transaction_id": (),
        "amount": (),
        "status": ("open",),
        "customer_id": (),
        "description": (),
        "token": (),
        "urgent": (),
    }
    given_ = {
        "transaction_id": "TX-55-0192",
        "amount": Decimal("10.50"),
        "status": "open",
        "customer_id": "c-1",
        "description": "Refund 1",
        "token": "abc1",
        "urgent": True,
        "Maria Oliveira": 1,
        "nested": {"name": ["Maria"]},
        "age": 43,
    }
    assert PLAIN.arguments(given_, known) == {
        "transaction_id": "TX-55-0192",
        "amount": "10.50",
        "status": "open",
        "customer_id": "[customer]",
        "description": "[text]",
        "token": "[secret]",
        "urgent": True,
        "[field]": "[text]",
    }
    assert KEYED.arguments({"a": 1}, {})[KEYED.hidden("field", "a")] == KEYED.hidden("text", "1")


@pytest.mark.parametrize(
    "value",
    [
        "Maria",
        "Maria 1",
        "5511999998888",
        "ana1@example.com",
        "4111111111111111",
        "x" * 64 + "1",
        "",
        ["TX-1"],
        {"a": 1},
        "٥",
    ],
)
def test_what_is_no_id_is_hidden_under_an_ids_name_too(value: Any) -> None:
    assert PLAIN.arguments({"transaction_id": value}, {"transaction_id": ()}) == {"transaction_id": "[text]"}


def test_values_are_bounded() -> None:
    deep: Any = "x"
    for _ in range(DEEPEST + 5):
        deep = [deep]
    assert "left out" in json.dumps(PLAIN.value(deep))
    wide = PLAIN.value(list(range(10 * MOST)))
    assert len(wide) < MOST + 1
    assert len(json.dumps(PLAIN.value({str(n): ["x" * 10_000] * 50 for n in range(50)}))) < MOST_TEXT + MOST * 20


def test_a_pseudonym_is_the_same_while_the_key_is_kept() -> None:
    assert KEYED.customer("c-1") == KEYED.customer("c-1") != KEYED.customer("c-2")
    assert KEYED.customer("c-1") != Redactor(b"other").customer("c-1")
    assert "c-1" not in KEYED.customer("c-1")
    assert KEYED.text(KEYED.customer("c-1")) == KEYED.customer("c-1")


def test_equal_arguments_have_one_fingerprint() -> None:
    assert KEYED.fingerprint({"a": 1, "b": Decimal("1.0")}) == KEYED.fingerprint({"b": Decimal("1.0"), "a": 1})
    others = [{"a": 1}, {"a": "1"}, {"a": Decimal("1.0")}, {"a": "1.0"}, {"a": True}, {"a": [1]}, {"a": "\ud800"}]
    assert len({KEYED.fingerprint(each) for each in others}) == len(others)
    assert len(KEYED.fingerprint(1)) == 64


def test_findings_are_counted() -> None:
    kinds: list[str] = []
    Redactor(counted=kinds.append).fields({"a": "ana@example.com 4111111111111111", "token": "x"})
    assert kinds == ["email", "card", "secret"]


SEEDS = st.sampled_from(
    ["ana.souza@example.com", "+55 11 99999-8888", "4111111111111111", "DE89370400440532013000", "(415) 555-2671"]
)
AROUND = st.text(
    st.characters(exclude_categories=["L", "N", "Pd", "Pc"]).filter(lambda c: c not in ".+'%@"), max_size=20
)
NESTED = st.recursive(
    st.tuples(AROUND, SEEDS, AROUND).map("".join),
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, min_size=1),
    max_leaves=5,
)


@given(NESTED)
def test_a_seed_is_found_wherever_it_stands(value: Any) -> None:
    shown = json.dumps(PLAIN.value(value))
    assert not any(seed in shown for seed in ("ana.souza", "99999-8888", "4111111111", "DE8937", "555-2671"))


@given(st.text(max_size=200))
def test_redacting_again_changes_nothing(text: str) -> None:
    once = PLAIN.text(text)
    assert PLAIN.text(once) == once
