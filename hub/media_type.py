"""Types of files: which may be sent, which a browser may show by itself, and names that are safe to save under.

A type counts only as far as the bytes show it (`storage.media_type`); what a sender declares is a label.
"""

import re
import unicodedata
from collections.abc import Mapping

from hub.message import ContentType

OCTETS = "application/octet-stream"

OFFICE = "application/vnd.openxmlformats-officedocument."

KINDS: Mapping[str, ContentType] = {
    **dict.fromkeys(("image/jpeg", "image/png", "image/gif", "image/webp"), ContentType.IMAGE),
    **dict.fromkeys(("video/mp4", "video/3gpp"), ContentType.VIDEO),
    **dict.fromkeys(("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"), ContentType.AUDIO),
    **dict.fromkeys(
        (
            "application/pdf",
            "text/plain",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            OFFICE + "wordprocessingml.document",
            OFFICE + "spreadsheetml.sheet",
            OFFICE + "presentationml.presentation",
        ),
        ContentType.DOCUMENT,
    ),
}
"""What may be uploaded, and what a message with it counts as. A channel may take less of it."""

INLINE = frozenset(mime_type for mime_type, kind in KINDS.items() if kind is not ContentType.DOCUMENT) | {
    "application/pdf"
}
"""What a browser shows without running anything of it; everything else is only ever downloaded."""

EXTENSIONS: Mapping[str, tuple[str, ...]] = {
    "image/jpeg": ("jpg", "jpeg", "jfif"),
    "image/png": ("png",),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "video/mp4": ("mp4", "m4v"),
    "video/3gpp": ("3gp", "3gpp"),
    "audio/aac": ("aac",),
    "audio/amr": ("amr",),
    "audio/mpeg": ("mp3",),
    "audio/mp4": ("m4a", "mp4"),
    "audio/ogg": ("ogg", "oga", "opus"),
    "application/pdf": ("pdf",),
    "text/plain": ("txt", "csv", "tsv", "log", "md", "json", "eml"),
    "application/msword": ("doc",),
    "application/vnd.ms-excel": ("xls",),
    "application/vnd.ms-powerpoint": ("ppt",),
    OFFICE + "wordprocessingml.document": ("docx",),
    OFFICE + "spreadsheetml.sheet": ("xlsx",),
    OFFICE + "presentationml.presentation": ("pptx",),
}
"""The endings that files of a type have; the first is given to one that has none of them."""

NAME_LIMIT = 200
"""Characters of a file's name; the middle of a longer one is cut out, its ending stays."""

_MIME_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,62}/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}")


def plain_type(declared: str | None) -> str | None:
    """`Audio/OGG; codecs=opus` is `audio/ogg`; None for what is no media type."""
    plain = (declared or "").partition(";")[0].strip().lower()
    return plain if _MIME_TYPE.fullmatch(plain) else None


def kind_of(mime_type: str | None) -> ContentType | None:
    """What a message with such a file counts as; None when it may not be sent."""
    return KINDS.get(mime_type or "")


def label(shown: str | None, declared: str | None) -> str:
    """The type that is kept of a file: what its bytes show, else the declared one unless that claims to be more."""
    if shown is not None:
        return shown
    claimed = plain_type(declared)
    return OCTETS if claimed is None or claimed in KINDS else claimed


def clean_name(given: str | None, mime_type: str) -> str:
    """A name to save under: no folders, no invisible or reordering characters, not hidden, and with an ending that its
    type has, so that `invoice.exe` with a PDF in it is `invoice.exe.pdf`."""
    name = unicodedata.normalize("NFC", given or "").replace("\\", "/").rpartition("/")[2]
    name = "".join(" " if character.isspace() else character for character in name if _is_visible(character))
    name = re.sub(r'[<>:"|?*]', "_", name).strip(" .") or "file"
    endings = EXTENSIONS.get(mime_type)
    if endings and name.rpartition(".")[2].lower() not in endings:
        name = f"{name}.{endings[0]}"
    return _shortened(name)


def _is_visible(character: str) -> bool:
    """Controls, formatting marks (among them those that turn the direction), surrogates and private ones are not."""
    return character.isspace() or not unicodedata.category(character).startswith("C")


def _shortened(name: str) -> str:
    if len(name) <= NAME_LIMIT:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 16:
        return name[:NAME_LIMIT]
    return stem[: NAME_LIMIT - len(ending) - 1] + dot + ending
