"""State machines as pictures: mermaid text made from the `TRANSITIONS` tables, so that docs cannot drift from code."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, TypeVar

State = TypeVar("State", bound=StrEnum)


def state_diagram(transitions: Mapping[State, Mapping[Any, State] | Iterable[State]]) -> str:
    """A mermaid state diagram of a table `{state: {trigger: state}}` or `{state: {state, …}}`.

    Triggers with one source and target share an arrow; an arrow to the state itself is left out, as nothing moves. A
    state that nothing leads to begins, one that nothing leads from ends.
    """
    arrows = {(start, end): labels for start, end, labels in _arrows(transitions)}
    reached = {end for _, end in arrows}
    left = {start for start, _ in arrows}
    lines = ["stateDiagram-v2"]
    lines += [f"    [*] --> {state}" for state in transitions if state not in reached]
    lines += [_line(start, end, labels) for (start, end), labels in arrows.items()]
    lines += [f"    {state} --> [*]" for state in transitions if state not in left]
    return "\n".join(lines)


def _arrows(
    transitions: Mapping[State, Mapping[Any, State] | Iterable[State]],
) -> Iterator[tuple[State, State, list[str]]]:
    order = list(transitions)
    for start, targets in transitions.items():
        triggers: dict[State, list[str]] = {}
        pairs = targets.items() if isinstance(targets, Mapping) else ((None, end) for end in targets)
        for trigger, end in pairs:
            if end != start:
                triggers.setdefault(end, []).extend([trigger.value] if trigger is not None else [])
        for end in sorted(triggers, key=order.index):
            yield start, end, triggers[end]


def _line(start: StrEnum, end: StrEnum, labels: list[str]) -> str:
    return f"    {start} --> {end}" + (f": {', '.join(labels)}" if labels else "")
