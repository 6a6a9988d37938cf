"""What the hub asks of a ticketing system, in that system's words, and what its answers mean."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from hub.config.integrations import Ticketing
from hub.errors import NotFound
from hub.integration import answer
from hub.integration.cache import Keep
from hub.integration.call import Integration
from hub.integration.operation import Operation, Request
from hub.integration.profile import Profile
from hub.integration.ticket import NewTicket, Ticket, TicketStatus


@frozen
class TicketingProfile:
    """Requests for tickets, and tickets from answers."""

    settings: Ticketing
    profile: Profile

    @classmethod
    def of(cls, settings: Ticketing) -> "TicketingProfile":
        """From a section of the configuration."""
        profile = Profile(
            settings.base_url,
            settings.fields,
            settings.item,
            settings.attributes,
            settings.statuses,
            settings.headers,
        )
        return cls(settings, profile)

    def search(self, customer_ref: str, status: TicketStatus | None) -> Request:
        """The customer's tickets. What the back end does not narrow is narrowed here."""
        wanted = self._word_of(status)

        def read(given: Any) -> tuple[Ticket, ...]:
            found = [self._ticket(item) for item in self.profile.objects_of(given, "tickets")]
            theirs = [t for t in found if t.customer_ref in (None, customer_ref)]
            return tuple(t for t in theirs if status is None or t.status is status)

        wire = self.profile.get(self.settings.paths.search, customer_id=customer_ref, status=wanted)
        return Request(self._reads("search_tickets"), wire, read, ("search", customer_ref, status))

    def get(self, id: str) -> Request:
        """One ticket."""

        def read(given: Any) -> Ticket:
            found = self._ticket(self.profile.object_of(given))
            if found.id != id:
                raise NotFound
            return found

        return Request(self._reads("get_ticket"), self.profile.get(self.settings.paths.get, id), read, ("ticket", id))

    def create(self, ticket: NewTicket, key: str) -> Request:
        """A new ticket."""
        wire = self.profile.post(
            self.settings.paths.create,
            None,
            key,
            customer_id=ticket.customer_ref,
            subject=ticket.subject,
            description=ticket.description,
            conversation_id=ticket.conversation,
        )

        def read(given: Any) -> Ticket:
            return self._ticket(self.profile.object_of(given), ticket)

        return Request(self._acts("create_ticket"), wire, read)

    def comment(self, id: str, body: str, key: str) -> Request:
        """A comment on a ticket, which is named in the path or else in the body. Raises NotFound where the back end has
        none."""
        path = self.settings.paths.comment
        if not path:
            raise NotFound("The ticketing system takes no comments.")
        wire = self.profile.post(path, id, key, body=body, ticket_id=None if "{id}" in path else id)
        return Request(self._acts("add_comment"), wire, lambda given: None)

    def _word_of(self, status: TicketStatus | None) -> str | None:
        """The back end's word for a status, if it has exactly one."""
        if status is None or status is TicketStatus.UNKNOWN:
            return None
        words = [theirs for theirs, ours in self.profile.words.items() if ours == status]
        return words[0] if len(words) == 1 else None if words else status.value

    def _ticket(self, item: Mapping[str, Any], asked: NewTicket | None = None) -> Ticket:
        """A ticket; of a new one the back end may say no more than its id, and the rest is as asked."""
        value = self.profile.value
        status, word = answer.status(value(item, "status"), TicketStatus, self.profile.words)
        return Ticket(
            id=answer.identifier(value(item, "id")),
            status=status,
            provider_status=word,
            customer_ref=answer.optional(answer.reference, value(item, "customer_id"))
            or (asked.customer_ref if asked else None),
            subject=answer.text(value(item, "subject")) or (asked.subject if asked else ""),
            description=answer.text(value(item, "description")) or (asked.description if asked else ""),
            created_at=answer.moment(value(item, "created_at")),
            updated_at=answer.moment(value(item, "updated_at")),
        )

    def _reads(self, name: str) -> Operation:
        keep = Keep(self.settings.cache_ttl, self.settings.stale_if_open)
        return Operation(integration=Integration.TICKETING, name=name, timeout=self.settings.timeout, keep=keep)

    def _acts(self, name: str) -> Operation:
        return Operation(
            integration=Integration.TICKETING,
            name=name,
            timeout=self.settings.timeout,
            acts=True,
            repeatable=self.settings.idempotent,
        )
