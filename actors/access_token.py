"""The keeper of an access token: many calls at once fetch one, and it is replaced before its end.

The token is only in memory. The fetch goes through the issuer's own circuit: an issuer that is down is left alone like
any back end. Whoever comes while a token is fetched waits for that one.
"""

import asyncio
from collections.abc import Mapping, Sequence

from actors import kinds
from actors.circuit_messages import CallFor
from actors.kernel import Actor, Bound, Context, KernelError, Kind, Mail, Policy
from hub.errors import HubError, Unavailable
from hub.integration.credentials import Issuer
from hub.integration.oauth import Token

LIMIT = 200
"""Calls that may wait for a token; the circuit lets fewer through."""

BATCH = 100


class AccessToken(Actor):
    """One circuit's token."""

    __slots__ = ("_context", "_issuer", "_token", "_until")

    def __init__(self, issuer: Issuer, context: Context) -> None:
        self._issuer = issuer
        self._context = context
        self._token: Token | None = None
        self._until = 0.0

    async def receive_batch(self, mails: Sequence[Mail]) -> None:
        """Each mail carries a `WantToken` and is answered a Token, or with the error of the fetch."""
        refused = [mail.message.refused for mail in mails if mail.message.refused is not None]
        if self._token is None or _now() >= self._until or self._token in refused:
            try:
                await self._fetch(max(mail.message.deadline for mail in mails))
            except (HubError, KernelError) as error:
                for mail in mails:
                    mail.fail(error if isinstance(error, HubError) else Unavailable())
                return
        for mail in mails:
            mail.reply(self._token)

    async def _fetch(self, deadline: float) -> None:
        asked = _now()
        circuit = self._context.system.ref(kinds.CIRCUIT, self._issuer.circuit)
        fetched = await circuit.ask(CallFor(self._issuer.request, deadline), timeout=max(deadline - asked, 0.001))
        self._token, self._until = fetched.value, asked + fetched.value.seconds


def _now() -> float:
    return asyncio.get_running_loop().time()


def kind(issuers: Mapping[str, Issuer]) -> Kind:
    """The kind of keepers; the key is the circuit whose calls want the token."""

    def create(key: str, context: Context) -> AccessToken:
        return AccessToken(issuers[key], context)

    return Kind(kinds.ACCESS_TOKEN, create, Bound(LIMIT, Policy.REJECT), batch=BATCH, idle_after=None)
