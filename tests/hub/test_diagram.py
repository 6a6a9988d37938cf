"""A table becomes the picture it describes."""

from enum import StrEnum

from hub.diagram import state_diagram


class Door(StrEnum):
    """States of a door."""

    OPEN = "open"
    SHUT = "shut"
    GONE = "gone"


class Hand(StrEnum):
    """What is done to it."""

    PUSH = "push"
    SLAM = "slam"
    KNOCK = "knock"


def test_triggers_label_the_arrows() -> None:
    table = {
        Door.OPEN: {Hand.PUSH: Door.SHUT, Hand.SLAM: Door.SHUT, Hand.KNOCK: Door.OPEN},
        Door.SHUT: {Hand.SLAM: Door.GONE},
        Door.GONE: {},
    }
    assert state_diagram(table).splitlines() == [
        "stateDiagram-v2",
        "    [*] --> open",
        "    open --> shut: push, slam",
        "    shut --> gone: slam",
        "    gone --> [*]",
    ]


def test_a_table_without_triggers_is_drawn_in_the_order_of_its_states() -> None:
    table = {Door.OPEN: frozenset({Door.GONE, Door.SHUT}), Door.SHUT: frozenset[Door](), Door.GONE: frozenset[Door]()}
    assert state_diagram(table).splitlines() == [
        "stateDiagram-v2",
        "    [*] --> open",
        "    open --> shut",
        "    open --> gone",
        "    shut --> [*]",
        "    gone --> [*]",
    ]
