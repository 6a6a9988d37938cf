"""The commentary: bounded, ends for a listener that is too slow, speaks up when nothing happens."""

from hub.demo.whatsapp.feed import WAITING, Feed


async def test_slow_listener_is_cut_off() -> None:
    feed = Feed()
    with feed.listen() as listener:
        for number in range(WAITING + 5):
            feed.publish("said", str(number))
        assert listener.cut
        assert [event["number"] async for event in listener] == [str(number) for number in range(WAITING)]


async def test_pauses_and_the_end() -> None:
    feed = Feed()
    with feed.listen() as listener:
        events = listener.with_pauses(0.01)
        assert await anext(events) is None
        feed.publish("said", "1", wamid="w")
        assert await anext(events) == {"event": "said", "number": "1", "wamid": "w"}
    feed.publish("said", "2")
    assert not listener.cut
