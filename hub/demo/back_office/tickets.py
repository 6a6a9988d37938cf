"""The ticketing system.

POST /ticketing/tickets                 `{customer_id, subject, description, conversation_id?}` → 201
GET  /ticketing/tickets/{id}            `{id, status, subject, customer_id, created_at, updated_at, comments}`
GET  /ticketing/tickets?customer_id=&status=   → `{tickets: […]}`, newest first, at most 100
POST /ticketing/tickets/{id}/comments   `{body}` → 201
"""

import hmac
import itertools
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from attrs import define, field

from hub.demo.back_office.credentials import Credentials
from hub.demo.back_office.door import Door, Json, answered, object_in, text_of
from hub.demo.back_office.past import Past
from hub.demo.back_office.refusal import Refusal

STATUSES = ("open", "pending", "resolved", "closed")
MOST_SHOWN = 100


def now() -> str:
    """The moment as RFC 3339."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@define
class Ticket:
    """A ticket."""

    id: str
    customer_id: str
    subject: str
    description: str
    status: str = "open"
    conversation_id: str | None = None
    created_at: str = field(factory=now)
    updated_at: str = field(factory=now)
    comments: list[str] = field(factory=list)

    def view(self) -> Json:
        """As the API shows it."""
        return {
            "id": self.id,
            "status": self.status,
            "subject": self.subject,
            "description": self.description,
            "customer_id": self.customer_id,
            "conversation_id": self.conversation_id,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            "comments": [{"body": body} for body in self.comments],
        }


class Tickets:
    """All tickets. `past` invents some for a customer who is asked about for the first time."""

    def __init__(self, credentials: Credentials, past: Past, first: int) -> None:
        self._credentials, self._past = credentials, past
        self._remembered: set[str] = set()
        self.all: dict[str, Ticket] = {}
        self._numbers = itertools.count(first)

    def open(self, customer_id: str, subject: str, description: str = "", **facts: Any) -> Ticket:
        """Opens one; `facts` are further fields of `Ticket`."""
        ticket = Ticket(f"T-{next(self._numbers)}", customer_id, subject, description, **facts)
        self.all[ticket.id] = ticket
        return ticket

    def of(self, customer_id: str) -> list[Ticket]:
        """A customer's tickets, newest first."""
        return [ticket for ticket in reversed(self.all.values()) if ticket.customer_id == customer_id]

    def add_to(self, app: web.Application, door: Door) -> None:
        """Every path of this module."""
        for method, path, name, act in (
            ("POST", "/ticketing/tickets", "ticket.create", self._create),
            ("GET", "/ticketing/tickets/{id}", "ticket.get", self._get),
            ("GET", "/ticketing/tickets", "ticket.search", self._search),
            ("POST", "/ticketing/tickets/{id}/comments", "ticket.comment", self._comment),
        ):
            app.router.add_route(method, path, door.handler(name, self._check, act))

    def _check(self, request: web.Request, body: bytes) -> None:
        given = request.headers.get("X-Api-Key", "")
        if not hmac.compare_digest(given.encode(), self._credentials.api_key.encode()):
            raise Refusal(401, "invalid_api_key")

    def _create(self, request: web.Request, body: bytes) -> web.Response:
        given = object_in(body)
        conversation = given.get("conversation_id")
        ticket = self.open(
            text_of(given, "customer_id", most=200),
            text_of(given, "subject", most=300),
            str(given.get("description") or ""),
            conversation_id=None if conversation is None else str(conversation),
        )
        return answered(ticket.view(), status=201)

    def _get(self, request: web.Request, body: bytes) -> web.Response:
        return answered(self._found(request).view())

    def _search(self, request: web.Request, body: bytes) -> web.Response:
        customer, status = request.query.get("customer_id", ""), request.query.get("status")
        if not customer or (status is not None and status not in STATUSES):
            raise Refusal(422, "invalid_query")
        if customer not in self._remembered:
            self._remembered.add(customer)
            for subject, description, state in self._past.tickets(customer):
                self.open(customer, subject, description, status=state)
        found = [ticket.view() for ticket in self.of(customer) if status in (None, ticket.status)]
        return answered({"tickets": found[:MOST_SHOWN]})

    def _comment(self, request: web.Request, body: bytes) -> web.Response:
        ticket = self._found(request)
        ticket.comments.append(text_of(object_in(body), "body"))
        ticket.updated_at = now()
        return answered({"id": f"{ticket.id}-{len(ticket.comments)}", "ticket_id": ticket.id}, status=201)

    def _found(self, request: web.Request) -> Ticket:
        ticket = self.all.get(request.match_info["id"])
        if ticket is None:
            raise Refusal(404, "no_such_ticket")
        return ticket
