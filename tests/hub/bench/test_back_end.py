"""The back ends' stand-in makes drafts and commits them."""

import orjson

from hub.bench.back_end import listening
from hub.bench.wire import connect, request


async def test_a_draft_is_made_and_committed() -> None:
    async with listening() as back_end:
        connection = await connect(back_end.port)

        async def ask(method: str, path: str, body: bytes = b"") -> dict[str, object]:
            found: dict[str, object] = orjson.loads((await connection.ask(request(method, path, body))).body)
            return found

        assert (await ask("POST", "/oauth/token"))["access_token"] == "bench-token"
        assert await ask("GET", "/tickets?customer_id=1") == {"tickets": []}
        made = await ask("POST", "/transactions/drafts", b'{"amount":"1.00"}')
        assert (made["amount"], made["state"]) == ("1.00", "open")
        done = await ask("POST", f"/transactions/drafts/{made['id']}/commit")
        assert (done["state"], back_end.commits) == ("committed", 1)
        assert await ask("GET", f"/transactions/drafts/{made['id']}") == done
        connection.close()
