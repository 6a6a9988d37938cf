"""A channel: one account through which customers and the company write to each other."""

from collections.abc import Mapping
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


def named(channels: Mapping[str, Channel], asked: str | None) -> tuple[str, ...] | None:
    """The names of the channels that somebody asks for by one's name, or by a type; None when nobody asks.

    A channel that is configured no longer is known by its name alone.
    """
    if asked is None:
        return None
    fitting = (channel.name for channel in channels.values() if asked in (channel.name, channel.type))
    return tuple(fitting) or (asked,)
