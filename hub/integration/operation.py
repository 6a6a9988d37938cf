"""What can be asked of a back end: one operation each, with its time, and one request for it, ready but for the proof
of who asks."""

from collections.abc import Callable, Hashable
from typing import Any

from attrs import field, frozen

from hub.integration.cache import Keep
from hub.integration.wire import Wire


@frozen(kw_only=True)
class Operation:
    """One operation of a back end.

    `timeout` seconds are for one attempt, from the name's resolution to the last byte. One that `acts` changes
    something over there: when its answer is lost nobody knows whether it did. `repeatable`: the back end does the same
    thing once, however often it is asked. `absent_is_done`: 404 and 410 are as good as success. `keep` says how long
    copies of its answers are shown.
    """

    integration: str
    name: str
    timeout: float
    acts: bool = False
    repeatable: bool = True
    signed: bool = False
    absent_is_done: bool = False
    keep: Keep = field(factory=Keep)


@frozen
class Request:
    """One request for an operation. `read` makes the value of the answer's JSON; it raises WrongAnswer for one that
    makes no sense and NotFound for one that is not for the asker. Copies are kept under `key`; None keeps none."""

    operation: Operation
    wire: Wire
    read: Callable[[Any], Any]
    key: Hashable | None = None
