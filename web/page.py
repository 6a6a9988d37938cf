"""The inbox page: built files served from memory, compressed beforehand, under a policy that lets nothing else in.

`index.html` answers every address of the page's own screens, so that a copied link opens. Files under `/assets/` have
a hash in their names and never change. Only files that were there at the start are served: an address is looked up in
a table and never becomes a path.
"""

import hashlib
import mimetypes
from pathlib import Path

from aiohttp import web
from attrs import frozen

from hub.errors import NotFound
from web import html
from web.cookie import Cookie
from web.routes import Route

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'; object-src 'none'"
)

SCREENS = (
    "/",
    "/login",
    "/inbox",
    "/inbox/{rest:.*}",
    "/approvals",
    "/approvals/{rest:.*}",
    "/chat",
    "/chat/{rest:(?!v1/).*}",
    "/wallboard",
    "/reports",
    "/customers/{rest:.*}",
    "/admin",
    "/admin/{rest:.*}",
    "/settings",
)
"""The page's own addresses (web/inbox): the server answers each with the page, the page shows the screen."""

NOT_BUILT = (
    "<h1>The inbox page is not built</h1><p>The server runs; its page is missing. Build it with "
    '<code>make setup</code>, then start the hub again.</p><p><a href="/docs">API</a></p>'
)

_ENCODINGS = {"br": ".br", "gzip": ".gz"}


@frozen
class StaticFile:
    """A file of the page, with its compressed forms by encoding."""

    body: bytes
    content_type: str
    tag: str
    compressed: dict[str, bytes]


def load(directory: Path) -> dict[str, StaticFile]:
    """The files of the built page by their address. Empty when it is not built."""
    if not (directory / "index.html").is_file():
        return {}
    found = {}
    for path in sorted(directory.rglob("*")):
        if path.is_file() and path.suffix not in _ENCODINGS.values():
            found[f"/{path.relative_to(directory).as_posix()}"] = _file(path)
    return found


def _file(path: Path) -> StaticFile:
    body = path.read_bytes()
    packed = {name: path.with_name(path.name + suffix) for name, suffix in _ENCODINGS.items()}
    compressed = {name: file.read_bytes() for name, file in packed.items() if file.is_file()}
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return StaticFile(body, kind, f'"{hashlib.sha256(body).hexdigest()[:20]}"', compressed)


class InboxPage:
    """The page's doors. Its files are read once."""

    def __init__(self, directory: Path, cookie: Cookie) -> None:
        """`cookie` is that of signing in."""
        self._files = load(directory)
        self._cookie = cookie
        self._missing = html.render("Not built", NOT_BUILT)

    async def screen(self, request: web.Request) -> web.Response:
        """The page itself, asked for anew each time (304 when unchanged)."""
        index = self._files.get("/index.html")
        if index is None:
            return html.page(self._missing, 503)
        response = _send(request, index, "no-cache")
        response.headers["Content-Security-Policy"] = POLICY
        self._cookie.mark(request, response)
        return response

    async def asset(self, request: web.Request) -> web.Response:
        """A file with a hash in its name. Raises NotFound."""
        file = self._files.get(f"/assets/{request.match_info['name']}")
        if file is None:
            raise NotFound
        return _send(request, file, "public, max-age=31536000, immutable")

    async def file(self, request: web.Request) -> web.Response:
        """A file beside the page, such as its icon. Raises NotFound."""
        return _send(request, self._files[request.path], "public, max-age=3600")

    def routes(self) -> list[Route]:
        """The screens, the assets and the files beside them."""
        doors = [(path, self.screen) for path in SCREENS] + [("/assets/{name}", self.asset)]
        beside = [name for name in self._files if name.count("/") == 1 and name != "/index.html"]
        doors += [(name, self.file) for name in beside]
        return [
            Route(method="GET", path=path, handler=handler, summary="The inbox", permission=None, hidden=True)
            for path, handler in doors
        ]


def _send(request: web.Request, file: StaticFile, cache: str) -> web.Response:
    headers = {"ETag": file.tag, "Cache-Control": cache, "Vary": "Accept-Encoding"}
    if file.tag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    body, encoding = _negotiated(request, file)
    if encoding:
        headers["Content-Encoding"] = encoding
    charset = "utf-8" if file.content_type.startswith("text/") else None
    return web.Response(body=body, content_type=file.content_type, charset=charset, headers=headers)


def _negotiated(request: web.Request, file: StaticFile) -> tuple[bytes, str]:
    accepted = {part.strip().lower() for part in request.headers.get("Accept-Encoding", "").split(",")}
    for encoding, body in file.compressed.items():
        if encoding in accepted:
            return body, encoding
    return file.body, ""
