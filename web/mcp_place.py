"""Where the MCP door stands: under which names it may be reached, and from which pages.

A page of somebody else's can make a browser send requests to a server in the user's own network, under a name that it
has turned to that server's address ("DNS rebinding"). So the door answers only to the hub's own name, `localhost` and
plain IP addresses, which cannot be turned, and never to a page of another origin (MCP, "Transports", "Security").
"""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from aiohttp import web
from attrs import frozen

from hub.errors import Forbidden

_AUTHORITY = re.compile(r"[a-z0-9._-]+(:[0-9]*)?|\[[0-9a-f:.]+\](:[0-9]*)?")


@frozen
class McpPlace:
    """The door's place; `public_url` is where the hub is reached from outside, empty when that is not known."""

    public_url: str = ""

    def check(self, request: web.Request) -> None:
        """Raises Forbidden for a request that comes under a foreign name, or from a foreign page."""
        host = request.headers.get("Host", "").lower()
        if not self._is_own(host):
            raise Forbidden("The hub is not called so. Set server.public_url to the name it is reached by.")
        origin = request.headers.get("Origin")
        if origin is not None and not self._is_own_page(origin.lower(), host):
            raise Forbidden("Pages of this origin may not connect.")

    def origin(self, request: web.Request) -> str:
        """How the hub is reached, for a request that `check` has let through: without a slash at the end."""
        return self.public_url.rstrip("/") or f"{request.scheme}://{request.headers['Host']}"

    def _is_own(self, host: str) -> bool:
        name = _parts(f"//{host}").hostname if _AUTHORITY.fullmatch(host) else None
        if name is None:
            return False
        return name == "localhost" or _is_address(name) or name == _parts(self.public_url).hostname

    def _is_own_page(self, origin: str, host: str) -> bool:
        page, public = _parts(origin), _parts(self.public_url.lower())
        is_public = bool(public.netloc) and (page.scheme, page.netloc) == (public.scheme, public.netloc)
        return is_public or (page.scheme in ("http", "https") and page.netloc == host)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port, parts.hostname
    except ValueError:
        return urlsplit("")
    return parts


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
