"""How a customer's device gets in: a token from the app's back end, and a ticket where no header can be set."""

from aiohttp import web
from attrs import frozen

from actors.customer_side import CustomerSide
from hub.chat_app.inbox import AppCustomer
from hub.chat_app.ports import InboxTicket, InboxTickets
from hub.conversation.attributes import merged
from hub.errors import Forbidden, Overloaded, Unauthenticated, Unavailable
from web import answers
from web.accounts import bearer
from web.body import read
from web.chat_app.access import ChatAccess
from web.chat_app.shapes import ChatTicket, ChatToken, ChatTokenNew
from web.routes import Route, Section


@frozen
class EntryDoors:
    """`/chat/v1/tokens` and `/chat/v1/tickets`."""

    access: ChatAccess
    side: CustomerSide
    tickets: InboxTickets

    async def token(self, request: web.Request) -> web.Response:
        """A token for a customer of the app; what the app knows of them is noted. Raises Forbidden without a key."""
        await self.access.back_end(request)
        given = await read(request, ChatTokenNew)
        line = self.access.line(given.channel)
        if given.name is not None or given.attributes:
            customer = AppCustomer(line.name, given.customer_id)
            await self.side.inbox(customer, given.name, merged({}, given.attributes))
        token = line.tokens.issue(given.customer_id, given.name)
        return answers.json(ChatToken(token, line.tokens.life, given.customer_id, line.name), 201)

    async def ticket(self, request: web.Request) -> web.Response:
        """A ticket for whoever sent this customer's token. Raises Unauthenticated, Forbidden."""
        self.access.greet(request)
        caller = self.access.customer(request, bearer(request))
        assert caller.customer is not None
        assert caller.until is not None
        ticket = await self.tickets.issue(InboxTicket(caller.customer, caller.until))
        return answers.json(ChatTicket(ticket, int(self.tickets.life)), 201)

    def routes(self) -> list[Route]:
        """Both."""
        route = Section("chat app", "/chat/v1").route
        refused = (Unauthenticated, Forbidden, Unavailable)
        return [
            route(
                "POST",
                "/tokens",
                self.token,
                "A token for a customer",
                body=ChatTokenNew,
                returns=ChatToken,
                status=201,
                errors=(*refused, Overloaded),
            ),
            route(
                "POST",
                "/tickets",
                self.ticket,
                "A ticket for one event stream",
                returns=ChatTicket,
                status=201,
                errors=refused,
            ),
        ]
