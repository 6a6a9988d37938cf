"""Webhooks of back ends: `POST /webhooks/integrations/{name}`, signed as Standard Webhooks has it.

What they say is not believed; that they say something makes copies worthless, in every replica. A repetition and a
word that is older than what is known get their 200 and change nothing. One that cannot be read is put down for a person
to see, all of a back end as one letter: sending it again would not make it better.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import partial
from uuid import NAMESPACE_URL, uuid5

from aiohttp import web
from attrs import field, frozen

from actors import kinds
from actors.kernel import System
from hub.dead_letter import DeadLetterBox, LetterKind, NewLetter
from hub.errors import NotFound, Overloaded, Unauthenticated, Unavailable
from hub.integration.news import changed
from hub.integration.profile import Profile
from hub.integration.webhook import IntegrationWebhooks, Taken, read, verified
from web import answers
from web.admission import Gate, InHand
from web.body import raw
from web.routes import Route

log = logging.getLogger("hub.integration")

ASK = 8.0


@frozen
class Sender:
    """A back end that sends webhooks. Several secrets: any of them may have signed (rotation)."""

    secrets: tuple[str, ...] = field(repr=False)
    profile: Profile


@frozen
class WebhookTaken:
    """What became of it: new, duplicate, older."""

    taken: Taken


class Refused(StrEnum):
    """Why one was not taken, for the figures."""

    SIGNATURE = "invalid_signature"
    OTHERWISE = "rejected"


@frozen
class IntegrationWebhookDoor:
    """The door for all back ends. `came` is told of each webhook and what became of it."""

    senders: Mapping[str, Sender]
    store: IntegrationWebhooks
    letters: DeadLetterBox
    system: System
    clock: Callable[[], datetime]
    came: Callable[[str, str], None]
    in_hand: InHand

    async def receive(self, request: web.Request) -> web.Response:
        """Checks the signature over the raw bytes, then tells every replica. Raises Unauthenticated, Unavailable."""
        name = request.match_info["name"]
        sender = self.senders.get(name)
        if sender is None:
            raise NotFound("There is no such integration, or it has no webhook secret.")
        try:
            with self.in_hand:
                taken = await self._take(request, name, sender)
        except Exception as error:
            refused = Refused.SIGNATURE if isinstance(error, Unauthenticated) else Refused.OTHERWISE
            self.came(name, refused.value)
            raise
        self.came(name, taken.value)
        return answers.json(WebhookTaken(taken))

    async def _take(self, request: web.Request, name: str, sender: Sender) -> Taken:
        body, now = await raw(request), self.clock()
        id = verified(request.headers, body, sender.secrets, now)
        told = read(id, body, sender.profile, now)
        taken = await self.store.take(name, told)
        if taken is Taken.NEW:
            await self.system.ref(kinds.WRITER, 0).ask(changed(name, now), timeout=ASK)
            if not told.readable:
                await self.letters.put(_letter(name, id))
            await self.store.told(name, id)
        return taken

    def _gates(self) -> tuple[Gate, ...]:
        return tuple(
            Gate(f"/webhooks/integrations/{name}", self.in_hand, partial(self.came, name, Refused.OTHERWISE.value))
            for name in self.senders
        )

    def routes(self) -> list[Route]:
        """The one address."""
        return [
            Route(
                method="POST",
                path="/webhooks/integrations/{name}",
                handler=self.receive,
                summary="A back end tells of a change",
                permission=None,
                returns=WebhookTaken,
                errors=(Unauthenticated, NotFound, Overloaded, Unavailable),
                tags=("integrations",),
                gates=self._gates(),
            )
        ]


def _letter(name: str, webhook_id: str) -> NewLetter:
    return NewLetter(
        integration=name,
        operation="webhook",
        kind=LetterKind.WEBHOOK,
        problem="invalid_json",
        ref_id=uuid5(NAMESPACE_URL, f"/webhooks/integrations/{name}"),
        payload={"webhook_id": webhook_id},
    )
