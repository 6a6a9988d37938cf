"""Tags put on and taken off by several people at once: none is lost, and everybody is told of each."""

import asyncio

from tests.acceptance.stage import BEN, ROOT, Stage


async def test_fifty_tags_put_on_and_taken_off_at_once_are_a_union(stage: Stage) -> None:
    ana, ben, root = await stage.login(), await stage.login(BEN), await stage.login(ROOT)
    _, conversation_id = await stage.conversation(ana)
    url = f"/api/v1/conversations/{conversation_id}"
    names = [f"tag {number:02}" for number in range(50)]
    for name in names:
        assert (await root.request("POST", "/api/v1/tags", {"name": name})).status == 201
    for name in names[:25]:
        assert (await ana.request("PUT", f"{url}/tags/{name}")).status == 200
    live = await ben.socket()
    before = (await ana.get(f"conversations/{conversation_id}"))["version"]
    asked = [("DELETE", name) for name in names[:25]] + [("PUT", name) for name in names[25:]]
    answers = await asyncio.gather(
        *((ana, ben)[n % 2].request(method, f"{url}/tags/{name}") for n, (method, name) in enumerate(asked))
    )
    assert {answer.status for answer in answers} == {200}
    shown = await ana.get(f"conversations/{conversation_id}")
    assert (shown["tags"], shown["version"]) == (names[25:], before + 50)
    await live.until(lambda stream: len(stream.of("conversation.updated")) == 50)
    told = [frame["data"]["conversation"] for frame in live.of("conversation.updated")]
    assert [conversation["version"] for conversation in told] == list(range(before + 1, before + 51))
    assert told[-1]["tags"] == names[25:]
