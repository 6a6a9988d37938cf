"""Goals: what is asked, and when it is met."""

import pytest

from hub.bench.catalogue import Goal, at_least, at_most, catalogue, part_of_limit, times_stack
from hub.bench.run import CASES
from hub.bench.scale import QUICK, Scale


@pytest.mark.parametrize(
    ("goal", "value", "limit", "met"),
    [
        (at_most(3), 3.0, None, True),
        (at_most(3), 3.1, None, False),
        (at_least(0.9), 0.9, None, True),
        (at_least(0.9), 0.8, 5.0, False),
        (part_of_limit(0.6), 60.0, 100.0, True),
        (part_of_limit(0.6), 59.0, 100.0, False),
        (part_of_limit(3), 299.0, 100.0, False),
        (part_of_limit(0.6), 60.0, None, None),
        (part_of_limit(0.6), 60.0, 0.0, None),
        # 3× a stack of which the bare server reaches 6×: half of the bare server.
        (times_stack(3, 6), 50.0, 100.0, True),
        (times_stack(3, 6), 49.0, 100.0, False),
    ],
)
def test_goals_bound_the_value_or_its_ratio(goal: Goal, value: float, limit: float | None, met: bool | None) -> None:
    assert goal.met(value, limit) is met


def test_goals_are_readable() -> None:
    assert at_most(10).text("ms") == "≤ 10 ms"
    assert at_least(0.9).text("") == "≥ 0.9"
    assert part_of_limit(0.6).text("/s") == "≥ 60% of limit"
    assert part_of_limit(3).text("/s") == "≥ 3× of limit"
    assert times_stack(3, 6).text("/s") == "≥ 50% of limit (3× FastAPI + Celery)"


@pytest.mark.parametrize("scale", [Scale(), QUICK])
def test_every_case_has_figures_and_no_figure_is_named_twice(scale: Scale) -> None:
    figures = catalogue(scale)
    assert list(figures) == list(CASES)
    keys = [figure.key for found in figures.values() for figure in found]
    titles = [(case, figure.title) for case, found in figures.items() for figure in found]
    assert len(set(keys)) == len(keys)
    assert len(set(titles)) == len(titles)


def test_a_crowd_of_five_thousand_has_its_own_goal() -> None:
    found = {figure.key: figure.goals for figure in catalogue(Scale())["fanout"]}
    assert found["hub.fanout.5000.ws.last.p50"] == (at_most(110),)
    assert found["hub.fanout.100.ws.last.p50"] == ()
