"""One's own drafts."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from hub.draft import KEPT
from hub.rights import Role
from storage.database import Database
from tests.web.desk_stage import DeskStage, staged_desk


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[DeskStage]:
    async with staged_desk(database, aiohttp_client) as stage:
        yield stage


async def test_a_draft_is_kept_until_it_is_sent(desk: DeskStage) -> None:
    path = f"conversations/{await desk.says()}"
    assert (await desk.ask("GET", f"{path}/draft")).status == 404
    file = str(uuid4())
    for words in ("Bom", "Bom dia"):
        kept = await desk.ask("PUT", f"{path}/draft", {"text": words, "media_ids": [file]})
    draft = await kept.json()
    assert (draft["text"], draft["media_ids"]) == ("Bom dia", [file])
    assert (await desk.get(path))["draft"] == await desk.get(f"{path}/draft") == draft
    _, colleague = await desk.somebody(Role.AGENT, in_team=True)
    assert (await desk.get(path, colleague))["draft"] is None
    await desk.ask("POST", f"{path}/messages", {"client_id": str(uuid4()), "text": "from a colleague"}, colleague)
    assert (await desk.get(path))["draft"] == draft
    await desk.ask("POST", f"{path}/messages", {"client_id": str(uuid4()), "text": "Bom dia"})
    assert (await desk.get(path))["draft"] is None
    assert (await desk.ask("PUT", f"{path}/draft", {"text": "And"})).status == 200
    assert (await desk.get(f"{path}/draft"))["text"] == "And"


async def test_it_can_be_thrown_away(desk: DeskStage) -> None:
    path = f"conversations/{await desk.says()}/draft"
    for method, body in (("DELETE", None), ("PUT", {"text": ""})):
        await desk.ask("PUT", path, {"text": "x"})
        assert (await desk.ask(method, path, body)).status in (200, 204)
        assert (await desk.ask("GET", path)).status == 404


async def test_bounds_and_rights(desk: DeskStage) -> None:
    path = f"conversations/{await desk.says()}/draft"
    for body in ({"text": "x" * 4097}, {"media_ids": [str(uuid4())] * 11}, {"mood": 1}):
        assert (await desk.ask("PUT", path, body)).status == 422
    _, stranger = await desk.somebody(Role.AGENT, in_team=False)
    for method in ("GET", "PUT", "DELETE"):
        assert (await desk.ask(method, path, {"text": "x"} if method == "PUT" else None, stranger)).status == 404


async def test_what_nobody_came_back_to_is_forgotten(desk: DeskStage) -> None:
    path = f"conversations/{await desk.says()}/draft"
    await desk.ask("PUT", path, {"text": "x"})
    await desk.drafts.prune(desk.clock() - KEPT)
    assert (await desk.ask("GET", path)).status == 200
    await desk.drafts.prune(desk.clock() + timedelta(seconds=1))
    assert (await desk.ask("GET", path)).status == 404
