"""Questions as people type them, and snippets."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.ids import uuid7
from hub.search import LEAD, MOST_WORDS, SNIPPET, Kind, Narrowed, Term, TooManyWords, fold, snippet, understand


def words(typed: str) -> list[tuple[str, ...]]:
    return [term.words for term in understand(typed).wanted]


def test_words_phrases_and_what_must_not_be_there() -> None:
    question = understand('Encomenda "já foi enviada" -cancelada -"em Lisboa" de')
    assert question.wanted == (
        Term(("encomenda",), prefix=True), Term(("ja", "foi", "enviada"), prefix=False), Term(("de",), prefix=False)
    )  # fmt: skip
    assert question.unwanted == (Term(("cancelada",), prefix=True), Term(("em", "lisboa"), prefix=False))
    assert question.tsquery == (
        "('encomenda':*) & ('ja' <-> 'foi' <-> 'enviada') & ('de') & !('cancelada':*) & !('em' <-> 'lisboa')"
    )


@pytest.mark.parametrize("typed", ["(", "&", "|", "'", '"', "\\", "%", "_", '""', "-", "()&|!:*<->", "\0", "\ud800"])
def test_punctuation_alone_asks_for_nothing(typed: str) -> None:
    assert understand(typed).tsquery == ""


def test_addresses_and_numbers_are_their_parts() -> None:
    assert words("ana.silva@example.com") == [("ana", "silva", "example", "com")]
    assert understand("+351 912-345 678").number == "351912345678"
    assert understand("#1042").number == "1042"
    assert understand("1042 ana").number == ""


def test_too_many_words_are_refused() -> None:
    understand(" ".join(map(str, range(MOST_WORDS))))
    with pytest.raises(TooManyWords):
        understand('"' + " ".join(map(str, range(MOST_WORDS + 1))) + '"')


def test_refusals_alone_find_nothing() -> None:
    assert understand("-spam").tsquery == ""


def marked(text: str, typed: str) -> list[str]:
    piece = snippet(text, understand(typed))
    return [piece.text[start:end] for start, end in piece.marks]


def test_marks_are_what_was_found_as_it_is_written() -> None:
    text = "A CONFIRMAÇÃO chegou; confirmações não, e a confirma também. Não-confirmação!"
    assert marked(text, "confirmacao nao") == ["CONFIRMAÇÃO", "não", "Não", "confirmação"]
    assert marked(text, "confirm") == ["CONFIRMAÇÃO", "confirmações", "confirma", "confirmação"]
    assert marked("Já foi, já não foi: já  foi.", '"ja foi"') == ["Já foi", "já  foi"]
    assert marked("a_b ab", "ab") == ["ab"]


def test_a_long_text_is_cut_around_what_was_found() -> None:
    piece = snippet("bla " * 1000 + "aqui está " + "mais " * 1000, understand("aqui"))
    assert piece.before
    assert piece.after
    assert len(piece.text) == SNIPPET
    ((start, end),) = piece.marks
    assert piece.text[start:end] == "aqui"
    assert start <= LEAD
    assert piece.text.startswith("bla")


def test_a_snippet_without_marks_is_the_beginning() -> None:
    piece = snippet("Olá", understand("xyz"))
    assert (piece.text, piece.marks, piece.before, piece.after) == ("Olá", (), False, False)


def test_what_cannot_be_narrowed_so_is_not_found() -> None:
    assert Narrowed().concerns(Kind.CUSTOMERS)
    assert not Narrowed(channels=("wa",)).concerns(Kind.CUSTOMERS)
    assert Narrowed(channels=("wa",)).concerns(Kind.CONVERSATIONS)
    assert not Narrowed(conversation_id=uuid7()).concerns(Kind.CONVERSATIONS)
    assert Narrowed(sender="agent").concerns(Kind.NOTES)


TYPED = st.text(st.sampled_from("aáÇ b-\"'\\&|!:*()<>%_1٣ß\0é日"), max_size=40)


@settings(max_examples=200)
@given(TYPED, TYPED)
def test_whatever_is_typed_is_understood_and_marks_lie_in_the_snippet(typed: str, text: str) -> None:
    question = understand(typed) if len(re.findall(r"[^\W_]+", typed)) <= MOST_WORDS else understand("a")
    assert len(fold(text)) == len(text)
    piece = snippet(text, question)
    assert piece.text in text
    last = 0
    for start, end in piece.marks:
        assert last <= start < end <= len(piece.text)
        last = end
