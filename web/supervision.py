"""The doors through which supervisors see what went wrong outside: alerts and dead letters."""

from typing import Protocol

from attrs import frozen

from hub.dead_letter import DeadLetters
from web.alert import AlertDoors, Alerts
from web.cursors import Cursors
from web.dead_letter import DeadLetterDoors
from web.routes import Route


class Stores(Protocol):
    """What these doors read and write."""

    @property
    def dead_letters(self) -> DeadLetters: ...
    @property
    def alerts(self) -> Alerts: ...


@frozen
class Supervision:
    """What these doors stand on."""

    stores: Stores
    cursors: Cursors

    def routes(self) -> list[Route]:
        """All of them."""
        letters, alerts = self.stores.dead_letters, self.stores.alerts
        return [*AlertDoors(alerts, self.cursors).routes(), *DeadLetterDoors(letters, self.cursors).routes()]
