"""Versions in headers: ETag on what is read, If-Match on what is changed."""

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


def versioned(value: Any, version: int, status: int = 200) -> web.Response:
    """The value with its ETag, for an edit's If-Match.

    It always comes whole, whatever If-None-Match says: the version counts edits, and a value also shows what changes
    without one (a conversation's last message, a team's members), so the same version does not mean the same value.
    """
    return json(value, status, {"ETag": etag(version)})
