"""The provider's stand-in takes messages and notes when."""

import orjson

from hub.bench.graph import listening
from hub.bench.wire import connect, request
from hub.whatsapp.answer import Accepted, read_answer


async def test_every_message_is_taken_with_an_id_of_its_own() -> None:
    async with listening() as graph:
        connection = await connect(graph.port)
        ids = set()
        for mark in (1, 2):
            body = orjson.dumps({"text": {"body": f"bench-{mark:012d} Hello"}})
            asked = request("POST", "/v26.0/1/messages", body)
            answer = await connection.ask(asked)
            taken = read_answer(answer.status, "application/json", answer.body)
            assert isinstance(taken, Accepted)
            ids.add(taken.wamid)
        connection.close()
    assert len(ids) == graph.requests == 2
    assert graph.taken[1] < graph.taken[2]
