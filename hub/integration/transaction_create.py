"""What the hub asks of the back end that makes transactions, in its words, and what its answers mean."""

from typing import Any

from attrs import frozen

from hub.config.integrations import TransactionCreate as Settings
from hub.integration import answer
from hub.integration.call import Integration
from hub.integration.operation import Absent, Operation, Request
from hub.integration.profile import Profile
from hub.integration.transaction import DraftRequest, DraftState, ProviderCommit, ProviderDraft


@frozen
class TransactionCreateProfile:
    """Requests for drafts, and drafts from answers. Nothing is kept: each of these decides over money."""

    settings: Settings
    profile: Profile

    @classmethod
    def of(cls, settings: Settings) -> "TransactionCreateProfile":
        """From a section of the configuration."""
        return cls(
            settings, Profile(settings.base_url, settings.fields, settings.item, settings.attributes, settings.states)
        )

    def create(self, draft: DraftRequest, key: str) -> Request:
        """A new draft."""
        wire = self.profile.post(
            self.settings.paths.draft,
            None,
            key,
            customer_id=draft.customer_ref,
            amount=f"{draft.amount:f}",
            currency=draft.currency,
            description=draft.description,
        )
        return Request(self._acts("create_draft"), wire, self._draft)

    def get(self, external_id: str) -> Request:
        """How a draft stands."""
        operation = Operation(
            integration=Integration.TRANSACTION_CREATE, name="get_draft", timeout=self.settings.draft_timeout
        )

        def read(given: Any) -> ProviderDraft:
            found = self._draft(given)
            if found.external_id != external_id:
                raise answer.WrongAnswer("another draft")
            return found

        return Request(operation, self.profile.get(self.settings.paths.get, external_id), read)

    def commit(self, external_id: str, key: str) -> Request:
        """Makes the transaction of a draft."""
        wire = self.profile.post(self.settings.paths.commit, external_id, key)
        return Request(self._acts("commit_draft", self.settings.commit_timeout), wire, self._commit)

    def cancel(self, external_id: str, key: str) -> Request:
        """Gives a draft up."""
        wire = self.profile.delete(self.settings.paths.cancel, external_id, key)
        return Request(self._acts("cancel_draft", absent=Absent.DONE), wire, lambda given: None)

    def _draft(self, given: Any) -> ProviderDraft:
        item = self.profile.object_of(given)
        value = self.profile.value
        state, word = answer.status(value(item, "state"), DraftState, self.profile.words)
        return ProviderDraft(
            external_id=answer.identifier(value(item, "id")),
            state=state,
            provider_state=word,
            amount=answer.optional(answer.amount, value(item, "amount")),
            currency=answer.optional(answer.currency, value(item, "currency")),
            customer_ref=answer.optional(answer.reference, value(item, "customer_id")),
            description=answer.optional(answer.text, value(item, "description")),
            transaction_id=answer.optional(answer.identifier, value(item, "transaction_id")),
        )

    def _commit(self, given: Any) -> ProviderCommit:
        item = self.profile.object_of(given)
        value = self.profile.value
        return ProviderCommit(
            transaction_id=answer.identifier(value(item, "transaction_id")),
            amount=answer.optional(answer.amount, value(item, "amount")),
            currency=answer.optional(answer.currency, value(item, "currency")),
        )

    def _acts(self, name: str, timeout: float | None = None, *, absent: Absent = Absent.REFUSED) -> Operation:
        return Operation(
            integration=Integration.TRANSACTION_CREATE,
            name=name,
            timeout=timeout or self.settings.draft_timeout,
            acts=True,
            signed=True,
            absent=absent,
        )
