"""Exports: ordering one, and seeing what was ordered. The file itself: `web.export_file`."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from aiohttp import web
from attrs import frozen

from hub.errors import Invalid, NotFound
from hub.export import Export, ExportFormat, ExportKind, Exports, Span, check_span
from hub.ids import uuid7
from hub.rights import Permission, sees_all
from web import answers
from web.body import path_id, query, read
from web.cursors import Cursors
from web.paging import Page
from web.principal import Principal, principal
from web.routes import Route, Section


@frozen(kw_only=True)
class ExportNew:
    """What is to be exported: of `from` and after, before `to` (now, if it is not given), at most 366 days;
    conversations by when they began, messages by when the hub stored them. `bom` puts a byte order mark before CSV."""

    kind: ExportKind
    format: ExportFormat = ExportFormat.CSV
    from_: datetime
    to: datetime | None = None
    team_id: UUID | None = None
    bom: bool = False


@frozen
class ExportSeen:
    """An export. `file` is where its rows are read, anew each time; `downloads` counts those that came to their end, of
    which the last one had `rows`."""

    id: UUID
    kind: ExportKind
    format: ExportFormat
    from_: datetime
    to: datetime
    team_id: UUID | None
    bom: bool
    requested_by: str
    requested_name: str
    created_at: datetime
    file: str
    downloads: int
    downloaded_at: datetime | None
    rows: int | None


@frozen
class ExportsSeen:
    """A page of exports, the newest first."""

    data: tuple[ExportSeen, ...]
    next_cursor: str | None


def seen(export: Export) -> ExportSeen:
    """An export as the outside sees it."""
    return ExportSeen(
        export.id,
        export.kind,
        export.format,
        export.span.begin,
        export.span.end,
        export.span.team_id,
        export.bom,
        export.requested_by,
        export.requested_name,
        export.created_at,
        f"/api/v1/exports/{export.id}/file",
        export.downloads,
        export.downloaded_at,
        export.rows,
    )


async def ordered(exports: Exports, who: Principal, id: UUID) -> Export:
    """One's own export; anybody's for an administrator. Raises NotFound."""
    export = await exports.find(id)
    if export is None or _own(who) not in (None, export.requested_by):
        raise NotFound
    return export


def _own(who: Principal) -> str | None:
    """Whose exports this one sees; None for everybody's."""
    return None if who.may(Permission.AUDIT_READ) else who.key


@frozen
class ExportDoors:
    """The doors of orders."""

    exports: Exports
    cursors: Cursors
    clock: Callable[[], datetime]

    async def create(self, request: web.Request) -> web.Response:
        """Orders one. Raises Invalid for a time that is too long, and for a team that is not the asker's."""
        who, given, now = principal(request), await read(request, ExportNew), self.clock()
        span = Span(given.from_, given.to or now, given.team_id)
        check_span(span)
        if span.team_id is not None and not sees_all(who.role) and span.team_id not in who.team_ids:
            raise Invalid(errors=[{"path": "$.team_id", "message": "is not a team of yours"}])
        bom = given.bom and given.format is ExportFormat.CSV
        export = Export(uuid7(), given.kind, given.format, span, bom, who.key, who.name, now)
        await self.exports.create(export)
        return answers.json(seen(export), 201)

    async def index(self, request: web.Request) -> web.Response:
        """One's own, the newest first; everybody's for an administrator."""
        who, asked = principal(request), query(request, Page)
        listing = f"exports:{who.key}"
        before = UUID(self.cursors.open(listing, asked.cursor)[0]) if asked.cursor else None
        found = await self.exports.page(_own(who), before, asked.limit + 1)
        return answers.json(
            self.cursors.page(listing, found, asked.limit, after=lambda export: (export.id,), show=seen)
        )

    async def show(self, request: web.Request) -> web.Response:
        """One. Raises NotFound."""
        return answers.json(seen(await ordered(self.exports, principal(request), path_id(request))))

    def routes(self) -> list[Route]:
        """Everything under `exports` but files."""
        route, see, make = Section("exports", "/api/v1/exports").route, Permission.EXPORTS_READ, Permission.EXPORTS_MAKE
        return [
            route("GET", "", self.index, "Exports", see, query=Page, returns=ExportsSeen),
            route(
                "POST",
                "",
                self.create,
                "Order an export",
                make,
                body=ExportNew,
                returns=ExportSeen,
                status=201,
                idempotent=True,
                atomic=True,
            ),
            route("GET", "/{id}", self.show, "One export", see, returns=ExportSeen, errors=(NotFound,)),
        ]
