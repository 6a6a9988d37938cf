"""The doors through which supervisors see what went wrong outside: dead letters."""

from typing import Protocol

from attrs import frozen

from hub.dead_letter import DeadLetters
from web.cursors import Cursors
from web.dead_letter import DeadLetterDoors
from web.routes import Route


class Stores(Protocol):
    """What these doors read and write."""

    @property
    def dead_letters(self) -> DeadLetters: ...


@frozen
class Supervision:
    """What these doors stand on."""

    stores: Stores
    cursors: Cursors

    def routes(self) -> list[Route]:
        """All of them."""
        return DeadLetterDoors(self.stores.dead_letters, self.cursors).routes()
