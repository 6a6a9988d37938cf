"""The outcome as a table for people and as an object for machines."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs
from attrs import frozen

from hub.bench.catalogue import Figure
from hub.bench.samples import Spread
from hub.bench.scale import Scale

COLUMNS = ("figure", "median", "range", "limit", "of limit", "goal", "met")


@frozen
class Report:
    """Everything that was measured. `figures` are those of the cases that ran; `failures` say why others have none."""

    machine: Mapping[str, Any]
    scale: Scale
    figures: Mapping[str, Sequence[Figure]]
    spreads: Mapping[str, Spread]
    failures: Mapping[str, str]
    seconds: float

    def measured(self) -> Iterator[tuple[str, Figure, Spread, Spread | None]]:
        """The figures that have a value, with their limit's."""
        for case, figures in self.figures.items():
            for figure in figures:
                found = self.spreads.get(figure.key)
                if found is not None:
                    yield case, figure, found, self.spreads.get(figure.limit or "")

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Lines of the table, a line with the case's name before each case."""
        before = ""
        for case, figure, found, limit in self.measured():
            if case != before:
                yield (case, *[""] * (len(COLUMNS) - 1))
                before = case
            yield _row(figure, found, limit)

    def document(self) -> dict[str, Any]:
        """The object that `--json` prints."""
        return {
            "machine": dict(self.machine),
            "scale": attrs.asdict(self.scale),
            "seconds": round(self.seconds, 1),
            "failures": dict(self.failures),
            "figures": [_described(case, figure, found, limit) for case, figure, found, limit in self.measured()],
        }

    def missed(self) -> int:
        """Goals that were not reached."""
        outcomes = (met for _, figure, found, limit in self.measured() for met in _met(figure, found, limit))
        return sum(outcome is False for outcome in outcomes)


def _met(figure: Figure, found: Spread, limit: Spread | None) -> list[bool | None]:
    return [goal.met(found.median, limit.median if limit else None) for goal in figure.goals]


def _row(figure: Figure, found: Spread, limit: Spread | None) -> tuple[str, ...]:
    met = [{True: "yes", False: "no", None: "–"}[outcome] for outcome in _met(figure, found, limit)]
    return (
        f"  {figure.title}",
        f"{number(found.median)} {figure.unit}".rstrip(),
        "" if found.low == found.high else f"{number(found.low)} – {number(found.high)}",
        number(limit.median) if limit else "",
        f"{found.median / limit.median:.2f}×" if limit and limit.median else "",
        "; ".join(goal.text(figure.unit) for goal in figure.goals),
        ", ".join(met),
    )


def _described(case: str, figure: Figure, found: Spread, limit: Spread | None) -> dict[str, Any]:
    return {
        "case": case,
        "key": figure.key,
        "title": figure.title,
        "unit": figure.unit,
        **attrs.asdict(found),
        "limit": limit.median if limit else None,
        "ratio": found.median / limit.median if limit and limit.median else None,
        "goals": [
            {"text": goal.text(figure.unit), "met": outcome}
            for goal, outcome in zip(figure.goals, _met(figure, found, limit), strict=True)
        ],
    }


def number(value: float) -> str:
    """Three digits that count, large numbers with separators."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
