"""The table of refusal codes."""

import random

import pytest

from hub.whatsapp.refusals import AGAIN, RULES, Action, Retries, rule


@pytest.mark.parametrize(
    ("codes", "action"),
    [
        ((130429, 4, 80007), Action.RETRY_NUMBER),
        ((131056,), Action.RETRY_CONVERSATION),
        ((131000, 131016, 1, 2, 133004, 131057), Action.RETRY),
        ((131053,), Action.RETRY_ONCE),
        ((134101,), Action.RETRY_LATER),
        ((0, 190, 3, 10, 200, 299, 131005), Action.CHANNEL_DOWN),
        ((368, 130497, 131031, 131042, 131064, 133000, 133010, 133016, 131045, 131037, 33), Action.CHANNEL_DOWN),
        ((131048,), Action.FAIL_AND_ALERT),
        ((131047,), Action.CLOSE_WINDOW),
        ((131050,), Action.OPT_OUT),
        ((131026, 131021, 131030, 130403, 130472, 131049), Action.FAIL),
        ((131062,), Action.USE_PHONE),
        ((100, 131008, 131009, 131051, 135000, 132000, 132001, 132005, 132007, 132008, 132012, 132018), Action.FAIL),
        ((132015, 132016, 132068, 132069, 131055, 131063, 134100), Action.FAIL),
    ],
)
def test_what_follows(codes: tuple[int, ...], action: Action) -> None:
    assert {rule(code).action for code in codes} == {action}
    assert all(code in RULES for code in codes)


def test_meta_s_transient_only_counts_for_unknown_codes() -> None:
    assert rule(99999).action is Action.FAIL
    assert rule(99999, is_transient=True).action is Action.RETRY
    assert rule(131026, is_transient=True).action is Action.FAIL


def test_every_code_has_a_sentence_for_agents() -> None:
    for code, found in RULES.items():
        assert found.sentence.endswith("."), code
        assert len(found.sentence) <= 100, code


@pytest.mark.parametrize("action", Action)
def test_attempts_end(action: Action) -> None:
    sends = 1 + sum(Retries(attempts=7).may_retry(action, attempt) for attempt in range(100))
    assert sends == (7 if action in AGAIN else 2 if action is Action.RETRY_ONCE else 1)


def test_delays_grow_fourfold_up_to_a_bound() -> None:
    assert [Retries().delay(Action.RETRY, attempt, lambda: 1.0) for attempt in (0, 1, 2, 3, 4, 5, 10_000)] == [
        1,
        4,
        16,
        64,
        256,
        256,
        256,
    ]


def test_delays_are_spread_over_their_whole_range() -> None:
    source = random.Random(1)
    drawn = [Retries().delay(Action.RETRY_NUMBER, 3, source.random) for _ in range(200)]
    assert 0 <= min(drawn) < 8
    assert 56 < max(drawn) <= 64


def test_a_template_in_preparation_waits_ten_minutes() -> None:
    assert Retries().delay(Action.RETRY_LATER, 0, lambda: 0.0) == 600
