"""Graph's answers about files: where one lies, and the id of one that was uploaded.

Meta, "Media": `GET /{media_id}` gives an address that is good for 5 minutes, the type, the size and the digest;
`POST /{phone_number_id}/media` gives the id.
"""

from attrs import frozen

from hub.whatsapp.answer import Ambiguous, Refused, read_answer
from hub.whatsapp.media import sha256_hex
from hub.whatsapp.payload import Json, decode, mapping, optional_id, text


@frozen
class Located:
    """Where a file lies for the next minutes. `sha256` is lower-case hex, `size` in bytes."""

    url: str
    mime_type: str | None = None
    sha256: str | None = None
    size: int | None = None


@frozen
class Uploaded:
    """WhatsApp has the file under this id for 30 days."""

    provider_id: str


def read_located(status: int, content_type: str, body: bytes) -> Located | Refused | Ambiguous:
    """What the answer to asking for a file means. Total over any bytes."""
    document, refused = _read(status, content_type, body)
    if refused is not None:
        return refused
    url, size = text(document.get("url")), document.get("file_size")
    if url is None:
        return Ambiguous("no_url")
    return Located(
        url,
        text(document.get("mime_type")),
        sha256_hex(document.get("sha256")),
        int(size) if isinstance(size, int | str) and str(size).isdecimal() and len(str(size)) < 16 else None,
    )


def read_uploaded(status: int, content_type: str, body: bytes) -> Uploaded | Refused | Ambiguous:
    """What the answer to an upload means. Total over any bytes."""
    document, refused = _read(status, content_type, body)
    if refused is not None:
        return refused
    provider_id = optional_id(document.get("id"))
    return Ambiguous("no_id") if provider_id is None else Uploaded(provider_id)


def _read(status: int, content_type: str, body: bytes) -> tuple[Json, Refused | Ambiguous | None]:
    """The JSON object of a success, or what else it was. Errors have the same form as those of sending."""
    answer = read_answer(status, content_type, body)
    if isinstance(answer, Refused) or (isinstance(answer, Ambiguous) and answer.reason != "no_id"):
        return {}, answer
    return mapping(decode(body)), None
