"""The doors to the company's back ends: integrations, tickets, transactions, and webhooks from there."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from attrs import frozen

from actors.back_ends import BackEnds
from actors.kernel import System
from hub.audit import AuditLog
from hub.config import Config
from hub.customer import Customers
from hub.dead_letter import DeadLetterBox
from hub.integration import credentials
from hub.integration.call import Integration
from hub.integration.customer import CustomerRefs, Owners
from hub.integration.webhook import IntegrationWebhooks
from hub.ports import ConversationReader
from web.admission import InHand
from web.back_end_call import BackEndCalls
from web.cursors import Cursors
from web.integration import IntegrationDoors
from web.integration_webhook import IntegrationWebhookDoor, Sender
from web.routes import Route
from web.ticket import TicketDoors
from web.transaction import TransactionDoors


class Stores(Protocol):
    """What these doors read and write."""

    @property
    def audit(self) -> AuditLog: ...
    @property
    def conversations(self) -> ConversationReader: ...
    @property
    def customers(self) -> Customers: ...
    @property
    def customer_refs(self) -> CustomerRefs: ...
    @property
    def integration_webhooks(self) -> IntegrationWebhooks: ...
    @property
    def dead_letters(self) -> DeadLetterBox: ...


@frozen
class BackOffice:
    """What these doors stand on. `pseudonym` is what the audit calls a customer; `came` counts webhooks by what became
    of them."""

    config: Config
    system: System
    stores: Stores
    ends: BackEnds
    cursors: Cursors
    clock: Callable[[], datetime]
    pseudonym: Callable[[UUID], str]
    came: Callable[[str, str], None]

    def routes(self) -> list[Route]:
        """All of them."""
        stores, ends = self.stores, self.ends
        calls = BackEndCalls(stores.audit, self.clock, self.config.circuits.deadline)
        owners = Owners(stores.customer_refs, stores.customers)
        issuers = {name: issuer.circuit for name, issuer in credentials.issuers(self.config.integrations).items()}
        doors = (
            IntegrationDoors(ends, issuers, self.clock, calls),
            TicketDoors(ends, stores.customers, owners, stores.conversations, calls, self.pseudonym),
            TransactionDoors(ends, stores.customers, owners, calls, self.cursors),
            IntegrationWebhookDoor(
                self._senders(),
                stores.integration_webhooks,
                stores.dead_letters,
                self.system,
                self.clock,
                self.came,
                InHand(self.config.limits.webhooks_in_hand),
            ),
        )
        return [route for door in doors for route in door.routes()]

    def _senders(self) -> dict[str, Sender]:
        given, profile = self.config.integrations.transaction_status, self.ends.profiles.transaction_status
        if given is None or profile is None:
            return {}
        secrets = tuple(secret.reveal() for secret in given.webhook_secret)
        return {Integration.TRANSACTION_STATUS: Sender(secrets, profile.profile)}
