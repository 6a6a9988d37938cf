"""The table and the object."""

import pytest

from hub.bench.catalogue import Figure, at_most, part_of_limit
from hub.bench.report import COLUMNS, Report, number
from hub.bench.samples import Spread
from hub.bench.scale import QUICK

FIGURES = {
    "inbound": (
        Figure("hub.rate", "accepted", "/s", "bare.rate", (part_of_limit(0.6),)),
        Figure("hub.cpu", "CPU per message", "ms", "bare.cpu", (at_most(0.5),)),
        Figure("hub.unknown", "not measured", "ms"),
    ),
    "cold": (Figure("hub.cold", "PostgreSQL runs", "s", None, (part_of_limit(0.9),)),),
}
SPREADS = {
    "hub.rate": Spread(700.0, 600.0, 800.0),
    "bare.rate": Spread(1000.0, 1000.0, 1000.0),
    "hub.cpu": Spread(0.61, 0.61, 0.61),
    "hub.cold": Spread(1.5, 1.5, 1.5),
}


@pytest.fixture
def report() -> Report:
    return Report({"cores": 2}, QUICK, FIGURES, SPREADS, {"resume": "lost"}, 12.34)


def test_rows_show_each_figure_beside_its_limit_and_goal(report: Report) -> None:
    assert list(report.rows()) == [
        ("inbound", "", "", "", "", "", ""),
        ("  accepted", "700 /s", "600 – 800", "1,000", "0.70×", "≥ 60% of limit", "yes"),
        ("  CPU per message", "0.61 ms", "", "", "", "≤ 0.5 ms", "no"),
        ("cold", "", "", "", "", "", ""),
        ("  PostgreSQL runs", "1.50 s", "", "", "", "≥ 90% of limit", "–"),
    ]
    assert {len(row) for row in report.rows()} == {len(COLUMNS)}


def test_the_object_says_the_same_to_machines(report: Report) -> None:
    found = report.document()
    assert found["failures"] == {"resume": "lost"}
    assert found["machine"] == {"cores": 2}
    assert found["scale"]["repetitions"] == 1
    assert [figure["key"] for figure in found["figures"]] == ["hub.rate", "hub.cpu", "hub.cold"]
    assert found["figures"][0] == {
        "case": "inbound",
        "key": "hub.rate",
        "title": "accepted",
        "unit": "/s",
        "median": 700.0,
        "low": 600.0,
        "high": 800.0,
        "limit": 1000.0,
        "ratio": 0.7,
        "goals": [{"text": "≥ 60% of limit", "met": True}],
    }


def test_only_goals_that_were_missed_count(report: Report) -> None:
    assert report.missed() == 1


@pytest.mark.parametrize(
    ("value", "text"), [(0.123, "0.12"), (12.34, "12.3"), (123.4, "123"), (12345.6, "12,346"), (0.0, "0.00")]
)
def test_numbers_have_three_digits_that_count(value: float, text: str) -> None:
    assert number(value) == text
