"""The company's files to WhatsApp: uploaded when a message with one is sent, and again only when that has lapsed.

Meta, "Media": `POST /{phone_number_id}/media` gives an id that is good for 30 days.
"""

import asyncio
import logging
from datetime import timedelta
from typing import BinaryIO
from uuid import UUID

import aiohttp
from attrs import frozen

from hub.errors import HubError, NotFound, Unavailable, UnsupportedMedia
from hub.media import File, FileStore, OutgoingFiles
from hub.media_type import EXTENSIONS, OCTETS, kind_of
from hub.whatsapp.answer import Ambiguous, Refused
from hub.whatsapp.media import check_file
from hub.whatsapp.media_answer import Uploaded, read_uploaded
from hub.whatsapp.refusals import Action, rule
from web.outgoing_guard import BodyTooLarge, drain
from web.whatsapp.carrier import Api

log = logging.getLogger("hub.whatsapp")

LIFE = timedelta(days=29)
"""How long an uploaded file's id is used; WhatsApp keeps it for 30 days."""

TRYING_AGAIN_HELPS = frozenset(
    {Action.CHANNEL_DOWN, Action.RETRY, Action.RETRY_NUMBER, Action.RETRY_CONVERSATION, Action.RETRY_ONCE}
)


@frozen
class WhatsAppUpload:
    """Uploads for one number. `timeout` is for a whole upload."""

    api: Api
    channel: str
    session: aiohttp.ClientSession
    rows: OutgoingFiles
    files: FileStore
    timeout: aiohttp.ClientTimeout

    async def __call__(self, media_id: UUID) -> str:
        """WhatsApp's id of our file. Raises NotFound, UnsupportedMedia; Unavailable when another try may help."""
        file = await self.rows.outgoing(media_id, self.channel)
        if file is None:
            raise NotFound("The file is not there.")
        if file.provider_id is not None:
            return file.provider_id
        mime_type = file.mime_type or OCTETS
        check_file(str(kind_of(mime_type)), mime_type, file.size or 0)
        content = await self.files.open(media_id)
        if content is None:
            raise NotFound("The file is not there.")
        try:
            provider_id = await self._post(file, mime_type, content)
        finally:
            await asyncio.to_thread(content.close)
        await self.rows.known_to_channel(media_id, self.channel, provider_id, LIFE)
        return provider_id

    async def _post(self, file: File, mime_type: str, content: BinaryIO) -> str:
        form = aiohttp.FormData({"messaging_product": "whatsapp", "type": mime_type})
        # The name that the customer sees goes with the message; Meta's copy needs none.
        form.add_field("file", content, filename=f"{file.id}.{EXTENSIONS[mime_type][0]}", content_type=mime_type)
        url = f"{self.api.graph_url.rstrip('/')}/{self.api.version}/{self.api.phone_number_id}/media"
        headers = {"Authorization": f"Bearer {self.api.access_token}"}
        try:
            call = self.session.post(url, data=form, headers=headers, timeout=self.timeout, allow_redirects=False)
            async with call as response:
                body = await drain(response, self.api.largest)
        except (BodyTooLarge, TimeoutError, aiohttp.ClientError, OSError) as error:
            log.warning("an upload was not answered", extra={"reason": type(error).__name__})
            raise Unavailable("WhatsApp could not be reached with the file.") from error
        answer = read_uploaded(response.status, response.headers.get("Content-Type", ""), body)
        if isinstance(answer, Uploaded):
            return answer.provider_id
        raise _refused(answer)


def _refused(answer: Refused | Ambiguous) -> HubError:
    """An upload can always be repeated: nobody sees a file without a message."""
    if isinstance(answer, Ambiguous):
        log.warning("an upload's answer says nothing", extra={"reason": answer.reason})
        return Unavailable("WhatsApp did not take the file.")
    log.warning("an upload was refused", extra={"code": answer.code})
    found = rule(answer.code, is_transient=answer.is_transient)
    return Unavailable(found.sentence) if found.action in TRYING_AGAIN_HELPS else UnsupportedMedia(found.sentence)
