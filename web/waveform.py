"""How the sounds of messages look, so that a voice note shows where somebody speaks before it is played."""

from aiohttp import web
from attrs import frozen

from hub.errors import NotFound, Unavailable
from hub.media import Uploads, Waveforms
from hub.media_type import kind_of
from hub.message import ContentType, MediaState
from hub.rights import Permission
from web import answers
from web.body import path_id
from web.principal import principal
from web.routes import Route, Section


@frozen
class WaveformSeen:
    """The loudest moments of 64 equal parts, from 0 to 100, and the length in seconds. Null for what cannot be heard,
    is larger than 16 MiB or longer than half an hour."""

    peaks: tuple[int, ...] | None
    duration: float | None


@frozen
class WaveformDoors:
    """The door of peaks; whoever may see the file may see them."""

    uploads: Uploads
    waveforms: Waveforms

    async def show(self, request: web.Request) -> web.Response:
        """The peaks of a sound. Raises NotFound, also for what is no sound; Unavailable when too many wait."""
        file = await self.uploads.visible(principal(request).reader, path_id(request))
        is_sound = file is not None and kind_of(file.mime_type) is ContentType.AUDIO
        if file is None or not is_sound or file.state is not MediaState.STORED:
            raise NotFound
        found = await self.waveforms.of(file)
        shown = WaveformSeen(found.peaks, found.duration) if found else WaveformSeen(None, None)
        return answers.json(shown, headers={"Cache-Control": "private, max-age=604800, immutable"})

    def routes(self) -> list[Route]:
        """The one door."""
        route, see = Section("media", "/api/v1/media").route, Permission.MEDIA_READ
        errors = (NotFound, Unavailable)
        return [route("GET", "/{id}/peaks", self.show, "How a sound looks", see, returns=WaveformSeen, errors=errors)]
