"""From the question to the consent: read in order, up to the first message that decides."""

from attrs import evolve

from hub.money import Money
from hub.transaction.confirmation import unaskable
from hub.transaction.consent import DECLINE, Method
from hub.transaction.state import DraftState
from hub.transaction.token import digest_of, recovered
from tests.hub.transaction.life import CONSENT, KEY, NOON, PROMPT, RULES, TOKEN, Life, heard, pressed


def test_a_press_of_the_button_is_the_consent(life: Life) -> None:
    move = life.hears(heard(8, "What is it?", by_customer=False), pressed(life.draft, 9))
    assert life.state == DraftState.CONFIRMED
    assert move.consent is not None
    assert (move.consent.customer_message_id, move.consent.prompt_message_id) == (pressed(life.draft, 9).id, PROMPT)
    assert move.consent.method is Method.BUTTON
    assert move.token is not None
    assert move.token.digest == digest_of(TOKEN)
    assert recovered([KEY], move.token) == TOKEN
    assert move.token.expires_at == NOON + RULES.confirmation_ttl == life.draft.due
    assert life.draft.consent_id == CONSENT


def test_a_consent_ends_with_the_draft_at_the_latest(life: Life) -> None:
    life.pass_time(minutes=25)
    life.hears(pressed(life.draft))
    assert life.draft.confirmed_until == life.draft.expires_at


def test_an_unclear_answer_is_asked_about_once(life: Life) -> None:
    life.hears(heard(8, "yes but only 50"))
    assert life.state == DraftState.AWAITING_CONFIRMATION
    assert life.draft.asked.pending
    assert life.draft.due == NOON
    life.asked(9, CONSENT)
    life.hears(heard(10, "hmm"))
    assert not life.draft.asked.pending
    life.hears(heard(11, "482913"))
    assert life.state == DraftState.CONFIRMED


def test_words_are_no_answer_once_something_else_was_said(life: Life) -> None:
    life.hears(heard(8, "how long does it take?"), heard(9, "yes"))
    assert life.state == DraftState.AWAITING_CONFIRMATION
    life.asked(10, CONSENT)
    life.hears(heard(11, "yes"))
    assert life.state == DraftState.CONFIRMED


def test_nothing_is_read_while_a_question_is_still_to_be_put(life: Life) -> None:
    life.hears(heard(8, "hmm"))
    before = life.draft
    life.hears(pressed(life.draft, 9))
    assert life.draft is before
    life.asked(10, CONSENT)
    life.hears(pressed(life.draft, 9))
    assert life.state == DraftState.CONFIRMED


def test_no_ends_it(life: Life) -> None:
    life.hears(heard(8, "no"), pressed(life.draft, 9))
    assert (life.draft.state, life.draft.reason) == (DraftState.CANCELLED, "customer_declined")
    assert life.draft.withdraw


def test_what_was_read_is_not_read_again(life: Life) -> None:
    life.hears(heard(8, "hello", by_customer=False))
    before = life.draft
    assert before.asked.heard == 8
    life.hears(heard(8, "hello", by_customer=False))
    assert life.draft is before


def test_who_agreed_can_take_it_back_before_it_is_carried_out(confirmed: Life, large: Life) -> None:
    for life in (confirmed, large):
        life.hears(heard(20, "no"))
        assert life.state in (DraftState.CONFIRMED, DraftState.AWAITING_APPROVAL)
        life.hears(pressed(life.draft, 21, DECLINE))
        assert life.state == DraftState.CANCELLED
    assert large.moves[-1].approval is not None
    assert large.moves[-1].approval.state == "withdrawn"


def test_what_was_changed_since_the_question_cannot_be_agreed_to(life: Life) -> None:
    life.draft = evolve(life.draft, amount=Money(600_000, "USD"))
    move = life.hears(pressed(life.draft))
    assert (life.draft.state, life.draft.reason) == (DraftState.CANCELLED, "draft_changed")
    assert move.consent is None
    assert move.token is None


def test_an_answer_that_comes_too_late_is_not_read(life: Life) -> None:
    life.pass_time(minutes=30)
    life.hears(pressed(life.draft))
    assert life.state == DraftState.AWAITING_CONFIRMATION


def test_asking_twice_is_asking_once(life: Life) -> None:
    before = life.draft
    life.asked()
    assert life.draft is before


def test_a_customer_who_cannot_be_asked_ends_it(life: Life) -> None:
    life.take(lambda sight: unaskable(sight, "window_closed", RULES))
    assert (life.draft.state, life.draft.reason) == (DraftState.CANCELLED, "window_closed")
