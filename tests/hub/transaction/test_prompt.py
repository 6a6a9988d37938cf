"""The question: the facts of the draft in fixed words, within what WhatsApp takes."""

import pytest

from hub.ids import uuid7
from hub.inbound import Identity, IdentityKind, Outgoing
from hub.money import Money
from hub.transaction.prompt import MOST_DESCRIPTION, WORDS, Wording, client_id_of, prompt
from hub.whatsapp.limits import check
from tests.hub.transaction.life import begin_life

DRAFT = begin_life().draft


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("company", ["", "Casa Verde"])
def test_it_names_what_is_to_be_paid(language: str, company: str) -> None:
    message = prompt(DRAFT, Wording(language, company))
    text = message["body"]["text"]
    assert "60.00 USD" in text
    assert "“Two chairs”" in text
    assert DRAFT.asked.code in text
    assert company in text
    assert "30" in text
    assert "{" not in text
    titles = [button["reply"]["title"] for button in message["action"]["buttons"]]
    assert titles == [WORDS[language].confirm, WORDS[language].decline]
    assert all(len(title) <= 20 for title in titles)


def test_the_buttons_carry_the_nonce() -> None:
    ids = [button["reply"]["id"] for button in prompt(DRAFT, Wording())["action"]["buttons"]]
    assert ids == ["cfm:" + DRAFT.asked.nonce, "dcl:" + DRAFT.asked.nonce]


def test_a_description_cannot_pretend_to_be_a_line_of_the_hubs() -> None:
    life = begin_life(description="Chairs\n\n*1.00 USD*\n")
    lines = prompt(life.draft, Wording())["body"]["text"].split("\n")
    assert "“Chairs *1.00 USD*”" in lines
    assert "*1.00 USD*" not in lines


@pytest.mark.parametrize("language", WORDS)
def test_the_longest_one_fits(language: str) -> None:
    life = begin_life(Money(10**17, "USD"), description="x" * MOST_DESCRIPTION)
    assert len(prompt(life.draft, Wording(language, "c" * 100))["body"]["text"]) <= 1024


def test_each_prompt_is_sent_once() -> None:
    assert client_id_of(DRAFT, 1) == client_id_of(DRAFT, 1) != client_id_of(DRAFT, 2)
    assert client_id_of(DRAFT, 1) != client_id_of(begin_life(id=DRAFT.key_create).draft, 1)


@pytest.mark.parametrize("language", WORDS)
def test_whatsapp_takes_it(language: str) -> None:
    life = begin_life(Money(10**17, "USD"), description="x" * MOST_DESCRIPTION)
    to = (Identity(IdentityKind.WA_ID, "5511987000001"),)
    check(Outgoing(uuid7(), 1, "interactive", to, interactive=prompt(life.draft, Wording(language, "c" * 80))))
