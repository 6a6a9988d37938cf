"""What can be asked of a back end: one operation each, with its time, and one request for it, ready but for the proof
of who asks."""

from collections.abc import Callable, Hashable
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from hub.integration.cache import Keep
from hub.integration.wire import Wire


class Absent(StrEnum):
    """What 404 and 410 mean: there is no such thing; a refusal like others; what was wanted is so already."""

    MISSING = "missing"
    REFUSED = "refused"
    DONE = "done"


@frozen(kw_only=True)
class Operation:
    """One operation of a back end.

    `timeout` seconds are for one attempt, from the name's resolution to the last byte. One that `acts` changes
    something over there: when its answer is lost nobody knows whether it did. `repeatable`: the back end does the same
    thing once, however often it is asked. `keep` says how long
    copies of its answers are shown.
    """

    integration: str
    name: str
    timeout: float
    acts: bool = False
    repeatable: bool = True
    signed: bool = False
    absent: Absent = Absent.MISSING
    keep: Keep = field(factory=Keep)


@frozen
class Request:
    """One request for an operation. `read` makes the value of the answer's JSON; it raises WrongAnswer for one that
    makes no sense and NotFound for one that is not for the asker. Copies are kept under `key`; None keeps none."""

    operation: Operation
    wire: Wire
    read: Callable[[Any], Any]
    key: Hashable | None = None
