"""What `env = "production"` refuses: secrets that others know or can guess, and doors that stand open."""

import ipaddress
from collections.abc import Iterator, Mapping
from itertools import combinations
from urllib.parse import urlsplit

from hub.config import credentials, kinds
from hub.config.channels import ChatAppChannel
from hub.config.config import Config
from hub.config.secret import Secret, weakness
from hub.config.setting import Path, secrets_in, walk
from hub.config.written import section

Origins = Mapping[Path, str]

MAKE_ONE = 'Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'


def refusals(config: Config, origins: Origins) -> list[str]:
    """A line for everything that must be changed before the hub may serve real customers."""
    refused = [
        *weak_secrets(config, origins),
        *_equal_secrets(config, origins),
        *_open_doors(config, origins),
        *_plain_http(config, origins),
        *_no_sender(config, origins),
    ]
    return [f'{line} (env = "production")' for line in refused]


def weak_secrets(config: Config, origins: Origins) -> Iterator[str]:
    """A line for every secret that is short, well known or one character over and over."""
    for path, kind, secret in _secrets(config):
        why = weakness(secret, kind.shortest)
        if why:
            yield f"{_where(path, origins)} {why}. {MAKE_ONE}"


def _secrets(config: Config) -> Iterator[tuple[Path, credentials.SecretText | credentials.SecretRing, Secret]]:
    for path, declared, value in walk(config):
        if isinstance(declared.kind, credentials.SecretText | credentials.SecretRing):
            yield from ((path, declared.kind, secret) for secret in secrets_in(value) if secret)


def _equal_secrets(config: Config, origins: Origins) -> Iterator[str]:
    for (first, _, one), (second, _, other) in combinations(_secrets(config), 2):
        if one == other and first != second and not _same_partner(first, second):
            yield f"{_where(second, origins)} is the same as {_name(first)}. Each purpose needs a secret of its own."


def _same_partner(first: Path, second: Path) -> bool:
    """Two WhatsApp numbers of one Meta app share its secret and token; one OAuth client may serve both circuits."""
    return first[-1] == second[-1] and first[-1] in ("app_secret", "access_token", "verify_token", "client_secret")


def _open_doors(config: Config, origins: Origins) -> Iterator[str]:
    if config.database.embedded and not config.database.allow_embedded:
        where = _where(("database", "url"), origins)
        yield f'{where} = "embedded": name a PostgreSQL, or set [database] allow_embedded = true.'
    if not config.server.public_url.startswith("https://"):
        yield f"{_where(('server', 'public_url'), origins)} must be the https:// address people use."
    if any(ipaddress.ip_network(network).prefixlen == 0 for network in config.server.trusted_proxies):
        yield f"{_where(('server', 'trusted_proxies'), origins)} would believe everybody. Name your proxies."
    for name, channel in config.channels.items():
        if isinstance(channel, ChatAppChannel) and "*" in channel.allowed_origins:
            path = ("channels", name, "allowed_origins")
            yield f'{_where(path, origins)} has "*": name the pages that may connect.'


def _plain_http(config: Config, origins: Origins) -> Iterator[str]:
    for path, declared, value in walk(config):
        address = value.reveal() if isinstance(value, Secret) else value
        if path == ("server", "public_url") or not isinstance(declared.kind, kinds.Url | credentials.SecretUrl):
            continue
        if address.startswith("http://") and not is_loopback(address):
            yield f"{_where(path, origins)} must be https:// unless it is on this machine."


def _no_sender(config: Config, origins: Origins) -> Iterator[str]:
    given = config.notify.email
    if given.smtp_url and not given.from_:
        yield f"{_where(('notify', 'email', 'from'), origins)} must be the address that mail comes from."


def is_loopback(address: str) -> bool:
    """Whether a URL's host is this machine."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _name(path: Path) -> str:
    return f"{section(path[:-1])} {path[-1]}" if path[:-1] else path[-1]


def _where(path: Path, origins: Origins) -> str:
    """`config.toml:14: [auth] secret`, or the variable's name."""
    origin = origins.get(path, "default")
    if origin.startswith(("HUB_", "-o ")):
        return origin
    return (
        _name(path) if origin in ("default", "generated") or origin.startswith("env:") else f"{origin}: {_name(path)}"
    )
