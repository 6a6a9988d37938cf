"""Files: people put one in and get its id for a message; those who may see a message get its file.

What is shown in place are pictures, sounds, films and PDF, by the type that their bytes show; everything else is only
ever saved. Nothing of it can run: the type is fixed, and the answer's own policy is an empty sandbox.
"""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from uuid import UUID

from aiohttp import web
from attrs import frozen

from hub.errors import (
    IdempotencyKeyInvalid,
    IdempotencyKeyReused,
    Invalid,
    NotFound,
    PayloadTooLarge,
    RequestTimeout,
    UnsupportedMedia,
)
from hub.ids import uuid7
from hub.media import File, FileStore, IncomingFile, StoredFile, Upload, Uploads
from hub.media_type import INLINE, OCTETS, clean_name, kind_of
from hub.message import MediaState
from hub.rights import Permission, Reader
from web import answers
from web.body import path_id
from web.idempotency import KEY
from web.multipart import FormLimits, Part, read_file
from web.principal import principal
from web.routes import Route, Section

log = logging.getLogger("hub.media")


@frozen
class MediaSeen:
    """A file that was put in. `type` is what a message with it counts as."""

    id: UUID
    url: str
    type: str
    mime_type: str
    size: int
    filename: str


def seen(upload: Upload) -> MediaSeen:
    """A file as its uploader sees it."""
    kind = str(kind_of(upload.mime_type))
    return MediaSeen(upload.id, f"/api/v1/media/{upload.id}", kind, upload.mime_type, upload.size, upload.filename)


@frozen
class MediaDoors:
    """The doors of files. `count` is told the kind and size of each file that was taken in."""

    uploads: Uploads
    files: FileStore
    limits: FormLimits
    count: Callable[[str, int], None]

    # In

    async def create(self, request: web.Request) -> web.Response:
        """Takes a colleague's file."""
        who = principal(request)
        kept, replayed = await self.take(request, who.user_id, who.key)
        shown = seen(kept)
        return answers.json(shown, 201, {"Location": shown.url, **replayed})

    async def take(self, request: web.Request, uploader: UUID, scope: str) -> tuple[Upload, dict[str, str]]:
        """Takes a file in the form field `file`. Raises UnsupportedMedia, PayloadTooLarge, Invalid.

        With an Idempotency-Key, the same file again is answered with the first one, and a header that says so; `scope`
        keeps the keys of different senders apart.
        """
        key = self._key(request, scope)
        async with self.files.incoming(self.limits.size) as incoming:
            part = await read_file(request, self.limits, incoming.write)
            found = await incoming.seal(part.content_type)
            upload = _upload(uploader, part, found, key)
            kept = await self._keep(incoming, upload)
        if kept.sha256 != upload.sha256:
            raise IdempotencyKeyReused
        return kept, {"Idempotent-Replayed": "true"} if kept.id != upload.id else {}

    async def _keep(self, incoming: IncomingFile, upload: Upload) -> Upload:
        """The bytes come before the row, so that a row always has its file."""
        await incoming.keep(upload.id)
        kept = await self.uploads.upload(upload)
        if kept.id != upload.id:
            await self.files.remove(upload.id)
        else:
            self.count(str(kind_of(upload.mime_type)), upload.size)
        return kept

    @staticmethod
    def _key(request: web.Request, scope: str) -> str | None:
        given = request.headers.get("Idempotency-Key")
        if given is None:
            return None
        if not KEY.fullmatch(given):
            raise IdempotencyKeyInvalid
        return f"{scope}|{given}"

    # Out

    async def show(self, request: web.Request) -> web.StreamResponse:
        """A file as this colleague may see it. Raises NotFound."""
        return await self.answer(await self.uploads.visible(principal(request).reader, path_id(request)))

    async def answer(self, file: File | None) -> web.StreamResponse:
        """The file, or the part of it that was asked for. Raises NotFound, also while it is not here yet."""
        if file is None or file.state is not MediaState.STORED:
            raise NotFound
        if not await self.files.exists(file.id):
            log.error("a stored file is missing", extra={"media_id": str(file.id)})
            raise NotFound
        return web.FileResponse(self.files.path(file.id), headers=headers(file))

    async def attachable(self, who: Reader, media_id: UUID) -> dict[str, Any] | None:
        """A file that this person may put into a message, as the message keeps it; None when there is no such."""
        file = await self.uploads.visible(who, media_id)
        kind = kind_of(file.mime_type) if file is not None and file.state is MediaState.STORED else None
        if file is None or kind is None:
            return None
        return {
            "id": str(file.id),
            "type": kind.value,
            "mime_type": file.mime_type,
            "filename": file.filename,
            "size": file.size,
        }

    def routes(self) -> list[Route]:
        """Everything under `media`."""
        route = Section("media", "/api/v1/media").route
        refused = (Invalid, PayloadTooLarge, UnsupportedMedia, RequestTimeout)
        repeated = (IdempotencyKeyInvalid, IdempotencyKeyReused)
        return [
            route(
                "POST",
                "",
                self.create,
                "Upload a file",
                Permission.MEDIA_WRITE,
                returns=MediaSeen,
                status=201,
                errors=refused + repeated,
                description="multipart/form-data with one field, `file`. Takes an Idempotency-Key.",
            ),
            route("GET", "/{id}", self.show, "A file", Permission.MEDIA_READ, errors=(NotFound,)),
        ]


def _upload(uploader: UUID, part: Part, found: StoredFile, key: str | None) -> Upload:
    if found.size == 0:
        raise Invalid(errors=[{"path": "$.file", "message": "must not be empty"}])
    if found.mime_type is None or kind_of(found.mime_type) is None:
        raise UnsupportedMedia(f"This kind of file is not taken: {found.mime_type or 'unknown'}.")
    filename = clean_name(part.filename, found.mime_type)
    return Upload(uuid7(), uploader, found.mime_type, found.size, found.sha256, filename, key)


def headers(file: File) -> dict[str, str]:
    """How a file is answered. Browsers may keep it but have to ask each time whether it is still theirs to see."""
    mime_type = file.mime_type or OCTETS
    inline = mime_type in INLINE
    return {
        "Content-Type": mime_type if inline else OCTETS,
        "Content-Disposition": disposition("inline" if inline else "attachment", clean_name(file.filename, mime_type)),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-cache",
    }


def disposition(kind: str, filename: str) -> str:
    """RFC 6266: the name once for everybody, in ASCII, and once as it is."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in filename)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
