"""The doors of the desk: all that agents, supervisors and admins do with conversations and what belongs to them."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from attrs import frozen

from actors.kernel import System
from hub.audit_chain import Verifier
from hub.audit_reading import AuditReader
from hub.channel import Channel
from hub.config import Config
from hub.customer import Customers
from hub.customer_merge import CustomerMerges
from hub.erasure import Erasures
from hub.media import FileStore, Thumbnails, Uploads, Waveforms
from hub.ports import MessageReader
from hub.search import Searches
from hub.webhook.delivery import Deliveries
from hub.webhook.endpoint import Endpoints
from hub.whatsapp.template import Template
from web import colleagues, conversations, exports, supervision
from web.audit import AuditDoors
from web.colleagues import Colleagues
from web.conversations import ConversationsDesk
from web.cursors import Cursors
from web.customer import CustomerDoors
from web.export_metrics import ExportMetrics
from web.exports import ExportsDesk
from web.media import MediaDoors
from web.message import MessageDoors
from web.multipart import FormLimits
from web.reading import ReadingDoors
from web.routes import Route
from web.search import SearchDoors
from web.supervision import Supervision
from web.template import TemplateDoors, Templates
from web.thumbnail import ThumbnailDoors
from web.waveform import WaveformDoors
from web.webhook import WebhookDoors
from web.webhook_delivery import WebhookDeliveryDoors
from web.webhook_destination import Destinations


class Stores(colleagues.Stores, conversations.Stores, supervision.Stores, exports.Stores, Protocol):
    """What these doors read and write."""

    @property
    def messages(self) -> MessageReader: ...
    @property
    def customers(self) -> Customers: ...
    @property
    def customer_merges(self) -> CustomerMerges: ...
    @property
    def erasures(self) -> Erasures: ...
    @property
    def media(self) -> Uploads: ...
    @property
    def files(self) -> FileStore: ...
    @property
    def thumbnails(self) -> Thumbnails: ...
    @property
    def waveforms(self) -> Waveforms: ...
    @property
    def searches(self) -> Searches: ...
    @property
    def webhooks(self) -> Endpoints: ...
    @property
    def webhook_deliveries(self) -> Deliveries: ...
    @property
    def audit(self) -> AuditReader: ...
    @property
    def audit_verifier(self) -> Verifier: ...


@frozen(kw_only=True)
class Desk:
    """What these doors stand on.

    `find_template` finds one of a channel's templates by name and language, `templates` all of each channel;
    `was_read` tells a channel that a customer's message was read; `viewers` tells who looks at a conversation,
    without one; `uploaded` counts a file by its kind and size, `exported` what is exported.
    """

    config: Config
    channels: Mapping[str, Channel]
    system: System
    stores: Stores
    cursors: Cursors
    clock: Callable[[], datetime]
    find_template: Callable[[str, str, str], Awaitable[Template | None]]
    templates: Mapping[str, Templates]
    was_read: Callable[[str, str], Awaitable[None]]
    viewers: Callable[[UUID, UUID], list[dict[str, Any]]]
    uploaded: Callable[[str, int], None]
    exported: ExportMetrics

    def routes(self) -> list[Route]:
        """All of them."""
        messages = self._messages()
        doors = (
            messages,  # addresses are tried in this order: what is asked for most comes first
            self._conversations(messages),
            ReadingDoors(self.system, self.stores.conversations, self.was_read, self.clock),
            self._customers(),
            self._media(),
            ThumbnailDoors(self.stores.media, self.stores.thumbnails),
            WaveformDoors(self.stores.media, self.stores.waveforms),
            TemplateDoors(self.templates),
            SearchDoors(self.stores.searches, self.channels, self.cursors),
            Colleagues(self.system, self.stores, self.cursors),
            Supervision(self.stores, self.cursors),
            self._webhooks(),
            self._webhook_deliveries(),
            self._exports(),
            AuditDoors(self.stores.audit, self.stores.audit_verifier, self.cursors),
        )
        return [route for door in doors for route in door.routes()]

    def _conversations(self, messages: MessageDoors) -> ConversationsDesk:
        return ConversationsDesk(
            self.system, self.stores, self.cursors, self.clock, self.channels, self.viewers, messages.compose
        )

    def _customers(self) -> CustomerDoors:
        stores = self.stores
        return CustomerDoors(
            self.system,
            stores.customers,
            stores.customer_merges,
            stores.erasures,
            self.channels,
            self.cursors,
            self.clock,
        )

    def _media(self) -> MediaDoors:
        stores = self.stores
        return MediaDoors(stores.media, stores.files, FormLimits(self.config.media.max_bytes), self.uploaded)

    def _messages(self) -> MessageDoors:
        stores = self.stores
        return MessageDoors(
            self.system,
            stores.conversations,
            stores.messages,
            self._media().attachable,
            self.find_template,
            {name: channel.type for name, channel in self.config.channels.items()},
        )

    def _exports(self) -> ExportsDesk:
        return ExportsDesk(self.stores, self.cursors, self.clock, self.exported, self.config.limits.exports)

    def _webhooks(self) -> WebhookDoors:
        config = self.config
        destinations = Destinations.of(config.webhooks.private_networks, https_only=config.production)
        return WebhookDoors(self.stores.webhooks, self.stores.teams, destinations, self.cursors)

    def _webhook_deliveries(self) -> WebhookDeliveryDoors:
        return WebhookDeliveryDoors(self.stores.webhooks, self.stores.webhook_deliveries, self.cursors)
