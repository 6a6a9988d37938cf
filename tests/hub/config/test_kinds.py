"""Each kind takes what it should, and names what it expected when it does not."""

from decimal import Decimal

import pytest

from hub.config import kinds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("250ms", 0.25), ("30s", 30.0), ("1.5m", 90.0), ("2h", 7200.0), ("30d", 2592000.0), ("0", 0.0), (0, 0.0)],
)
def test_durations(value: object, seconds: float) -> None:
    assert kinds.Duration("0", "365d").read(value) == pytest.approx(seconds)


@pytest.mark.parametrize("value", ["30", 30, "s", "-1s", "1w", "1e3s", "٣s", True, None, [], "1s 2s", "2d", ""])
def test_durations_refused(value: object) -> None:
    with pytest.raises(ValueError, match='a duration from "1ms" to "1d"'):
        kinds.Duration("1ms", "1d").read(value)


@pytest.mark.parametrize(("value", "amount"), [(26214400, 26214400), ("25MiB", 26214400), ("1 KiB", 1024), ("7", 7)])
def test_sizes(value: object, amount: int) -> None:
    assert kinds.Size("1B", "1GiB").read(value) == amount


@pytest.mark.parametrize("value", ["25MB", "-1KiB", 0, -5, True, 1.5, "2GiB", None, "0x10"])
def test_sizes_refused(value: object) -> None:
    with pytest.raises(ValueError, match="a size from"):
        kinds.Size("1B", "1GiB").read(value)


@pytest.mark.parametrize("value", [-1, 65536, "80", 8.0, True, None, 10**30])
def test_numbers_refused(value: object) -> None:
    with pytest.raises(ValueError, match="a number from 0 to 65535"):
        kinds.Number(0, 65535).read(value)


@pytest.mark.parametrize(
    ("text", "value"), [("80", 80), ("-1", -1), ("abc", "abc"), ("9" * 5000, "9" * 5000), ("٨", "٨"), ("1_0", "1_0")]
)
def test_numbers_from_text(text: str, value: object) -> None:
    assert kinds.Number(0, 65535).from_text(text) == value


@pytest.mark.parametrize(("text", "value"), [("true", True), ("TRUE", True), ("1", True), ("no", False), ("0", False)])
def test_flags_from_text(text: str, value: bool) -> None:
    flag = kinds.Flag()
    assert flag.read(flag.from_text(text)) is value


def test_flags_refuse_other_words() -> None:
    flag = kinds.Flag()
    with pytest.raises(ValueError, match="true or false"):
        flag.read(flag.from_text("maybe"))


def test_money_is_exact() -> None:
    assert kinds.Money().read("1000.10") == Decimal("1000.10")


@pytest.mark.parametrize("value", [1000, 1000.0, "1e3", "NaN", "-1", "1,000", "", " 5", "1.00000", "١٠"])
def test_money_refused(value: object) -> None:
    with pytest.raises(ValueError, match="an amount in quotes"):
        kinds.Money().read(value)


def test_addresses_lose_their_last_slash() -> None:
    assert kinds.Url().read("https://graph.facebook.com/") == "https://graph.facebook.com"


@pytest.mark.parametrize(
    "value",
    ["graph.facebook.com", "ftp://x", "https://", "https://x:99999", "https://a b", "https://[", 5, "http:///x"],
)
def test_addresses_refused(value: object) -> None:
    with pytest.raises(ValueError, match="a URL that starts with https:// or http://"):
        kinds.Url().read(value)


def test_addresses_hold_no_password() -> None:
    with pytest.raises(ValueError, match="without user name"):
        kinds.Url().read("https://user:pw@example.com")


def test_texts_follow_their_rules() -> None:
    assert kinds.Text(choices=("a", "b")).read("a") == "a"
    with pytest.raises(ValueError, match='one of "a", "b"'):
        kinds.Text(choices=("a", "b")).read("c")
    with pytest.raises(ValueError, match="digits"):
        kinds.Text(pattern=r"\d+", pattern_name="digits").read("١٢")
    with pytest.raises(ValueError, match="not empty"):
        kinds.Text(may_be_empty=False).read("")
    with pytest.raises(ValueError, match="text"):
        kinds.Text().read("two\nlines")


def test_lists_come_from_text_in_two_ways() -> None:
    texts = kinds.Texts()
    assert texts.read(texts.from_text("a, b,,c")) == ("a", "b", "c")
    assert texts.read(texts.from_text('["a,b", "c"]')) == ("a,b", "c")
    with pytest.raises(ValueError, match="a list"):
        texts.read("a")


def test_networks_are_checked() -> None:
    assert kinds.Networks().read(["10.0.0.0/8", "::1"]) == ("10.0.0.0/8", "::1/128")
    with pytest.raises(ValueError, match="a list of networks"):
        kinds.Networks().read(["10.0.0.1/8"])


def test_words_lead_to_known_ones() -> None:
    words = kinds.Words(("open", "closed"), most=2)
    assert words.read(words.from_text('{ "in progress" = "open", done = "closed" }')) == {
        "in progress": "open",
        "done": "closed",
    }
    for wrong in (
        {"done": "finished"},
        {"": "open"},
        {"a": 3},
        {str(n): "open" for n in range(3)},
        "open",
        {"a": "\n"},
    ):
        with pytest.raises(ValueError, match="at most 2 texts, each one of open, closed"):
            words.read(wrong)
    assert kinds.Words(pattern="[a-z]+").read({"a": "anything"}) == {"a": "anything"}
    with pytest.raises(ValueError, match="at most 64 texts"):
        kinds.Words(pattern="[a-z]+").read({"A": "anything"})


def test_renames_know_their_keys() -> None:
    renames = kinds.Renames(("id", "status"))
    assert renames.read(renames.from_text('{ id = "key" }')) == {"id": "key"}
    for wrong in ({"ids": "key"}, {"id": ""}, {"id": 3}, "id"):
        with pytest.raises(ValueError, match="with the keys id, status"):
            renames.read(wrong)
