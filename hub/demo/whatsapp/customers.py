"""The customers of one world: people with a phone number, a user id, perhaps a username, and a will of their own."""

from collections.abc import Iterator

from hub.demo.whatsapp.author import Author
from hub.demo.whatsapp.envelope import Update
from hub.demo.whatsapp.identity import Identity, digits
from hub.demo.whatsapp.media import MediaStore
from hub.demo.whatsapp.phone import Json
from hub.demo.whatsapp.statuses import Statuses
from hub.demo.whatsapp.surroundings import Surroundings
from hub.demo.whatsapp.webhooks import Webhooks


class Customer(Author):
    """One person: everything an author writes, and what one does with the account itself."""

    async def change_number(self, number: str, *, wa_id: str | None = None) -> str:
        """Move to another phone number: Meta makes a new user id and says so twice. Returns the system message's id."""
        old, plain = self.identity, digits(number)
        new = Identity(plain, wa_id or plain, self._world.ids.bsuid(old.bsuid[:2]), old.name, old.username)
        body = f"User {old.name} changed from {old.wa_id} to {new.wa_id}"
        system = {"body": body, "wa_id": new.wa_id, "user_id": new.bsuid, "type": "user_changed_number"}
        wamid = self._system(system)
        self._rotate(new, "User changed their phone number")
        return wamid

    async def change_user_id(self) -> str:
        """Get a new user id with the same number. Returns the system message's id."""
        old = self.identity
        new = Identity(old.number, old.wa_id, self._world.ids.bsuid(old.bsuid[:2]), old.name, old.username)
        new.phone_contact_at = old.phone_contact_at
        body = f"User {old.name} changed from {old.bsuid} to {new.bsuid}"
        wamid = self._system({"body": body, "user_id": new.bsuid, "type": "user_changed_user_id"})
        self._rotate(new, "User id changed")
        return wamid

    async def change_identity_key(self) -> str:
        """Reinstall WhatsApp: the encryption key changes."""
        at = self._world.clock.timestamp()
        identity = {"acknowledged": True, "created_timestamp": at, "hash": self._world.ids.token(12)}
        system = {"body": f"{self.identity.name}'s security code changed", "type": "customer_identity_changed"}
        return self.notify("system", system, extra={"identity": identity})

    async def adopt_username(self, username: str, *, hide_phone: bool = True) -> None:
        """Take a username. `hide_phone`: as if the business had not had contact with the number for 30 days."""
        self.identity.username = username.lstrip("@")
        self.identity.phone_contact_at = 0.0 if hide_phone else self._world.clock.now()
        self._changed()

    async def stop_marketing(self) -> None:
        """Refuse marketing messages from now on."""
        self.stopped_marketing = True
        self._preference("stop", "User requested to stop marketing messages")

    async def resume_marketing(self) -> None:
        """Take marketing messages again."""
        self.stopped_marketing = False
        self._preference("resume", "User requested to resume marketing messages")

    async def block(self) -> None:
        """Block the business: nothing arrives any more, and the business is not told."""
        self.blocks_business = True
        self._changed()

    async def unblock(self) -> None:
        """Let the business in again; what was sent in between is lost."""
        self.blocks_business = False
        self._changed()

    async def call(self, seconds: int = 30) -> str:
        """Call the business and hang up after a while. A call opens the window. Returns the call's id."""
        self.open_window()
        call_id, now = self._world.ids.call(), int(self._world.clock.now())
        sender = self.identity.sender(self._world.clock.now())
        common = {"id": call_id, "to": self._world.account.display_phone_number, **sender}
        ways = {"direction": "USER_INITIATED", "timestamp": str(now)}
        session = {"sdp_type": "offer", "sdp": "v=0\r\n"}
        self.tell("calls", {"calls": [{**common, "event": "connect", **ways, "session": session}]})
        times = {"start_time": str(now), "end_time": str(now + seconds), "duration": seconds}
        self.tell("calls", {"calls": [{**common, "event": "terminate", **ways, "status": "COMPLETED", **times}]})
        return call_id

    def _system(self, system: Json) -> str:
        message = self.compose("system", system)
        self._webhooks.emit(Update("messages", {"messages": [message]}))
        return str(message["id"])

    def _rotate(self, new: Identity, detail: str) -> None:
        old = self.identity
        phone = {"wa_id": new.wa_id} if new.shows_phone(self._world.clock.now()) else {}
        user_id = {"previous": old.bsuid, "current": new.bsuid}
        change = {**phone, "detail": detail, "user_id": user_id, "timestamp": self._world.clock.timestamp()}
        self.identity = new
        self.tell("user_id_update", {"user_id_update": [change]}, with_contact=False)

    def _preference(self, value: str, detail: str) -> None:
        now = self._world.clock.now()
        phone = {"wa_id": self.wa_id} if self.identity.shows_phone(now) else {}
        wish = {**phone, "user_id": self.bsuid, "detail": detail, "category": "marketing_messages", "value": value}
        self.tell("user_preferences", {"user_preferences": [{**wish, "timestamp": int(now)}]})


class Customers:
    """Everybody, findable by any address."""

    def __init__(self, world: Surroundings, webhooks: Webhooks, media: MediaStore, statuses: Statuses) -> None:
        self._world, self._webhooks, self._media, self._statuses = world, webhooks, media, statuses
        self._everybody: list[Customer] = []
        self._index: dict[str, Customer] = {}

    def __iter__(self) -> Iterator[Customer]:
        return iter(self._everybody)

    def __len__(self) -> int:
        return len(self._everybody)

    def ensure(
        self,
        number: str,
        name: str,
        wa_id: str | None = None,
        username: str | None = None,
        country: str | None = None,
    ) -> Customer:
        """The customer with this number (in whatever notation), made if there is none."""
        plain = digits(number)
        if known := self.find(plain):
            return known
        bsuid = self._world.ids.bsuid(country or self._world.account.country)
        identity = Identity(plain, wa_id or plain, bsuid, name, username)
        customer = Customer(identity, self._world, self._webhooks, self._media, self._statuses)
        self._everybody.append(customer)
        self._remember(customer)
        return customer

    def find(self, address: str) -> Customer | None:
        """Who has this phone number (as dialled or as WhatsApp says it), or this user id, now."""
        customer = self._index.get(address)
        if customer is None or not _has(customer, address):
            customer = next((someone for someone in self._everybody if _has(someone, address)), None)
            if customer is not None:
                self._remember(customer)
        return customer

    def _remember(self, customer: Customer) -> None:
        for address in (customer.number, customer.wa_id, customer.bsuid):
            self._index[address] = customer


def _has(customer: Customer, address: str) -> bool:
    return address in (customer.number, customer.wa_id, customer.bsuid)
