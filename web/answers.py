"""Good answers: JSON as the contract writes it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import attrs
import orjson
from aiohttp import web

from hub.clock import rfc3339
from web.fields import outer_name


def plain(value: Any) -> Any:
    """What orjson does not write by itself: times with milliseconds, attrs classes, sets, ids from the database."""
    if isinstance(value, datetime):
        return rfc3339(value)
    if attrs.has(type(value)):
        return {outer_name(field): getattr(value, field.name) for field in attrs.fields(type(value))}
    if isinstance(value, UUID):  # asyncpg's own kind, which orjson does not take for one
        return str(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def dumps(value: Any) -> bytes:
    """A value as JSON: times RFC 3339 in UTC with milliseconds, attrs classes as objects."""
    return orjson.dumps(value, default=plain, option=orjson.OPT_PASSTHROUGH_DATETIME)


def value(shown: Any) -> Any:
    """A value as its JSON reads: for putting it into another document."""
    return orjson.loads(dumps(shown))


def json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """A JSON answer."""
    return web.Response(
        body=dumps(value), status=status, headers=headers, content_type="application/json", charset="utf-8"
    )


def nothing() -> web.Response:
    """204: done, and nothing to say."""
    return web.Response(status=204)


def etag(version: int) -> str:
    """The ETag of a version."""
    return f'"{version}"'
