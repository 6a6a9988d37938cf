"""A channel: one account through which customers and the company write to each other."""

from datetime import timedelta

from attrs import frozen


@frozen
class Channel:
    """What conversations need to know of their channel. `type` is `whatsapp` or `chat_app`.

    New conversations go to the team of the name `default_team`; if there is none, to the first team that was made. A
    resolved one that the customer writes to within `reopen_window` goes on.
    """

    name: str
    type: str
    default_team: str = ""
    reopen_window: timedelta = timedelta(days=7)
