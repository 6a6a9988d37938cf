"""How many deliveries are taken in at once, and what is said to one too many."""

from collections.abc import Callable

from attrs import define, frozen

from hub.errors import HubError, Unavailable


@define
class InHand:
    """How many deliveries are being stored. Above the limit a delivery is refused at once instead of waiting longer
    than its sender does: its sender brings it again, and those in hand are answered in time."""

    limit: int
    count: int = 0
    coming: int = 0
    """Let in at a gate, and not yet with their handler: the loop reads from many connections before it handles what it
    read."""

    @property
    def full(self) -> bool:
        """Whether one more would be too many."""
        return self.count + self.coming >= self.limit

    def __enter__(self) -> None:
        if self.count >= self.limit:
            raise too_many()
        self.count += 1

    def __exit__(self, *raised: object) -> None:
        self.count -= 1


def too_many() -> HubError:
    """What a delivery is refused with."""
    return Unavailable("The hub has as many deliveries in hand as it can store in time.", retry_after=1)


@frozen
class Gate:
    """A literal address of a route whose handler is `in_hand`, so that a delivery can be refused before it is handled;
    `refused` is told of each."""

    path: str
    in_hand: InHand
    refused: Callable[[], None]
