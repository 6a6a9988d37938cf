"""The address of the client: the peer's, or what a proxy that is trusted says of it."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp import web

UNKNOWN = "unknown"


class Addresses:
    """Believes X-Forwarded-For only as far as it was written by proxies in `trusted` networks (CIDR)."""

    def __init__(self, trusted: Iterable[str] = ()) -> None:
        self._trusted: tuple[IPv4Network | IPv6Network, ...] = tuple(ip_network(network) for network in trusted)

    def of(self, request: web.Request) -> str:
        """The right-most address that is not a trusted proxy's: everything to the left of it anybody can invent."""
        address = _parsed(request.remote or "")
        said = ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")
        while address is not None and said and any(address in network for network in self._trusted):
            further = _parsed(said.pop().strip())
            if further is None:
                break
            address = further
        return str(address) if address is not None else UNKNOWN


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
