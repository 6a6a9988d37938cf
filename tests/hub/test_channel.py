"""Channels by what people ask for."""

from hub.channel import Channel, named

CHANNELS = {
    name: Channel(name, type) for name, type in (("main", "whatsapp"), ("old", "whatsapp"), ("app", "chat_app"))
}


def test_a_name_and_a_type_name_channels() -> None:
    assert named(CHANNELS, None) is None
    assert named(CHANNELS, "old") == ("old",)
    assert named(CHANNELS, "whatsapp") == ("main", "old")
    assert named(CHANNELS, "chat_app") == ("app",)


def test_a_channel_of_former_times_is_known_by_its_name() -> None:
    assert named(CHANNELS, "gone") == ("gone",)
