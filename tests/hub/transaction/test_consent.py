"""What counts as the customer's word, and above all what does not."""

from uuid import UUID

import pytest

from hub.transaction.consent import DECLINE, Heard, Method, Reading, called_off, read
from hub.transaction.draft import Asked
from tests.hub.transaction.life import NOON, heard

PROMPT, EARLIER = UUID(int=30), UUID(int=29)
ASKED = Asked("n" * 32, "482913", 1, (PROMPT,), first=7, last=7, heard=7)
AGAIN = Asked("n" * 32, "482913", 2, (EARLIER, PROMPT), first=7, last=12, heard=10)


def means(message: Heard, asked: Asked = ASKED, *, words: bool = True) -> Reading:
    return read(asked, message, words=words).reading


def test_the_button_agrees() -> None:
    answer = read(ASKED, heard(9, "Confirm", button="cfm:" + ASKED.nonce), words=False)
    assert (answer.reading, answer.method) == (Reading.YES, Method.BUTTON)


@pytest.mark.parametrize("text", ["482913", " 482 913 ", "482913."])
def test_the_code_agrees(text: str) -> None:
    answer = read(ASKED, heard(9, text), words=False)
    assert (answer.reading, answer.method) == (Reading.YES, Method.CODE)


@pytest.mark.parametrize("text", ["yes", "Yes!", "SÍ", "si, confirmo", "Sim.", "نعم", "I confirm", "¡Sí!"])
def test_plain_words_agree_as_the_first_thing_said(text: str) -> None:
    assert read(ASKED, heard(9, text), words=True).method is Method.WORDS


@pytest.mark.parametrize(
    "text",
    [
        "yes but only 50",
        "yes 👍",
        "👍",
        "sure, whatever",
        "yesterday",
        "ok",
        "y",
        "482914",
        "4829130",
        "yes\nno",
        "yes?no",
    ],
)
def test_what_is_not_clearly_yes_is_not(text: str) -> None:
    assert means(heard(9, text)) is Reading.UNCLEAR


@pytest.mark.parametrize("text", ["no", "No!", "cancel", "Cancelar", "não", "لا", "No, gracias"])
def test_no_is_no(text: str) -> None:
    assert means(heard(9, text)) is Reading.NO


def test_only_the_customer_can_agree() -> None:
    for message in (heard(9, "yes", by_customer=False), heard(9, "482913", by_customer=False)):
        assert means(message) is Reading.ASIDE
    assert means(heard(9, "x", by_customer=False, button="cfm:" + ASKED.nonce)) is Reading.ASIDE


@pytest.mark.parametrize("given", [{"text": "yes"}, {"text": "482913"}, {"button": "cfm:" + "n" * 32}])
def test_what_was_said_before_the_question_is_no_answer(given: dict[str, str]) -> None:
    assert means(heard(7, **given)) is Reading.ASIDE
    assert means(heard(6, **given)) is Reading.ASIDE


def test_a_question_that_was_not_put_has_no_answer() -> None:
    assert means(heard(9, "yes"), Asked("n" * 32, "482913")) is Reading.ASIDE


def test_a_reply_to_another_message_is_no_answer() -> None:
    assert means(heard(9, "yes", quotes=True, quoted=UUID(int=99))) is Reading.ASIDE
    assert means(heard(9, "482913", quotes=True)) is Reading.ASIDE
    assert means(heard(9, "yes", quotes=True, quoted=PROMPT)) is Reading.YES


def test_a_button_of_another_question_is_no_answer() -> None:
    assert means(heard(9, "Confirm", button="cfm:" + "0" * 32)) is Reading.ASIDE
    assert means(heard(9, "Blue", button="colour:blue")) is Reading.ASIDE
    assert means(heard(9, "Cancel", button=DECLINE + ASKED.nonce)) is Reading.NO


def test_words_count_only_as_the_first_thing_said_after_the_newest_question() -> None:
    spoken = Asked("n" * 32, "482913", 1, (PROMPT,), first=7, last=7, heard=8, spoke=True)
    assert means(heard(9, "yes"), spoken) is Reading.UNCLEAR
    assert means(heard(9, "yes", quotes=True, quoted=PROMPT), spoken) is Reading.YES
    assert means(heard(11, "yes"), AGAIN) is Reading.UNCLEAR  # between the two
    assert means(heard(13, "yes"), AGAIN) is Reading.YES


def test_the_first_question_can_still_be_answered_by_its_button_and_its_quotation() -> None:
    assert means(heard(11, "Confirm", button="cfm:" + AGAIN.nonce), AGAIN) is Reading.YES
    assert means(heard(11, "yes", quotes=True, quoted=EARLIER), AGAIN) is Reading.YES


def test_words_can_be_switched_off() -> None:
    assert means(heard(9, "yes"), words=False) is Reading.UNCLEAR
    assert means(heard(9, "482913"), words=False) is Reading.YES


def test_a_picture_is_no_answer() -> None:
    assert means(heard(9)) is Reading.ASIDE


def test_who_agreed_calls_it_off_in_so_many_words_only() -> None:
    assert called_off(ASKED, heard(9, "Cancel"))
    assert called_off(ASKED, heard(9, "Cancel", button=DECLINE + ASKED.nonce))
    assert not called_off(ASKED, heard(9, "no"))
    assert not called_off(ASKED, heard(9, "cancel", quotes=True, quoted=UUID(int=99)))
    assert not called_off(ASKED, heard(9, "cancel", by_customer=False))
    assert not called_off(ASKED, heard(9))
    assert not called_off(ASKED, Heard(UUID(int=1), 6, NOON, by_customer=True, text="cancel"))
