"""The largest webhook that Meta sends: a thousand messages, almost 3 MB, answered once, all stored."""

from collections import defaultdict

import orjson

from tests.acceptance.agent import PATIENCE
from tests.acceptance.stage import Stage

MESSAGES = 1000
CUSTOMERS = 200
SIZE = 2_900_000


async def test_a_thousand_arabic_messages_in_one_webhook(stage: Stage) -> None:
    ana = await stage.login()
    live = await ana.socket()
    post, wamids = stage.world.send_many(MESSAGES, CUSTOMERS, SIZE)
    assert len(post.raw) > SIZE * 0.95
    await stage.world.quiet(PATIENCE * 3)
    assert [attempt.status for attempt in post.tries] == [200]
    expected: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for message in orjson.loads(post.raw)["entry"][0]["changes"][0]["value"]["messages"]:
        expected[message["from_user_id"]].append((message["id"], message["text"]["body"]))
    stored: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in await stage.rows(
        "select i.value, m.channel_message_id, m.text, m.seq from messages m"
        " join conversations c on c.id = m.conversation_id"
        " join identities i on i.customer_id = c.customer_id and i.kind = 'bsuid' order by m.conversation_id, m.seq"
    ):
        stored[row["value"]].append((row["channel_message_id"], row["text"]))
        assert row["seq"] == len(stored[row["value"]])
    assert stored == expected
    assert len(wamids) == MESSAGES
    await live.until(lambda stream: len(stream.of("message.received")) == MESSAGES, 60.0)
    numbers = [frame["seq"] for frame in live.durable]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    again = stage.world.post(orjson.loads(post.raw))
    await stage.world.quiet(PATIENCE)
    assert again.accepted
    assert await stage.value("select count(*) from messages") == MESSAGES
