"""All WhatsApp numbers of this replica, put together: their ways out, what they fetch, the door for their webhooks."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from attrs import frozen

from actors.intake import Intake
from hub.config import Config, WhatsAppChannel
from hub.media import FileStore, OutgoingFiles
from hub.whatsapp.template import Template
from web import outgoing_guard
from web.admission import InHand
from web.ingress_metrics import Ingress
from web.routes import Route
from web.template import Templates
from web.whatsapp.carrier import WhatsAppCarrier
from web.whatsapp.number import Lines, WhatsAppNumber
from web.whatsapp.webhook import WhatsAppWebhook


@frozen
class WhatsAppNumbers:
    """The numbers by the names of their channels."""

    by_channel: dict[str, WhatsAppNumber]

    @property
    def carriers(self) -> dict[str, WhatsAppCarrier]:
        """The way out of each channel."""
        return {name: number.carrier for name, number in self.by_channel.items()}

    @property
    def templates(self) -> dict[str, Templates]:
        """How each channel is asked for its templates."""
        return {name: number.templates.all for name, number in self.by_channel.items()}

    async def find_template(self, channel: str, name: str, language: str) -> Template | None:
        """One of a channel's templates; None for other kinds of channel too."""
        number = self.by_channel.get(channel)
        return await number.templates.find(name, language) if number is not None else None

    def routes(self, config: Config, intake: Intake, ingress: Ingress, clock: Callable[[], datetime]) -> list[Route]:
        """The door for the webhooks of all of them."""
        accounts = {name: number.account for name, number in self.by_channel.items()}
        in_hand = InHand(config.limits.webhooks_in_hand)
        return WhatsAppWebhook(accounts, intake, ingress, clock, config.limits.webhook_body, in_hand).routes()


@asynccontextmanager
async def opened(config: Config, rows: OutgoingFiles, files: FileStore) -> AsyncIterator[WhatsAppNumbers]:
    """The numbers that are configured, as long as their connections to the outside are open."""
    per_host = max(config.outgoing.per_host, config.outbox.in_flight)
    async with (
        outgoing_guard.session(guarded=False, per_host=per_host) as graph,
        outgoing_guard.session(guarded=True) as outside,
    ):
        lines = Lines(graph, outside, rows, files, config.outgoing, config.outbox)
        yield WhatsAppNumbers(
            {
                name: WhatsAppNumber.of(name, given, lines)
                for name, given in config.channels.items()
                if isinstance(given, WhatsAppChannel)
            }
        )
