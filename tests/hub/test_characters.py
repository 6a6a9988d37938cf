"""Characters that show as something else than they are."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.characters import compatible, hidden, mixed_scripts, plain

INVISIBLE = (
    "\u200b\u200c\u200d\u202e\u2066\u2060\ufeff\u00ad\U000e0041\U000e0100\0\x1b\x7f\r\x85\ud800\ue000\uffff\u0378"
    "\u2028\u2029\u3164\u2800\u061c"
)


@pytest.mark.parametrize("char", INVISIBLE)
def test_what_cannot_be_seen_is_found(char: str) -> None:
    assert hidden(f"Refund{char} for order")
    assert hidden(f"Reembolso ação{char}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Refund\n\tfor order 4711",
        "Devolución ñandú",
        "Rückzahlung",
        "返金",
        "استرداد المبلغ",
        "Возврат",
        "👍🏽 ok ❤️",
        "é" * 9,
    ],
)
def test_what_people_write_is_seen(text: str) -> None:
    assert not hidden(text)
    assert not mixed_scripts(text)


def test_a_tower_of_marks_is_found() -> None:
    assert hidden("e" + "\u0301" * 5)
    assert not hidden("e" + "\u0301" * 4)


def test_joiners_are_for_names_in_scripts_that_need_them() -> None:
    name = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    assert hidden(name)
    assert not hidden(name, joiners=True)
    assert hidden("pay\u200cpal", joiners=True)
    assert hidden("\u200c\u0645", joiners=True)


@pytest.mark.parametrize(
    "text", ["p\u0430ypal", "Ｐ\u0430ypal", "\u0440aypal", "αccount", "Αdmin", "аdmin", "раypal", "ѕcope", "Hеllo"]
)
def test_a_letter_of_another_script_in_a_word_is_found(text: str) -> None:
    assert mixed_scripts(text)
    assert mixed_scripts(f"to {text}, please")


@pytest.mark.parametrize(
    "text", ["Tシャツ", "iPhone手机", "東京タワー", "서울 K팝", "Оплата PayPal", "5 µm", "naïve café", "Ｐａｙ"]
)
def test_scripts_that_go_together_are_not(text: str) -> None:
    assert not mixed_scripts(text)


@pytest.mark.parametrize(
    ("text", "same"), [("TX-55", True), ("ação", True), ("ＴＸ", False), ("①", False), ("ﬁ", False), ("𝐓𝐗", False)]
)
def test_compatibility_forms_are_found(text: str, same: bool) -> None:
    assert compatible(text) is same


@given(st.text(max_size=60))
def test_every_text_is_judged(text: str) -> None:
    refused = any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn") and c not in "\n\t" for c in text)
    assert hidden(text) or not refused
    assert mixed_scripts(text) in (True, False)
    assert plain(plain(text)) == plain(text) or not compatible(text)


def test_the_plain_form_is_for_comparing() -> None:
    assert plain("ＩＧＮＯＲＡ Instrucción\nÖ") == "ignora instruccion\no"
