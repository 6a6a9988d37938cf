"""Thumbnails: pictures of messages, small enough for a list of them."""

from aiohttp import web
from attrs import frozen

from hub.errors import NotFound, Unavailable
from hub.media import Thumbnails, Uploads
from hub.media_type import kind_of
from hub.message import ContentType, MediaState
from hub.rights import Permission
from web.body import path_id
from web.principal import principal
from web.routes import Route, Section

HEADERS = {
    "Content-Type": "image/webp",
    "Content-Disposition": "inline",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    # A file never changes under its id, so neither does this.
    "Cache-Control": "private, max-age=604800, immutable",
}


@frozen
class ThumbnailDoors:
    """The door of thumbnails; whoever may see the file may see it small."""

    uploads: Uploads
    thumbnails: Thumbnails

    async def show(self, request: web.Request) -> web.StreamResponse:
        """The picture, small. Raises NotFound, also for what cannot be shown so; Unavailable when too many wait."""
        file = await self.uploads.visible(principal(request).reader, path_id(request))
        is_picture = file is not None and kind_of(file.mime_type) is ContentType.IMAGE
        if file is None or not is_picture or file.state is not MediaState.STORED:
            raise NotFound
        place = await self.thumbnails.of(file.id)
        if place is None:
            raise NotFound
        return web.FileResponse(place, headers=HEADERS)

    def routes(self) -> list[Route]:
        """The one door."""
        route, see = Section("media", "/api/v1/media").route, Permission.MEDIA_READ
        return [route("GET", "/{id}/thumbnail", self.show, "A picture, small", see, errors=(NotFound, Unavailable))]
