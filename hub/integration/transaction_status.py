"""What the hub asks of the back end that tells transactions, in its words, and what its answers mean."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from hub.config.integrations import TransactionStatus as Settings
from hub.errors import Invalid, NotFound
from hub.integration import answer
from hub.integration.cache import Keep
from hub.integration.call import Integration
from hub.integration.operation import Operation, Request
from hub.integration.profile import Profile
from hub.integration.transaction import HISTORY_MOST, Transaction, TransactionPage, TransactionStatus


@frozen
class TransactionStatusProfile:
    """Requests for transactions, and transactions from answers."""

    settings: Settings
    profile: Profile

    @classmethod
    def of(cls, settings: Settings) -> "TransactionStatusProfile":
        """From a section of the configuration."""
        return cls(
            settings, Profile(settings.base_url, settings.fields, settings.item, settings.attributes, settings.statuses)
        )

    def get(self, id: str, customer_ref: str | None) -> Request:
        """One transaction of this customer; of anybody for None."""

        def read(given: Any) -> Transaction:
            found = self._transaction(self.profile.object_of(given))
            if found.id != id or customer_ref not in (None, found.customer_ref):
                raise NotFound
            return found

        wire = self.profile.get(self.settings.paths.get, id)
        return Request(self._reads("get_transaction_status"), wire, read, ("transaction", id, customer_ref))

    def history(self, customer_ref: str, cursor: str | None, limit: int) -> Request:
        """A page of the customer's transactions. Raises Invalid for a wrong limit."""
        if not 1 <= limit <= HISTORY_MOST:
            raise Invalid(errors=[{"path": "$.limit", "message": f"must be 1 to {HISTORY_MOST}"}])

        def read(given: Any) -> TransactionPage:
            found = [self._transaction(item) for item in self.profile.objects_of(given, "transactions")]
            theirs = tuple(t for t in found if t.customer_ref == customer_ref)[:limit]
            return TransactionPage(theirs, answer.cursor(self.profile.value(given, "next_cursor")))

        wire = self.profile.get(self.settings.paths.search, customer_id=customer_ref, cursor=cursor, limit=limit)
        return Request(self._reads("get_transaction_history"), wire, read, ("history", customer_ref, cursor, limit))

    def _transaction(self, item: Mapping[str, Any]) -> Transaction:
        value = self.profile.value
        status, word = answer.status(value(item, "status"), TransactionStatus, self.profile.words)
        return Transaction(
            id=answer.identifier(value(item, "id")),
            status=status,
            provider_status=word,
            amount=answer.amount(value(item, "amount")),
            currency=answer.currency(value(item, "currency")),
            customer_ref=answer.reference(value(item, "customer_id")),
            description=answer.text(value(item, "description")),
            created_at=answer.moment(value(item, "created_at")),
        )

    def _reads(self, name: str) -> Operation:
        keep = Keep(self.settings.cache_ttl, self.settings.stale_if_open)
        return Operation(
            integration=Integration.TRANSACTION_STATUS, name=name, timeout=self.settings.timeout, keep=keep
        )
