"""How the back ends refuse: `{"error": {"code", "message"}}`, with a status."""

import orjson
from aiohttp import web


class Refusal(Exception):
    """A request that a back end does not carry out."""

    def __init__(self, status: int, code: str, message: str = "", headers: dict[str, str] | None = None) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message or code.replace("_", " ")
        self.headers = headers or {}

    def response(self) -> web.Response:
        """As it goes over the wire."""
        body = orjson.dumps({"error": {"code": self.code, "message": self.message}})
        return web.Response(status=self.status, body=body, headers=self.headers, content_type="application/json")
