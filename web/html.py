"""The frame of the few pages that the server itself writes: no script, light and dark, one small style by its hash."""

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from html import escape

from aiohttp import web

_STYLE = """
:root{color-scheme:light dark;--ink:light-dark(#1b1d22,#e8e9ec);--soft:light-dark(#5a606b,#a2a8b3);
--line:light-dark(#dfe2e7,#33373f);--paper:light-dark(#fff,#16181c);--shade:light-dark(#f5f6f8,#1e2126);
--link:light-dark(#0b57d0,#8ab4f8)}
body{margin:0 auto;max-width:60rem;padding:2rem 1.25rem 6rem;background:var(--paper);color:var(--ink);
font:16px/1.55 system-ui,sans-serif}
h1{font-size:1.6rem}h2{margin-top:3rem;border-bottom:1px solid var(--line)}h3{margin:2rem 0 .25rem;font-size:1rem}
a{color:var(--link)}p{margin:.4rem 0}.soft{color:var(--soft)}
code,pre{font:13px/1.5 ui-monospace,monospace}pre{background:var(--shade);border:1px solid var(--line);
border-radius:6px;padding:.75rem 1rem;overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{text-align:left;vertical-align:top;
padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line)}
"""

_HASH = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def render(title: str, body: str) -> bytes:
    """A whole page. `body` is HTML, `title` plain text."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f"<body>{body}</body></html>"
    ).encode()


def page(content: bytes, status: int = 200) -> web.Response:
    """The answer that carries a rendered page."""
    headers = {"Content-Security-Policy": _POLICY}
    return web.Response(body=content, status=status, content_type="text/html", charset="utf-8", headers=headers)


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A table; its cells are HTML already."""
    if not rows:
        return ""
    top = "".join(f"<th>{cell}</th>" for cell in head)
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{lines}</table>"
