"""Which events can be asked for."""

from hub.events import EventType
from hub.webhook.endpoint import PRIVATE, offered


def test_every_durable_event_but_those_of_single_people_is_offered() -> None:
    assert {"message.received", "conversation.assigned", "queue.updated"} <= set(offered())
    assert set(offered()) == {each.value for each in EventType} - PRIVATE
