"""One try of one delivery: make the body, sign it, post it, note how it ended.

Nothing marks a delivery as being sent. After a crash it is sent again under the same id, by which receivers know it.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from attrs import frozen

from actors.kernel import KernelError, Ref
from hub.errors import HubError
from hub.webhook.body import body_of, trial_body
from hub.webhook.delivery import TEST, DeliveryState, Due
from hub.webhook.dispatch import DispatchStore, Held, Sender
from hub.webhook.retry import Answer, Decision, Retries
from hub.webhook.signature import signed_headers

log = logging.getLogger("hub.webhook")

EXPIRED = Answer(None, "expired", 0.0)
"""The event has left the log before it could be delivered."""


@frozen
class Over:
    """A try has ended. `outcome` None: how, could not be noted; it will be made again. `settled`: the line goes on."""

    line: UUID
    outcome: str | None = None
    settled: bool = False
    gone: bool = False
    retry_after: float | None = None

    @property
    def endpoint_failed(self) -> bool:
        """Whether the endpoint was asked and did not take it."""
        return self.outcome not in (None, "delivered", "expired")


@frozen
class WebhookErrand:
    """Makes tries. `random` gives [0, 1); `tried` is told of each, how it ended and after how many seconds."""

    store: DispatchStore
    sender: Sender
    retries: Retries
    clock: Callable[[], datetime]
    random: Callable[[], float]
    tried: Callable[[str, float], None]

    async def run(self, held: Held, due: Due, webhook: Ref) -> None:
        """Makes one and tells the deliverer."""
        over = Over(due.line)
        try:
            over = await self._carry(held, due)
        except HubError as error:
            log.info("a webhook's delivery could not be noted", extra={"reason": type(error).__name__})
        finally:
            try:
                webhook.tell(over)
            except KernelError:
                log.info("the deliverer is gone; what is pending is found again")

    async def _carry(self, held: Held, due: Due) -> Over:
        body = _body(due)
        if body is None:
            answer, decision = EXPIRED, Decision(DeliveryState.DEAD, "expired")
        else:
            headers = signed_headers(str(due.id), int(self.clock().timestamp()), body, held.secrets)
            answer = await self.sender.send(held.url, headers, body)
            decision = self.retries.decide(answer, due.attempts + 1, self.random)
        await self.store.settle(held.id, due.id, answer, decision)
        self.tried(decision.outcome, answer.seconds)
        settled = decision.state is not DeliveryState.PENDING
        return Over(due.line, decision.outcome, settled, decision.gone, answer.retry_after)


def _body(due: Due) -> bytes | None:
    if due.event is not None:
        return body_of(due.event)
    return trial_body(due.created_at) if due.type == TEST else None
