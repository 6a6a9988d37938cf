"""An export's file: rows written as they are read, by what the one who downloads may see at each moment."""

import asyncio
import logging

from aiohttp import web
from attrs import frozen

from hub.api_key import ApiKeys
from hub.errors import Forbidden, NotFound, Unavailable
from hub.export import Export, ExportFormat, Exports, ExportSource, writer
from hub.ports import Viewers
from hub.rights import Permission, Reader, may
from web.body import path_id
from web.export import ordered
from web.export_metrics import ExportMetrics
from web.principal import Principal, principal
from web.routes import Route, Section
from web.turns import Turns

log = logging.getLogger("hub.export")

SLOW = 30.0
"""Seconds that a reader may take for a portion; then the download is cut, and its turn is another's."""

_TYPES = {ExportFormat.CSV: "text/csv", ExportFormat.JSONL: "application/jsonl"}


@frozen
class Standing:
    """What somebody may see by now: a download takes long, and rights change meanwhile."""

    viewers: Viewers
    keys: ApiKeys

    async def of(self, who: Principal) -> Reader:
        """Who it is that reads on. Raises Forbidden when he may not any more."""
        if who.kind == "key":
            proof = await self.keys.live(who.user_id)
            if proof is None or Permission.EXPORTS_READ not in proof.key.rights:
                raise Forbidden
            return who.reader
        viewer = (await self.viewers.current((who.user_id,))).get(who.user_id)
        if viewer is None or viewer.token_version != who.token_version or not may(viewer.role, Permission.EXPORTS_READ):
            raise Forbidden
        if who.session_id is not None and not await self.viewers.signed_in((who.session_id,)):
            raise Forbidden
        return Reader(viewer.user_id, viewer.role, viewer.team_ids)


@frozen
class ExportFileDoors:
    """The door of files. Above the turns there are, the next download gets 503."""

    exports: Exports
    source: ExportSource
    standing: Standing
    turns: Turns
    figures: ExportMetrics

    async def download(self, request: web.Request) -> web.StreamResponse:
        """The rows as a file. Raises NotFound, Forbidden, and Unavailable when too many are downloaded already.

        The file ends early, with its connection, when the asker may not read on, takes too long, or the database goes
        away: what came to its end is whole.
        """
        who = principal(request)
        export = await ordered(self.exports, who, path_id(request))
        outcome = "refused"
        try:
            async with self.turns.turn():
                outcome = "cut"
                with self.figures.running():
                    response = await self._written(request, who, export)
                outcome = "whole"
                return response
        finally:
            self.figures.ended(outcome)

    async def _written(self, request: web.Request, who: Principal, export: Export) -> web.StreamResponse:
        written, reader = writer(export.kind, export.format, bom=export.bom), await self.standing.of(who)
        response, rows = _file(export), 0
        await response.prepare(request)
        await _write(response, written.head)
        after = None
        while True:
            portion = await self.source.portion(export.kind, reader, export.span, after)
            await _write(response, b"".join(map(written.line, portion.records)))
            rows += len(portion.records)
            self.figures.wrote(export.kind.value, len(portion.records))
            if portion.after is None:
                break
            after, reader = portion.after, await self.standing.of(who)
        await self.exports.downloaded(export.id, rows)
        await response.write_eof()
        log.info("export downloaded", extra={"principal": who.key, "export_id": str(export.id), "rows": rows})
        return response

    def routes(self) -> list[Route]:
        """The one door."""
        route = Section("exports", "/api/v1/exports/{id}/file").route
        return [
            route(
                "GET",
                "",
                self.download,
                "The export as a file",
                Permission.EXPORTS_READ,
                errors=(NotFound, Unavailable),
                stream=True,
            )
        ]


def _file(export: Export) -> web.StreamResponse:
    span, suffix = export.span, export.format.value
    name = f"{export.kind.value}-{span.begin:%Y%m%d}-{span.end:%Y%m%d}.{suffix}"
    response = web.StreamResponse(headers={"Content-Disposition": f'attachment; filename="{name}"'})
    response.content_type = _TYPES[export.format]
    response.charset = "utf-8"
    return response


async def _write(response: web.StreamResponse, portion: bytes) -> None:
    """Returns when it is on its way. Raises Unavailable when the reader does not take it."""
    if not portion:
        return  # an empty piece would be the end
    try:
        async with asyncio.timeout(SLOW):
            await response.write(portion)
    except TimeoutError:
        raise Unavailable("The export was read too slowly.") from None
