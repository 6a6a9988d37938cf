"""The doors of exports as the desk has them."""

from prometheus_client import CollectorRegistry

from hub.rights import Permission
from web.export_metrics import ExportMetrics
from web.exports import ExportsDesk


class Stores:
    """Nothing is asked here."""

    exports = export_rows = viewers = api_keys = None


def test_they_are_for_those_who_may() -> None:
    desk = ExportsDesk(Stores(), None, None, ExportMetrics(CollectorRegistry()), 4)  # type: ignore[arg-type]
    doors = {(route.method, route.path.removeprefix("/api/v1/exports")): route.permission for route in desk.routes()}
    read, make = Permission.EXPORTS_READ, Permission.EXPORTS_MAKE
    assert doors == {("GET", ""): read, ("POST", ""): make, ("GET", "/{id}"): read, ("GET", "/{id}/file"): read}
