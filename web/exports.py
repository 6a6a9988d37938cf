"""The doors of exports, put together."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from attrs import frozen

from hub.api_key import ApiKeys
from hub.export import Exports, ExportSource
from hub.ports import Viewers
from web.cursors import Cursors
from web.export import ExportDoors
from web.export_file import ExportFileDoors, Standing
from web.export_metrics import ExportMetrics
from web.routes import Route
from web.turns import Turns


class Stores(Protocol):
    """What these doors read and write."""

    @property
    def exports(self) -> Exports: ...
    @property
    def export_rows(self) -> ExportSource: ...
    @property
    def viewers(self) -> Viewers: ...
    @property
    def api_keys(self) -> ApiKeys: ...


@frozen
class ExportsDesk:
    """What these doors stand on. `at_once` downloads run at the same time."""

    stores: Stores
    cursors: Cursors
    clock: Callable[[], datetime]
    figures: ExportMetrics
    at_once: int

    def routes(self) -> list[Route]:
        """All of them."""
        stores, turns = self.stores, Turns(self.at_once, line=0)
        standing = Standing(stores.viewers, stores.api_keys)
        return [
            *ExportDoors(stores.exports, self.cursors, self.clock).routes(),
            *ExportFileDoors(stores.exports, stores.export_rows, standing, turns, self.figures).routes(),
        ]
