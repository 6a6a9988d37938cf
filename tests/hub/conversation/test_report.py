"""What became of a sent message: whatever the order, forward only."""

from itertools import permutations
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.conversation.commands import Deliver, MediaSettled, Outcome, Reply, Retry
from hub.conversation.report import fenced
from hub.delivery import RANK, DeliveryStatus
from hub.ids import uuid7
from hub.inbound import Identity, IdentityKind, Party
from hub.message import Content, ContentType, Media

S = DeliveryStatus
REPORTS = (S.SENT, S.DELIVERED, S.READ, S.FAILED)
RESULTS = (Outcome.ACCEPTED, Outcome.REFUSED, Outcome.UNKNOWN)


def begun(talk: Any) -> Any:
    """A conversation with one message on its way."""
    talk.arrives()
    return talk.reply()


def shown(talk: Any) -> list[str]:
    """The statuses that were told of our messages, in order."""
    return [
        event.data["message"]["status"]
        for event in talk.events
        if event.type in ("message.sent", "message.status") and event.data["message"]["direction"] == "outbound"
    ]


# The courier's word


@pytest.mark.parametrize(
    ("outcome", "status", "told"),
    [
        (Outcome.ACCEPTED, S.SENT, "message.sent"),
        (Outcome.REFUSED, S.FAILED, "message.status"),
        (Outcome.UNKNOWN, S.UNKNOWN, "message.status"),
    ],
)
def test_a_result_settles_the_row_and_the_message(talk: Any, outcome: Outcome, status: S, told: str) -> None:
    message = begun(talk)
    result = talk.result(message, outcome, code="131026", text="no", retryable=True)
    assert talk.play(result) is False
    (settled,) = talk.effects.settled
    assert (settled.id, settled.token, settled.retry_in) == (result.outbox_id, result.token, None)
    assert talk.last.status is status
    assert talk.told() == [told]
    assert talk.conversation.unsent == 0
    assert talk.conversation.failed == (status is S.FAILED)
    error = {"code": "131026", "reason": "no", "retryable": True}
    assert talk.last.error == (error if status is S.FAILED else None)


def test_later_means_that_the_row_waits_and_nothing_else(talk: Any) -> None:
    message = begun(talk)
    before = talk.conversation
    assert talk.play(talk.result(message, Outcome.LATER, retry_in=4.0, tries=2)) is True
    (settled,) = talk.effects.settled
    assert (settled.retry_in, settled.tries) == (4.0, 2)
    assert talk.told() == []
    assert attrs.evolve(talk.conversation, revision=before.revision) == before


def test_whether_there_is_more_to_send_is_answered(talk: Any) -> None:
    message = begun(talk)
    talk.reply()
    assert talk.play(talk.result(message)) is True
    assert talk.play(talk.result(talk.last)) is False


def test_tries_before_the_last_are_shown(talk: Any) -> None:
    talk.play(talk.result(begun(talk), tries=3))
    assert talk.last.metadata["retry_count"] == 2


def test_a_closed_window_is_learned(talk: Any) -> None:
    talk.play(talk.result(begun(talk), Outcome.REFUSED, closes_window=True))
    assert talk.conversation.window_opened_at is None


def test_of_a_row_that_others_hold_only_an_acceptance_is_left_to_say(talk: Any) -> None:
    message = begun(talk)
    assert fenced(talk.result(message, Outcome.REFUSED)) is None
    assert fenced(talk.result(message, Outcome.UNKNOWN)) is None
    fact = fenced(talk.result(message))
    talk.play(fact)
    assert (talk.last.status, talk.conversation.unsent, talk.effects.settled) == (S.SENT, 1, [])


def test_a_reactions_result_only_settles_its_row(talk: Any) -> None:
    message = begun(talk)
    talk.play(attrs.evolve(talk.result(message), message_id=None))
    assert (talk.last.status, talk.conversation.unsent, talk.told()) == (S.PENDING, 0, [])


def test_a_result_of_an_earlier_attempt_does_not_speak_for_the_newest(talk: Any) -> None:
    message = begun(talk)
    late = talk.result(message, Outcome.REFUSED)
    talk.play(Deliver((talk.report(message, S.FAILED),)))
    again = talk.play(Retry(message.id, talk.author))
    talk.play(late)
    assert (talk.last.status, talk.last.attempt) == (S.PENDING, 2)
    talk.play(talk.result(again))
    assert talk.last.status is S.SENT


# The channel's word


@settings(max_examples=300, deadline=None)
@given(said=st.lists(st.sampled_from(REPORTS), min_size=1, max_size=8))
def test_reports_only_lead_forward(new_talk: Any, said: list[S]) -> None:
    talk = new_talk()
    message = begun(talk)
    for status in said:
        talk.play(Deliver((talk.report(message, status),)))
    expected = S.PENDING
    for status in said:
        if expected is S.FAILED or (status is S.FAILED and expected in (S.DELIVERED, S.READ)):
            continue
        if status is S.FAILED or RANK[status] > RANK[expected]:
            expected = status
    assert talk.last.status is expected
    told = shown(talk)
    assert len(told) == len(set(told))
    ranks = [RANK.get(S(status), 9) for status in told]
    assert ranks == sorted(ranks)
    assert talk.conversation.failed == (expected is S.FAILED)


@pytest.mark.parametrize("order", [order for n in (1, 2, 3) for order in permutations(REPORTS[:3], n)])
def test_every_order_of_good_news_ends_at_the_best(talk: Any, order: tuple[S, ...]) -> None:
    message = begun(talk)
    talk.play(Deliver(tuple(talk.report(message, status) for status in (*order, *order))))
    assert talk.last.status is max(order, key=RANK.__getitem__)


@settings(max_examples=300, deadline=None)
@given(
    steps=st.lists(st.sampled_from([*REPORTS, *RESULTS, "retry"]), min_size=1, max_size=10),
    referred=st.booleans(),
)
def test_results_reports_and_retries_in_any_order_stay_consistent(
    new_talk: Any, steps: list[Any], referred: bool
) -> None:
    talk = new_talk()
    message = begun(talk)
    results_due = {1: True}
    for said in steps:
        current, before = talk.last, shown(talk)
        if said == "retry":
            if current.status in (S.FAILED, S.UNKNOWN):
                talk.play(Retry(message.id, talk.author))
                results_due[talk.last.attempt] = True
        elif isinstance(said, Outcome):
            if results_due.pop(current.attempt, False):
                talk.play(talk.result(current, said))
        else:
            talk.play(Deliver((talk.report(current, said, attempt=None if referred else 0),)))
        newest = talk.last
        if newest.attempt == current.attempt and newest.status is not current.status:
            assert newest.status in (S.FAILED,) or RANK[newest.status] >= RANK[current.status]
            assert current.status is not S.FAILED
        assert len(shown(talk)) - len(before) == (newest.status is not current.status)
        assert talk.conversation.unsent == len(results_due)
        assert talk.conversation.failed == (newest.status is S.FAILED)
        assert (newest.error is not None) == (newest.status is S.FAILED)
        tried = talk.effects.attempts.get((message.id, newest.attempt))
        assert tried is None or tried.message_id == message.id


def test_a_report_tells_the_id_that_the_lost_answer_would_have_told(talk: Any) -> None:
    message = begun(talk)
    talk.play(talk.result(message, Outcome.UNKNOWN))
    talk.play(Deliver((talk.report(message, S.SENT, wamid="wamid.found"),)))
    assert (talk.last.status, talk.last.channel_message_id) == (S.SENT, "wamid.found")


def test_the_id_once_known_stays(talk: Any) -> None:
    message = begun(talk)
    talk.play(Deliver((talk.report(message, S.DELIVERED, wamid="wamid.one"),)))
    talk.play(Deliver((talk.report(message, S.READ, wamid="wamid.two"),)))
    assert talk.last.channel_message_id == "wamid.one"
    assert talk.last.status is S.READ


@pytest.mark.parametrize("referred", [True, False])
def test_an_earlier_attempt_that_fails_late_is_history_and_one_that_arrives_is_news(talk: Any, referred: bool) -> None:
    message = begun(talk)
    talk.play(talk.result(message, Outcome.ACCEPTED, provider_id="wamid.one"))
    talk.play(Deliver((talk.report(message, S.FAILED, wamid="wamid.one"),)))
    talk.play(Retry(message.id, talk.author))
    attempt = 1 if referred else 0
    talk.play(Deliver((talk.report(message, S.FAILED, attempt=attempt, wamid="wamid.one"),)))
    assert (talk.last.status, talk.last.channel_message_id) == (S.PENDING, None)
    assert list(talk.effects.attempts) == [(message.id, 1)]
    talk.play(Deliver((talk.report(message, S.DELIVERED, attempt=attempt, wamid="wamid.one"),)))
    assert talk.last.status is S.DELIVERED


def test_an_unknown_word_is_history(talk: Any) -> None:
    message = begun(talk)
    for told in (["message.updated"], []):  # once, because it names the channel's id
        talk.play(Deliver((talk.report(message, None, raw="warning"),)))
        assert talk.last.status is S.PENDING
        assert [report.update.raw_status for report in talk.effects.reports] == ["warning"]
        assert talk.told() == told


def test_a_report_on_the_customers_message_is_history(talk: Any) -> None:
    message = talk.arrives()
    talk.play(Deliver((talk.report(message, S.READ, attempt=0, wamid=message.channel_message_id),)))
    assert talk.last.status is S.RECEIVED
    assert len(talk.effects.reports) == 1
    assert not talk.effects.attempts


def test_a_reference_to_an_attempt_that_never_was_is_none(talk: Any) -> None:
    message = begun(talk)
    for attempt in (7, 99999999):
        talk.play(Deliver((talk.report(message, S.SENT, attempt=attempt),)))
    assert list(talk.effects.attempts) == [(message.id, 1)]


def test_addresses_in_a_report_are_learned(talk: Any) -> None:
    message = begun(talk)
    new = Identity(IdentityKind.WA_ID, "351910000009")
    update = talk.report(message, S.DELIVERED, party=Party((*talk.party.identities, new)))
    talk.play(Deliver((update,)))
    assert [owned.identity for owned in talk.effects.identities] == [new]


def test_a_report_on_a_message_that_is_not_here_is_passed_over(talk: Any) -> None:
    _, update = talk.report(begun(talk), S.SENT)
    assert talk.play(Deliver(((uuid7(), update),))) == 0
    assert not talk.effects


# Files


def test_a_file_that_came_is_shown(talk: Any) -> None:
    message = talk.arrives(content=Content(ContentType.IMAGE, None, Media("m1", mime_type="image/png")))
    assert talk.play(MediaSettled(message.id, {"state": "stored", "size": 3})) is True
    media = talk.last.content_metadata["media"]
    assert (media["state"], media["size"], media["mime_type"]) == ("stored", 3, "image/png")
    assert talk.told() == ["message.updated"]
    assert talk.play(MediaSettled(uuid7(), {})) is False


def test_of_two_replies_each_keeps_its_own_fate(talk: Any) -> None:
    talk.arrives()
    one, two = (talk.play(Reply(uuid7(), talk.author, "text", text)) for text in ("one", "two"))
    talk.play(Deliver((talk.report(two, S.READ), talk.report(one, S.FAILED))))
    assert [message.status for message in talk.thread[1:]] == [S.FAILED, S.READ]


# What we have read of the customer's


def read_by_us(talk: Any, message: Any) -> Any:
    return talk.report(message, S.READ, attempt=0, wamid=message.channel_message_id)


def test_the_chat_apps_customer_is_told_once_that_we_have_read(new_talk: Any) -> None:
    talk = new_talk("chat_app")
    message = talk.arrives()
    talk.play(Deliver((read_by_us(talk, message),)))
    assert talk.told() == ["message.status"]
    assert (talk.last.status, "read" in talk.last.status_at) == (S.RECEIVED, True)
    assert talk.effects.events[0].audience.inbox_id is not None
    talk.play(Deliver((read_by_us(talk, talk.last),)))
    assert talk.told() == []


def test_what_whatsapp_tells_of_the_customers_own_message_is_history(talk: Any) -> None:
    message = talk.arrives()
    talk.play(Deliver((read_by_us(talk, message),)))
    assert (talk.told(), talk.last.status_at) == ([], {})
