"""A channel: one account through which customers and the company write to each other."""

from datetime import timedelta
from uuid import UUID

from attrs import frozen


@frozen
class Channel:
    """What conversations need to know of their channel. `type` is `whatsapp` or `chat_app`.

    New conversations go to `team_id`. A resolved one that the customer writes to within `reopen_window` goes on.
    """

    name: str
    type: str
    team_id: UUID | None
    reopen_window: timedelta = timedelta(days=7)
