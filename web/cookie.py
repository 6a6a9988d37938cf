"""The cookie of the refresh token, and the proof that our own page sends it.

It is httpOnly and SameSite=Strict, and it is only believed together with `X-Requested-With: hub`, a header that a page
of another site cannot send without being asked about first.
"""

from aiohttp import web
from attrs import frozen

from hub.config import Config
from hub.errors import Forbidden

HEADER, VALUE = "X-Requested-With", "hub"

MARKER, SET = "hub_signed_in", "1"
"""A cookie beside it that our own page can read. It opens nothing: it says that asking for a token may be worth it, so
that a first visit does not begin with a refusal."""


@frozen
class Cookie:
    """The cookie of the refresh token. Behind https its name makes browsers insist on Secure, host and path."""

    secure: bool
    life: int = 30 * 86400  # seconds

    @classmethod
    def of(cls, config: Config) -> "Cookie":
        """As the configuration has it."""
        return cls(config.server.public_url.startswith("https:"), int(config.auth.refresh_ttl))

    @property
    def name(self) -> str:
        """Its name."""
        return "__Host-hub_refresh" if self.secure else "hub_refresh"

    def put(self, response: web.Response, value: str) -> None:
        """Sends it, with its marker."""
        response.set_cookie(
            self.name, value, max_age=self.life, path="/", secure=self.secure, httponly=True, samesite="Strict"
        )
        self._mark(response)

    def clear(self, response: web.Response) -> None:
        """Takes it back, with its marker."""
        response.del_cookie(self.name, path="/", secure=self.secure, httponly=True, samesite="Strict")
        response.del_cookie(MARKER, path="/", secure=self.secure, samesite="Strict")

    def mark(self, request: web.Request, response: web.Response) -> None:
        """Sends the marker to whoever has lost it, or signed in before there was one."""
        if self.name in request.cookies and MARKER not in request.cookies:
            self._mark(response)

    def _mark(self, response: web.Response) -> None:
        response.set_cookie(MARKER, SET, max_age=self.life, path="/", secure=self.secure, samesite="Strict")


def same_site(request: web.Request) -> None:
    """Raises Forbidden unless the request carries the header."""
    if request.headers.get(HEADER) != VALUE:
        raise Forbidden(f"Send the header {HEADER}: {VALUE}.")
