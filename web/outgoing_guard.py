"""Calls to the outside that cannot be turned against the inside.

A guarded session connects to public addresses only (or to those that a rule of its own allows), whatever a name
resolves to at that moment: the check sits where each socket is made, so literals, other spellings of them, redirects
and changing names all pass it. Redirects are not followed anyway, proxies of the environment and cookies are not used,
and an answer that is compressed is not asked for.
"""

import ipaddress
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from actors.kernel import TRACE

USER_AGENT = "conversation-hub"

_NETS = [
    ipaddress.ip_network(net)
    for net in (
        "192.0.0.0/24",  # IETF protocol assignments
        "192.88.99.0/24",  # 6to4 relays
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",
        "::/96",  # IPv4-compatible
        "64:ff9b::/96",  # NAT64: an IPv4 address inside
        "64:ff9b:1::/48",
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4: an IPv4 address inside
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
        "fec0::/10",  # site-local
        "ff00::/8",  # multicast
    )
]
"""Special networks (IANA's registries) beyond those that `is_global` knows: it takes some of them for public."""


class AddressRefused(OSError):
    """The address is not one that may be connected to."""

    def __init__(self) -> None:
        super().__init__("the address is not allowed")


def is_public(address: str) -> bool:
    """Whether a connection may go to this address: a literal as the socket gets it, perhaps with a scope."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    parsed = mapped or parsed
    return parsed.is_global and not any(parsed in net for net in _NETS)


Permits = Callable[[str, int], bool]
"""Whether a connection to an address and port may be made."""


def public(address: str, _port: int) -> bool:
    """Lets connections go to public addresses."""
    return is_public(address)


def _guard(permits: Permits) -> Callable[[tuple[int, int, int, str, tuple[Any, ...]]], socket.socket]:
    """Makes sockets for addresses that may be connected to. They raise AddressRefused for others."""

    def make(info: tuple[int, int, int, str, tuple[Any, ...]]) -> socket.socket:
        family, kind, protocol, _, address = info
        if not permits(str(address[0]), int(address[1])):
            raise AddressRefused
        return socket.socket(family=family, type=kind, proto=protocol)

    return make


def _tracing() -> aiohttp.TraceConfig:
    """Passes `traceparent` on with each call that is made while one is known."""

    async def tell(_session: aiohttp.ClientSession, _context: Any, call: aiohttp.TraceRequestStartParams) -> None:
        traceparent = TRACE.get().get("traceparent")
        if traceparent is not None:
            call.headers["traceparent"] = traceparent

    tracing = aiohttp.TraceConfig()
    tracing.on_request_start.append(tell)
    return tracing


def session(*, guarded: bool, per_host: int = 20, permits: Permits = public) -> aiohttp.ClientSession:
    """A session for calls to the outside; above `per_host` connections to one host, calls wait for one within their
    own time limits. Guarded ones connect where `permits` allows it; unguarded ones are for addresses that the
    configuration names, and are told the trace of the request on whose behalf they are called (W3C Trace Context)."""
    connector = aiohttp.TCPConnector(
        limit=0, limit_per_host=per_host, ttl_dns_cache=30, socket_factory=_guard(permits) if guarded else None
    )
    return aiohttp.ClientSession(
        connector=connector,
        trace_configs=[] if guarded else [_tracing()],
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
        auto_decompress=False,
        trust_env=False,
        requote_redirect_url=False,
    )


class BodyTooLarge(Exception):
    """An answer has more bytes than are taken."""


async def drain(
    response: aiohttp.ClientResponse, limit: int, take: Callable[[bytes], Awaitable[None]] | None = None
) -> bytes:
    """The body, at most `limit` bytes of it. With `take`, parts go there and nothing is kept.

    Raises BodyTooLarge above the limit, and for a body that is compressed although that was not asked for: its size
    says nothing.
    """
    if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise BodyTooLarge("compressed")
    if (response.content_length or 0) > limit:
        raise BodyTooLarge("announced")
    parts, size = bytearray(), 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > limit:
            raise BodyTooLarge("arrived")
        if take is None:
            parts += chunk
        else:
            await take(chunk)
    return bytes(parts)


def is_refused(error: Exception) -> bool:
    """Whether a call failed because the address may not be connected to."""
    return isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, AddressRefused)
