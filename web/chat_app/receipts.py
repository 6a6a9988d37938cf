"""What customers do beside writing, by request: say how far they have got, say that they type. On the socket these
are frames; requests are for clients of the event stream and for the app's back end.
"""

from aiohttp import web
from attrs import field, frozen

from actors.customer_side import CustomerSide
from hub.delivery import DeliveryStatus
from hub.errors import Forbidden, LimitReached, NotFound, Overloaded, Unauthenticated, Unavailable
from web import answers
from web.body import read
from web.chat_app.access import ChatAccess
from web.chat_app.pace import Pace
from web.chat_app.shapes import ChatReceipt, ChatTyping
from web.routes import Route, Section

PER_SECOND = 5.0
BURST = 20.0


@frozen
class ReceiptDoors:
    """`/chat/v1/receipts` and `/chat/v1/typing`."""

    access: ChatAccess
    side: CustomerSide
    pace: Pace = field(factory=lambda: Pace(PER_SECOND, BURST))

    async def receipt(self, request: web.Request) -> web.Response:
        """Moves the company's messages forward. Raises NotFound for a message that is not in the inbox."""
        caller, given = await self.access.caller(request), await read(request, ChatReceipt)
        customer = self.access.named(caller, given.customer_id, given.channel)
        self.pace.take(customer)
        inbox = await self.side.known(customer)
        if inbox is None:
            raise NotFound
        await self.side.reached(inbox, DeliveryStatus(given.status), given.message_id)
        return answers.nothing()

    async def typing(self, request: web.Request) -> web.Response:
        """Tells colleagues at the conversation, if there is one."""
        caller, given = await self.access.caller(request), await read(request, ChatTyping)
        customer = self.access.named(caller, given.customer_id, given.channel)
        self.pace.take(customer)
        inbox = await self.side.known(customer)
        if inbox is not None:
            await self.side.typing(inbox)
        return answers.nothing()

    def routes(self) -> list[Route]:
        """Both."""
        route = Section("chat app", "/chat/v1").route
        refused = (Unauthenticated, Forbidden, LimitReached, Overloaded, Unavailable)
        return [
            route(
                "POST",
                "/receipts",
                self.receipt,
                "A customer has got, or read, messages",
                body=ChatReceipt,
                status=204,
                errors=(*refused, NotFound),
            ),
            route("POST", "/typing", self.typing, "A customer types", body=ChatTyping, status=204, errors=refused),
        ]
