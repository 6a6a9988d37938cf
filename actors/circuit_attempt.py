"""One attempt of one call: get a token where one is wanted, prove who asks, send, judge what comes back."""

import asyncio
import logging
import secrets
from collections.abc import Mapping

from attrs import frozen

from actors import kinds
from actors.circuit_messages import Over, WantToken
from actors.circuit_world import World
from actors.kernel import Directory, KernelError, Ref
from hub.errors import HubError, Unavailable
from hub.integration.oauth import Token
from hub.integration.operation import Request
from hub.integration.outcome import Outcome, given_up, judged, tokenless
from hub.integration.proof import Proof, concealed
from hub.integration.wire import Reply

log = logging.getLogger("hub.integration")


@frozen
class Attempt:
    """Makes attempts for one circuit."""

    circuit: str
    world: World
    system: Directory

    async def run(self, job: int, generation: int, request: Request, deadline: float, back: Ref) -> None:
        """Makes one, which ends at its operation's timeout or at the deadline, whichever comes first, and tells the
        circuit."""
        began = _now()
        outcome = given_up(request.operation)
        try:
            outcome = await self._made(request, deadline)
        finally:
            try:
                back.tell(Over(job, generation, outcome, _now() - began))
            except KernelError:
                log.info("a circuit is gone before its attempt")

    async def _made(self, request: Request, deadline: float) -> Outcome:
        proof = self.world.proofs[self.circuit]
        if not proof.bearer:
            return judged(request, await self._sent(request, proof, None, self._until(request, deadline)))
        try:
            token = await self._token(None, deadline)
            until = self._until(request, deadline)
            reply = await self._sent(request, proof, token, until)
            if reply.status == 401:  # it was withdrawn over there; nothing was done, so one more is no repeat
                token = await self._token(token, deadline)
                reply = await self._sent(request, proof, token, until)
        except HubError as error:
            return tokenless(error)
        except KernelError:
            return tokenless(Unavailable())
        return judged(request, reply)

    def _until(self, request: Request, deadline: float) -> float:
        return min(_now() + request.operation.timeout, deadline)

    async def _token(self, refused: Token | None, deadline: float) -> Token:
        keeper = self.system.ref(kinds.ACCESS_TOKEN, self.circuit)
        token: Token = await keeper.ask(WantToken(refused, deadline), timeout=max(deadline - _now(), 0.001))
        return token

    async def _sent(self, request: Request, proof: Proof, token: Token | None, until: float) -> Reply:
        shown: Mapping[str, str] = token.headers if token else {}
        timestamp = int(self.world.now().timestamp())
        wire = proof.proved(request.wire, request.operation, shown, timestamp, secrets.token_urlsafe(16))
        reply = await self.world.provider.send(wire, max(until - _now(), 0.001))
        return _clean(reply, (*proof.secrets, *((token.value,) if token else ())))


def _clean(reply: Reply, secrets: tuple[str, ...]) -> Reply:
    return Reply(reply.status, reply.reason, concealed(reply.body, secrets), reply.retry_after, reply.sent)


def _now() -> float:
    return asyncio.get_running_loop().time()
