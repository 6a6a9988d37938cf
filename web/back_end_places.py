"""Where calls of back ends may go: where the configuration says, whatever a name resolves to at that moment.

A back end is often inside: its address may be written as a number, or its network be named. A name that suddenly leads
inside, to the machine itself or to a cloud's metadata service, is refused.
"""

import ipaddress
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from web.outgoing_guard import Permits, is_public

_PORTS = {"http": 80, "https": 443}
_LOCAL = ("127.0.0.1", "::1")


def permitted(urls: Iterable[str], networks: Sequence[str]) -> Permits:
    """Lets connections go to public addresses, to `networks` (CIDR), and to the addresses and ports that `urls` name as
    numbers or as `localhost`."""
    named = {place for url in urls for place in _places(url)}
    inside = tuple(ipaddress.ip_network(network) for network in networks)

    def permits(address: str, port: int) -> bool:
        parsed = ipaddress.ip_address(address.partition("%")[0])
        mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
        plain = mapped or parsed
        return (str(plain), port) in named or any(plain in net for net in inside) or is_public(address)

    return permits


def _places(url: str) -> list[tuple[str, int]]:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    if host == "localhost":
        return [(address, port) for address in _LOCAL]
    try:
        return [(str(ipaddress.ip_address(host)), port)]
    except ValueError:
        return []
