"""OAuth2 client credentials (RFC 6749 §4.4), without any I/O: the request for a token and what its answer says."""

from base64 import b64encode
from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import quote_plus, urlencode

from attrs import field, frozen

from hub.integration.answer import WrongAnswer
from hub.integration.wire import Wire

MARGIN = 30.0
"""Seconds before its end, or a tenth of its life if that is more, at which a token is replaced."""

UNTOLD = 300.0
"""Seconds that a token is taken to live when the answer does not say (RFC 6749 §5.1 only recommends it)."""

LONGEST = 86_400.0
"""Seconds after which a token is replaced in any case."""

MOST_CHARACTERS = 16_384
"""Longest token that is taken: it is sent with every call."""


@frozen
class Client:
    """The hub as the issuer knows it. `auth`: the secret is sent in the header (`basic`) or in the body (`post`)."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    auth: str = "basic"
    scope: str = ""
    audience: str = ""
    resource: str = ""

    def request(self) -> Wire:
        """Asks for a token. The answer to a repetition is another token, so it may be repeated."""
        form = {"grant_type": "client_credentials"}
        wanted = {"scope": self.scope, "audience": self.audience, "resource": self.resource}
        form |= {name: value for name, value in wanted.items() if value}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        if self.auth == "post":
            form |= {"client_id": self.client_id, "client_secret": self.client_secret}
        else:
            headers["Authorization"] = self._basic()
        return Wire("POST", self.token_url, urlencode(form).encode(), headers)

    def _basic(self) -> str:
        # Both are form-encoded first (RFC 6749 §2.3.1): a colon in the name would end it otherwise.
        pair = f"{quote_plus(self.client_id)}:{quote_plus(self.client_secret)}"
        return f"Basic {b64encode(pair.encode()).decode()}"


@frozen
class Token:
    """An access token, good for `seconds` from when it was asked for."""

    value: str = field(repr=False)
    seconds: float

    @property
    def headers(self) -> Mapping[str, str]:
        """How a request shows it."""
        return {"Authorization": f"Bearer {self.value}"}


def read_token(given: object) -> Token:
    """The token of an answer's JSON. Raises WrongAnswer when it holds none that can be used."""
    if not isinstance(given, dict):
        raise WrongAnswer("no object")
    value, kind = given.get("access_token"), given.get("token_type", "Bearer")
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or " " in value:
        raise WrongAnswer("no token that fits into a header")
    if not 0 < len(value) <= MOST_CHARACTERS or not isinstance(kind, str) or kind.lower() != "bearer":
        raise WrongAnswer("no bearer token of a usable length")
    return Token(value, good_for(given.get("expires_in", UNTOLD)))


def good_for(expires_in: object) -> float:
    """Seconds for which a token is used. Raises WrongAnswer for a life that is no number above 0.

    It is counted from the answer's `expires_in`, never from a moment inside the token: that is the issuer's clock."""
    if isinstance(expires_in, str) and expires_in.isascii() and expires_in.isdigit():
        expires_in = int(expires_in)  # some issuers write it in quotes
    if isinstance(expires_in, bool) or not isinstance(expires_in, int | float | Decimal) or not expires_in > 0:
        raise WrongAnswer("no life")
    life = min(float(expires_in), LONGEST)
    return life - min(max(MARGIN, life / 10), life / 2)
