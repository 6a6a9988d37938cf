"""What gets in of a stranger's words."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.integration import answer
from hub.integration.answer import TEXT_MOST, WrongAnswer
from hub.integration.transaction import TransactionStatus


@pytest.mark.parametrize("body", [b"", b"{", b"<html></html>", b'{"a": NaN}', b"\xff", b"[" * 200_000])
def test_what_is_no_json_makes_no_sense(body: bytes) -> None:
    with pytest.raises(WrongAnswer, match="no JSON"):
        answer.parse(body)


def test_numbers_stay_exact() -> None:
    assert answer.amount(answer.parse(b'{"a": 1450.10}')["a"]) == Decimal("1450.10")
    assert answer.amount(answer.parse(b'{"a": 12345678901234567.25}')["a"]) == Decimal("12345678901234567.25")


@pytest.mark.parametrize("given", ["T-1", "tx_9", "0193-a.b:c~d", 7, "a" * 128])
def test_an_identifier(given: object) -> None:
    assert answer.identifier(given) == str(given)


@pytest.mark.parametrize(
    "given", ["", "..", ".", "-1", "a/b", "a b", "a?b", "a#b", "a%2e", "é", "a" * 129, None, True, 1.5, {}]
)
def test_what_is_no_identifier(given: object) -> None:
    with pytest.raises(WrongAnswer):
        answer.identifier(given)


@pytest.mark.parametrize(
    ("given", "amount"), [("1450.00", "1450.00"), (5, "5"), ("-3.5", "-3.5"), (Decimal("0.1"), "0.1")]
)
def test_an_amount(given: object, amount: str) -> None:
    assert str(answer.amount(given)) == amount


@pytest.mark.parametrize(
    "given",
    [
        "NaN",
        "1e3",
        " 1",
        "1,5",
        "٥",
        "1_0",
        "",
        "+1",
        "1.",
        ".5",
        "1\n",
        "9" * 19,
        True,
        None,
        1.5,
        Decimal("1e40"),
        Decimal("NaN"),
    ],
)
def test_what_is_no_amount(given: object) -> None:
    with pytest.raises(WrongAnswer):
        answer.amount(given)


def test_a_currency() -> None:
    assert answer.currency("USD") == "USD"
    for wrong in ("usd", "US", "USDT", "US$", None, 840):
        with pytest.raises(WrongAnswer):
            answer.currency(wrong)


def test_a_text_is_freed_of_what_is_none() -> None:
    assert answer.text("a\x00b\u202ec\u200bd\ud800e\nf\tg\U000e0041") == "abcde\nf\tg"
    assert answer.text(None) == ""
    with pytest.raises(WrongAnswer):
        answer.text(5)


@given(st.text())
def test_a_text_is_bounded_and_printable(given: str) -> None:
    found = answer.text(given * 3, 50)
    assert len(found) <= 50
    assert all(c.isprintable() or c in "\n\t" or c.isspace() for c in found)


def test_a_text_of_a_megabyte_is_cut() -> None:
    assert answer.text("x" * 1_000_000) == "x" * TEXT_MOST


def test_a_reference_is_any_short_text() -> None:
    assert [answer.reference(given) for given in ("C 7/ö", 12)] == ["C 7/ö", "12"]
    for wrong in ("", "a" * 257, "a\nb", None, True):
        with pytest.raises(WrongAnswer):
            answer.reference(wrong)


def test_a_time_that_is_none_is_left_out() -> None:
    assert answer.moment("2026-01-05T12:00:00Z") == datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert [answer.moment(given) for given in ("yesterday", "2026-01-05T12:00:00", 5, None, "2" * 100)] == [None] * 5


def test_a_cursor_is_no_address() -> None:
    assert [answer.cursor(given) for given in ("abc=", 20, None, "")] == ["abc=", "20", None, None]
    wrong: object
    for wrong in ("https://evil.example.com/next", "a" * 513, "é", "a\n", [], True):
        with pytest.raises(WrongAnswer):
            answer.cursor(wrong)


@pytest.mark.parametrize(
    ("given", "status", "word"),
    [
        ("completed", TransactionStatus.COMPLETED, "completed"),
        ("SETTLED", TransactionStatus.COMPLETED, "SETTLED"),
        ("Pending", TransactionStatus.PENDING, "Pending"),
        ("on_hold", TransactionStatus.UNKNOWN, "on_hold"),
        (None, TransactionStatus.UNKNOWN, ""),
        (17, TransactionStatus.UNKNOWN, ""),
        ("x\x00" * 200, TransactionStatus.UNKNOWN, "x" * 64),
    ],
)
def test_a_status_is_never_an_error(given: object, status: TransactionStatus, word: str) -> None:
    assert answer.status(given, TransactionStatus, {"SETTLED": "completed"}) == (status, word)


def test_what_may_be_missing_may_be_missing() -> None:
    assert answer.optional(answer.currency, None) is None
    assert answer.optional(answer.currency, "USD") == "USD"
