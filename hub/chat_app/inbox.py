"""A customer's inbox: their conversations on one channel of the type `chat_app`, however many devices look into it."""

from uuid import UUID, uuid5

from attrs import frozen

from hub.inbound import Identity, IdentityKind, Party

TYPE = "chat_app"
"""The type of these channels."""

_INBOXES = UUID("3d3f7d6c-6f0e-5c69-9b1b-6f0a4a1c7a52")


def inbox_id(channel: str, customer_id: UUID) -> UUID:
    """The name under which the event log knows a customer's inbox: the same for every replica, device and session."""
    return uuid5(_INBOXES, f"{customer_id}|{channel}")


@frozen
class AppCustomer:
    """A customer as the Chat App names them: by the app's own `customer_id`, on one channel."""

    channel: str
    customer_id: str

    def party(self, name: str | None = None, attributes: dict[str, object] | None = None) -> Party:
        """The same as the channel describes whoever writes."""
        return Party((Identity(IdentityKind.APP_ID, self.customer_id),), name, attributes or {})


@frozen
class Inbox:
    """A customer's inbox, once the hub knows them. `owner` is the hub's own id of the customer, `name` what they are
    called."""

    customer: AppCustomer
    owner: UUID
    name: str | None = None

    @property
    def id(self) -> UUID:
        """Its name in the event log."""
        return inbox_id(self.customer.channel, self.owner)
