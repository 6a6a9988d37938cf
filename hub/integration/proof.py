"""How the hub proves to a back end who it is, and how what proves it is kept out of what comes back."""

from collections.abc import Iterable, Mapping

from attrs import evolve, field, frozen

from hub.integration.operation import Operation
from hub.integration.signature import Signer
from hub.integration.wire import Wire

CONCEALED = b"[secret]"
"""Stands in an answer for a secret that the back end sent back."""

SHORTEST = 8
"""Characters of a secret that is looked for in answers; shorter ones would be found by chance."""


@frozen
class Proof:
    """What goes with every call of a back end: fixed headers (an API key), a `bearer` token, and a signature on what
    acts. `secrets` are all that must not come back."""

    headers: Mapping[str, str] = field(factory=dict, repr=False)
    bearer: bool = False
    signer: Signer | None = None
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def proved(self, wire: Wire, operation: Operation, token: Mapping[str, str], timestamp: int, nonce: str) -> Wire:
        """The request with its proof; `token` are the headers of the token, `timestamp` seconds since 1970."""
        signature = {}
        if self.signer is not None and operation.signed:
            signature = self.signer.headers(wire, timestamp, nonce)
        return evolve(wire, headers={**wire.headers, **self.headers, **token, **signature})


def concealed(body: bytes, secrets: Iterable[str]) -> bytes:
    """An answer without the secrets that were sent: a back end that shows a request in its error shows them too."""
    for secret in secrets:
        if len(secret) >= SHORTEST:
            body = body.replace(secret.encode(), CONCEALED)
    return body
