"""Values as they are written in TOML, with secrets masked."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import urlsplit

from hub.config import credentials, kinds
from hub.config.secret import Secret
from hub.config.setting import Path, Setting

_SECONDS = (("d", 86400.0), ("h", 3600.0), ("m", 60.0), ("s", 1.0))
_BYTES = (("GiB", 1024**3), ("MiB", 1024**2), ("KiB", 1024))


def section(path: Path) -> str:
    """`[channels.app]`."""
    return f"[{'.'.join(path)}]"


def quoted(value: object) -> str:
    """A value of the file for a message: as TOML writes it, short, and on one line."""
    if isinstance(value, Mapping):
        return "a table"
    text = toml(value) if isinstance(value, str | bool | int | float | list | tuple) else str(value)
    return text if len(text) <= 60 else text[:57] + "…" + text[-1]


def toml(value: object) -> str:
    """A plain value as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{_key(str(key))} = {toml(item)}" for key, item in value.items())
        return "{ " + pairs + " }" if pairs else "{}"
    return json.dumps(value, ensure_ascii=False, default=str)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)


def shown(declared: Setting, value: object) -> object:
    """The value in use as a person would write it, a secret as asterisks."""
    if isinstance(value, Secret):
        return _masked(declared, value)
    if isinstance(value, tuple) and any(isinstance(item, Secret) for item in value):
        return "***" if len(value) == 1 else ["***"] * len(value)
    if isinstance(declared.kind, kinds.Duration) and isinstance(value, float):
        return _duration(value)
    if isinstance(declared.kind, kinds.Size) and isinstance(value, int):
        return _size(value)
    if isinstance(value, Decimal):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def _masked(declared: Setting, secret: Secret) -> str:
    """Asterisks; of an address everything but its password, and of a webhook's address only the host."""
    if not isinstance(declared.kind, credentials.SecretUrl):
        return str(secret)
    value = secret.reveal()
    if value in declared.kind.words:
        return value
    parts = urlsplit(value)
    if parts.scheme in ("http", "https"):
        return f"{parts.scheme}://{parts.hostname}/***"
    login, at, host = parts.netloc.rpartition("@")
    user = login.partition(":")[0]
    password = ":***" if ":" in login else ""
    return f"{parts.scheme}://{user}{password}{at}{host}{parts.path}"


def _duration(seconds: float) -> str:
    for unit, length in _SECONDS:
        if seconds and seconds % length == 0:
            return f"{seconds / length:.0f}{unit}"
    return f"{round(seconds * 1000)}ms" if seconds else "0"


def _size(amount: int) -> str | int:
    for unit, length in _BYTES:
        if amount and amount % length == 0:
            return f"{amount // length}{unit}"
    return amount
