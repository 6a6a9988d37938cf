"""Slack's incoming webhook: `POST` of `{"text": …, "blocks"?: …}`, answered with `ok` (Slack's page "Sending messages
using incoming webhooks")."""

from collections import deque
from typing import Any

from aiohttp import web

from hub.demo.back_office.credentials import Credentials
from hub.demo.back_office.door import Door, object_in
from hub.demo.back_office.refusal import Refusal

KEPT = 1000


class Slack:
    """What was posted to the channel, in order; the oldest are forgotten."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self.posts: deque[dict[str, Any]] = deque(maxlen=KEPT)

    def add_to(self, app: web.Application, door: Door) -> None:
        """Every path of this module."""
        app.router.add_post("/slack/{rest:.*}", door.handler("slack", self._check, self._take))

    def _check(self, request: web.Request, body: bytes) -> None:
        if request.path != self._credentials.slack_path:
            raise Refusal(404, "no_service")

    def _take(self, request: web.Request, body: bytes) -> web.Response:
        given = object_in(body)
        if not given.get("text"):
            raise Refusal(400, "no_text")
        self.posts.append(given)
        return web.Response(text="ok")
