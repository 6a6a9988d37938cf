"""Files of the business number: upload, delete, and the file itself under its short-lived link.

Looking an id up is in `account_routes`, since Graph has one path for every kind of id.
"""

import orjson
from aiohttp import web

from hub.demo.whatsapp.door import Door, unknown
from hub.demo.whatsapp.errors import GraphError
from hub.demo.whatsapp.fault_answers import Answer
from hub.demo.whatsapp.faults import Fault
from hub.demo.whatsapp.media import CDN_PATH, MediaStore


class MediaRoutes:
    """The handlers. `add_to` puts them on an application."""

    def __init__(self, door: Door, media: MediaStore) -> None:
        self._door, self._media = door, media

    def add_to(self, app: web.Application) -> None:
        """Every path of this module."""
        self._door.add(app, "POST", "/{node}/media", self._upload)
        self._door.add(app, "DELETE", "/{node}", self._delete)
        app.router.add_get(CDN_PATH, self._door.guarded(self._download))

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        self._door.require_phone(request)
        form = await request.post()
        if form.get("messaging_product") != "whatsapp":
            raise GraphError(100, "(#100) The parameter messaging_product is required.")
        part = form.get("file")
        if not isinstance(part, web.FileField):
            raise GraphError(100, "(#100) The parameter file is required.")
        with part.file:
            content, filename = part.file.read(), part.filename
        mime_type = str(form.get("type") or part.content_type)

        async def act(_: Fault | None) -> Answer:
            return Answer(orjson.dumps({"id": self._media.upload(content, mime_type, filename).id}))

        return await self._door.under_fault(request, "upload", act)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        async def act(_: Fault | None) -> Answer:
            file = self._media.follow(request.query.get("mid", ""), request.query.get("hash", ""))
            if file is None:
                raise GraphError(100, "The link has expired.", http=404)
            return Answer(file.content, file.mime_type)

        return await self._door.under_fault(request, "download", act)

    async def _delete(self, request: web.Request) -> web.StreamResponse:
        if not self._media.delete(request.match_info["node"]):
            raise unknown(request)
        return web.json_response({"success": True})
