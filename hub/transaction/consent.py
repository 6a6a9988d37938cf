"""What a customer's message means as the answer to the hub's question. When in doubt it is no consent.

The message's own row is looked at, never what anybody says of it: it came in through the customer's channel, which
proved who sent it. Buttons and codes belong to one prompt; words count only as the first thing said after it, or in
reply to it.
"""

import unicodedata
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from attrs import frozen

from hub.transaction.draft import Asked

CONFIRM, DECLINE = "cfm:", "dcl:"
"""How the ids of the two buttons begin; the prompt's nonce follows."""

YES = frozenset(
    {"yes", "yes please", "confirm", "i confirm", "yes i confirm", "yes confirm"}
    | {"sí", "si", "confirmo", "confirmar", "sí confirmo", "si confirmo", "sí por favor", "si por favor"}
    | {"sim", "sim confirmo", "sim por favor", "eu confirmo"}
    | {"نعم", "أؤكد", "اؤكد", "نعم أؤكد", "نعم اؤكد", "موافق", "نعم موافق"}
)
"""Whole messages that agree, in English, Spanish, Portuguese and Arabic."""

NO = frozenset({"no", "no thanks", "no gracias", "não", "nao", "não obrigado", "nao obrigado", "لا", "لا شكرا"})
"""Whole messages that decline."""

CANCEL = frozenset({"cancel", "cancel it", "cancelar", "cancela", "cancele", "إلغاء", "الغاء"})
"""Whole messages that decline, also after one has agreed."""


class Method(StrEnum):
    """How the customer agreed."""

    BUTTON = "button"
    CODE = "code"
    WORDS = "words"


class Reading(StrEnum):
    """What a message means. `aside`: it has nothing to do with the question."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"
    ASIDE = "aside"


@frozen
class Heard:
    """A message of the conversation. `by_customer`: it is inbound and its sender is the customer. `button` is the id of
    what was pressed, `quoted` the message that it replies to."""

    id: UUID
    seq: int
    at: datetime
    by_customer: bool
    text: str | None = None
    button: str | None = None
    quoted: UUID | None = None
    quotes: bool = False


@frozen
class Consent:
    """That the customer agreed: to what, by which message of theirs, in answer to which of the hub's."""

    id: UUID
    draft_id: UUID
    terms: bytes
    prompt_message_id: UUID
    customer_message_id: UUID
    method: Method


@frozen
class Answer:
    """A reading, and how it was given where it agrees."""

    reading: Reading
    method: Method | None = None


ASIDE, UNCLEAR = Answer(Reading.ASIDE), Answer(Reading.UNCLEAR)


def read(asked: Asked, heard: Heard, *, words: bool) -> Answer:
    """What the message means. `words`: agreeing in words is enough."""
    if not _concerns(asked, heard):
        return ASIDE
    if heard.button is not None:
        return _pressed(asked, heard.button)
    if heard.text is None:
        return ASIDE
    said = _plain(heard.text)
    if said.replace(" ", "") == asked.code:
        return Answer(Reading.YES, Method.CODE)
    if said in NO or said in CANCEL:
        return Answer(Reading.NO)
    if words and said in YES and (heard.quotes or (heard.seq > asked.last and not asked.spoke)):
        return Answer(Reading.YES, Method.WORDS)
    return UNCLEAR


def called_off(asked: Asked, heard: Heard) -> bool:
    """Whether a customer who had agreed takes it back: by the button, or by saying so, but not by any "no", which may
    answer something else."""
    if not _concerns(asked, heard):
        return False
    if heard.button is not None:
        return _pressed(asked, heard.button).reading is Reading.NO
    return heard.text is not None and _plain(heard.text) in CANCEL


def _concerns(asked: Asked, heard: Heard) -> bool:
    """Whether it can be an answer at all: the customer's, after the hub asked, and in reply to nothing else."""
    asked_before = bool(asked.message_ids) and heard.seq > asked.first
    return heard.by_customer and asked_before and (not heard.quotes or heard.quoted in asked.message_ids)


def _pressed(asked: Asked, button: str) -> Answer:
    if button == CONFIRM + asked.nonce:
        return Answer(Reading.YES, Method.BUTTON)
    return Answer(Reading.NO) if button == DECLINE + asked.nonce else ASIDE


def _plain(text: str) -> str:
    """The words alone: in small letters, without the marks around a sentence, with single spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold().strip()
    return " ".join(folded.strip(".,;:!?¡¿…\"'“”«»() \n\t").replace(", ", " ").split())
