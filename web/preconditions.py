"""Versions in headers: ETag on what is read, If-Match on what is changed, If-None-Match on what may be known."""

import re
from typing import Any

from aiohttp import web

from hub.errors import Invalid
from web.answers import etag, json

_MATCH = re.compile(r'\s*(?:W/)?"([0-9]{1,9})"\s*')


def if_match(request: web.Request) -> int | None:
    """The version a change is meant for; None when the caller does not say (or says `*`): then the last one wins.

    Raises Invalid when the header holds no version of ours.
    """
    given = request.headers.get("If-Match")
    if given is None or given.strip() == "*":
        return None
    match = _MATCH.fullmatch(given)
    if match is None:
        raise Invalid(errors=[{"path": "If-Match", "message": 'must be a version in quotes such as "3"'}])
    return int(match[1])


def versioned(request: web.Request, value: Any, version: int, status: int = 200) -> web.Response:
    """The value with its ETag, or 304 without it when the reader has this version."""
    tag = etag(version)
    if request.method in ("GET", "HEAD") and tag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers={"ETag": tag})
    return json(value, status, {"ETag": tag})
