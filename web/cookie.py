"""The cookie of the refresh token, and the proof that our own page sends it.

It is httpOnly and SameSite=Strict, and it is only believed together with `X-Requested-With: hub`, a header that a page
of another site cannot send without being asked about first.
"""

from aiohttp import web
from attrs import frozen

from hub.errors import Forbidden

HEADER, VALUE = "X-Requested-With", "hub"


@frozen
class Cookie:
    """The cookie of the refresh token. Behind https its name makes browsers insist on Secure, host and path."""

    secure: bool
    life: int = 30 * 86400  # seconds

    @property
    def name(self) -> str:
        """Its name."""
        return "__Host-hub_refresh" if self.secure else "hub_refresh"

    def put(self, response: web.Response, value: str) -> None:
        """Sends it."""
        response.set_cookie(
            self.name, value, max_age=self.life, path="/", secure=self.secure, httponly=True, samesite="Strict"
        )

    def clear(self, response: web.Response) -> None:
        """Takes it back."""
        response.del_cookie(self.name, path="/", secure=self.secure, httponly=True, samesite="Strict")


def same_site(request: web.Request) -> None:
    """Raises Forbidden unless the request carries the header."""
    if request.headers.get(HEADER) != VALUE:
        raise Forbidden(f"Send the header {HEADER}: {VALUE}.")
