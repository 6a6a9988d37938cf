"""When people are told of a condition: once when it begins, and not again before a quarter of an hour is over."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.alert import COOLDOWN, Alert, AlertState, Condition, Key, Rule, Severity, Verdict, Word, weigh

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


class World:
    """Conditions come and go; what is known, and what was told when."""

    def __init__(self) -> None:
        self.now = NOON
        self.known: dict[Key, Alert] = {}
        self.told: list[tuple[datetime, Word]] = []

    def look(self, *holding: Condition, after: timedelta = timedelta(seconds=5)) -> list[Verdict]:
        self.now += after
        live = {
            key: alert
            for key, alert in self.known.items()
            if alert.state is AlertState.FIRING or alert.cooling(self.now)
        }
        verdicts = weigh(live, holding, self.now, uuid4)
        self.known = live | {verdict.alert.key: verdict.alert for verdict in verdicts}
        self.told += [(self.now, verdict.word) for verdict in verdicts if verdict.word is not None]
        return verdicts

    @property
    def words(self) -> list[Word]:
        return [word for _, word in self.told]


def circuit(occurrences: int = 1) -> Condition:
    return Condition(rule=Rule.CIRCUIT_OPEN, subject="ticketing", occurrences=occurrences)


def letters(occurrences: int) -> Condition:
    return Condition(rule=Rule.DEAD_LETTERS, subject="ticketing", occurrences=occurrences)


def test_it_is_told_when_it_begins_and_when_it_is_over() -> None:
    world = World()
    world.look(circuit())
    assert world.look(circuit()) == []
    world.look()
    assert world.look() == []
    assert world.words == [Word.BEGAN, Word.OVER]
    (alert,) = world.known.values()
    assert (alert.state, alert.times) == (AlertState.RESOLVED, 1)


def test_what_flaps_is_told_once_and_counted() -> None:
    world = World()
    for _ in range(5):
        world.look(circuit())
        world.look()
    assert world.words == [Word.BEGAN, Word.OVER]
    world.look(circuit())
    (verdict,) = world.look(circuit(), after=COOLDOWN)
    assert (verdict.word, verdict.alert.times) == (Word.AGAIN, 6)
    world.look()
    assert world.words == [Word.BEGAN, Word.OVER, Word.AGAIN, Word.OVER]


def test_after_the_cooldown_it_is_another_alert() -> None:
    world = World()
    (first,) = world.look(circuit())
    world.look()
    (second,) = world.look(circuit(), after=COOLDOWN)
    assert (second.word, second.alert.times) == (Word.BEGAN, 1)
    assert second.alert.id != first.alert.id


def test_more_of_the_same_is_told_after_the_cooldown() -> None:
    world = World()
    world.look(letters(3))
    assert [verdict.word for verdict in world.look(letters(8))] == [None]
    assert world.look(letters(7)) == []
    (verdict,) = world.look(letters(7), after=COOLDOWN)
    assert (verdict.word, verdict.alert.occurrences) == (Word.AGAIN, 8)
    assert world.look(letters(8), after=COOLDOWN) == []


def test_what_is_plain_to_see_is_not_told_when_over() -> None:
    world = World()
    world.look(letters(3))
    world.look()
    assert world.words == [Word.BEGAN]


def test_subjects_are_apart() -> None:
    world = World()
    world.look(circuit(), Condition(rule=Rule.CIRCUIT_OPEN, subject="transaction_create"))
    world.look(circuit())
    assert world.words == [Word.BEGAN, Word.BEGAN, Word.OVER]


def test_what_money_and_trust_hang_on_is_critical() -> None:
    world = World()
    world.look(Condition(rule=Rule.AUDIT_BROKEN, subject="audit"), circuit())
    severities = {alert.rule: alert.severity for alert in world.known.values()}
    assert severities == {Rule.AUDIT_BROKEN: Severity.CRITICAL, Rule.CIRCUIT_OPEN: Severity.WARNING}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(1, 600)), max_size=40))
def test_nobody_is_told_twice_within_the_cooldown_nor_left_in_the_dark(turns: list[tuple[int, int]]) -> None:
    world = World()
    for occurrences, seconds in turns:
        holding = [letters(occurrences)] if occurrences else []
        world.look(*holding, after=timedelta(seconds=seconds))
    moments = [moment for moment, word in world.told if word is not Word.OVER]
    assert all(later - sooner >= COOLDOWN for sooner, later in pairwise(moments))
    last = turns[-1][0] if turns else 0
    if last:
        for _ in range(2):
            world.look(letters(last), after=COOLDOWN)
        (alert,) = world.known.values()
        assert alert.told
        assert alert.told_occurrences == alert.occurrences
