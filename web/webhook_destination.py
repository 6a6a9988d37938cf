"""Where webhooks may go: addresses that administrators type in must not become a way into the network of the hub."""

import ipaddress
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import urlsplit

from attrs import frozen

from web.outgoing_guard import is_public

PORTS = frozenset({80, 443, 8080, 8443})
"""Ports of public addresses that are connected to."""

MOST_CHARACTERS = 2048


@frozen
class Destinations:
    """Public addresses on the usual ports, and those of `private` networks on any. `https_only` refuses plain http.

    What a name resolves to is only known when a connection is made, so `permits` is asked then; `complaint` tells a
    person at once what can be told.
    """

    https_only: bool
    private: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def of(cls, networks: Sequence[str], *, https_only: bool) -> "Destinations":
        """From networks in CIDR form."""
        return cls(https_only, tuple(ipaddress.ip_network(network) for network in networks))

    def permits(self, address: str, port: int) -> bool:
        """Whether a connection may be made."""
        parsed = _parsed(address)
        if parsed is not None and any(parsed in network for network in self.private):
            return True
        return port in PORTS and is_public(address)

    def complaint(self, url: str) -> str | None:
        """What is wrong with an address, completing "The field …"; None when nothing can be said against it."""
        try:
            parts = urlsplit(url)
            port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
        except ValueError:
            return "must be an address such as https://example.com/hook"
        if len(url) > MOST_CHARACTERS or not url.isascii() or not url.isprintable() or " " in url or not parts.hostname:
            return "must be an address such as https://example.com/hook"
        if parts.scheme != "https" and (self.https_only or parts.scheme != "http"):
            return "must begin with https://"
        if "@" in parts.netloc or parts.fragment:
            return "must not hold a name, a password or a fragment"
        return self._unreachable(parts.hostname, port or 0)

    def _unreachable(self, host: str, port: int) -> str | None:
        if _parsed(host) is None:
            named = not self.private and port not in PORTS
            return f"must use one of the ports {', '.join(map(str, sorted(PORTS)))}" if named else None
        return None if self.permits(host, port) else "must lead to a public address and a usual port"


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return mapped or parsed
