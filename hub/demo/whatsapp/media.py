"""Files: uploaded by the business or sent by customers, looked up by id, fetched from short-lived links.

Source: Meta's page "Business phone number media". An id from an upload lives 30 days, one from a customer 7; a link
lives 5 minutes and needs the Bearer token. The sha256 is hex when a file is looked up and base64 in webhooks.
"""

import base64
import hashlib
from typing import Any

from attrs import define

from hub.demo.whatsapp.clock import DAY, MINUTE, Clock
from hub.demo.whatsapp.errors import GraphError
from hub.demo.whatsapp.ids import Ids

CDN_PATH = "/lookaside/whatsapp_business/attachments/"
LINK_LIFE = 5 * MINUTE
UPLOAD_LIFE, INBOUND_LIFE = 30 * DAY, 7 * DAY
BYTES_KEPT = 512_000_000
"""All files together; beyond, the oldest are gone, as if expired."""
LINKS_KEPT = 50_000

MB = 1_000_000
LARGEST = {"image": 5 * MB, "video": 16 * MB, "audio": 16 * MB, "document": 100 * MB, "sticker": MB // 2}
OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES: dict[str, frozenset[str]] = {
    "image": frozenset({"image/jpeg", "image/png"}),
    "video": frozenset({"video/mp4", "video/3gpp", "video/3gp"}),
    "audio": frozenset({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}),
    "sticker": frozenset({"image/webp"}),
    "document": frozenset(
        {
            "text/plain",
            "application/pdf",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            f"{OFFICE}wordprocessingml.document",
            f"{OFFICE}spreadsheetml.sheet",
            f"{OFFICE}presentationml.presentation",
        }
    ),
}


@define
class File:
    """A stored file. `expires_at` is the world's time."""

    id: str
    content: bytes
    mime_type: str
    expires_at: float
    filename: str | None = None

    @property
    def sha256(self) -> bytes:
        """The digest, raw."""
        return hashlib.sha256(self.content).digest()


@define
class Link:
    """A short-lived address of a file."""

    media_id: str
    expires_at: float


def kind_of(mime_type: str) -> str | None:
    """The message type that takes this MIME type (parameters such as `codecs` ignored), None if none does."""
    plain = mime_type.split(";")[0].strip().lower()
    return next((kind for kind, types in TYPES.items() if plain in types), None)


class MediaStore:
    """The files of one business number."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids
        self._files: dict[str, File] = {}
        self._links: dict[str, Link] = {}
        self._bytes = 0
        self.base_url = ""
        """Where links point to; set when the world's port is known."""

    def upload(self, content: bytes, mime_type: str, filename: str | None = None) -> File:
        """Keep a file of the business. Raises GraphError 131053 for a type or size that WhatsApp does not take."""
        kind = kind_of(mime_type)
        if kind is None:
            raise GraphError(131053, f"Unsupported file type: {mime_type}")
        if not content or len(content) > LARGEST[kind]:
            raise GraphError(131053, f"File size {len(content)} is outside 1-{LARGEST[kind]} bytes for {kind}")
        return self._keep(content, mime_type, filename, UPLOAD_LIFE)

    def receive(self, content: bytes, mime_type: str, filename: str | None = None) -> File:
        """Keep a file that a customer sent; any type."""
        return self._keep(content, mime_type, filename, INBOUND_LIFE)

    def get(self, media_id: str) -> File | None:
        """The file, unless it is unknown or expired."""
        file = self._files.get(media_id)
        return file if file is not None and self._clock.now() < file.expires_at else None

    def delete(self, media_id: str) -> bool:
        """Forget a file; whether it was there."""
        file = self._files.pop(media_id, None)
        if file is not None:
            self._bytes -= len(file.content)
        return file is not None

    def link(self, file: File) -> str:
        """A new address, valid for 5 minutes."""
        expires_at = self._clock.now() + LINK_LIFE
        token = self._ids.token()
        self._links[token] = Link(file.id, expires_at)
        if len(self._links) > LINKS_KEPT:
            del self._links[next(iter(self._links))]
        return f"{self.base_url}{CDN_PATH}?mid={file.id}&ext={int(expires_at)}&hash={token}"

    def follow(self, media_id: str, token: str) -> File | None:
        """The file behind an address, unless the address is wrong or expired."""
        link = self._links.get(token)
        if link is None or link.media_id != media_id or self._clock.now() >= link.expires_at:
            return None
        return self.get(media_id)

    def description(self, file: File) -> dict[str, Any]:
        """The answer to looking a file up."""
        return {
            "url": self.link(file),
            "mime_type": file.mime_type,
            "sha256": file.sha256.hex(),
            "file_size": len(file.content),
            "id": file.id,
            "messaging_product": "whatsapp",
        }

    def announcement(self, file: File, *, with_url: bool) -> dict[str, Any]:
        """What a webhook says of a file."""
        said: dict[str, Any] = {
            "mime_type": file.mime_type,
            "sha256": base64.b64encode(file.sha256).decode(),
            "id": file.id,
        }
        if with_url:
            said["url"] = self.link(file)
        return said

    def _keep(self, content: bytes, mime_type: str, filename: str | None, life: float) -> File:
        file = File(self._ids.number(), content, mime_type, self._clock.now() + life, filename)
        self._files[file.id] = file
        self._bytes += len(content)
        while self._bytes > BYTES_KEPT and len(self._files) > 1:
            self.delete(next(iter(self._files)))
        return file
