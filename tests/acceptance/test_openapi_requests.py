"""Requests made of the OpenAPI document: whatever is sent, and whoever asks, the answer is one that it tells of."""

from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.acceptance.agent import Agent, Json
from tests.acceptance.chat import BackEnd
from tests.acceptance.fuzzer import Fuzzer, Verdict
from tests.acceptance.ports import free_port
from tests.acceptance.process import CHANNEL
from tests.acceptance.stage import ANA, BEN, ROOT, Stage

OPTIONS = {"webhooks.private_networks": "127.0.0.0/8"}

THROTTLED = ("--exclude-path", "/api/v1/auth/login", "--exclude-path", "/api/v1/users/{id}/password")
"""Guessed passwords would lock everybody of this machine out, for the cases after this one too. They have cases of
their own, and one run here asks without knowing anybody."""

SIGNING_OUT = ("--exclude-path", "/api/v1/auth/sessions", "--exclude-path", "/api/v1/auth/sessions/{id}")
"""Ends the sign-in of who asks: from then on every answer would be a 401. One run here is of these alone."""


WORK = "^/api/v1/(conversations|messages|customers|notes|tags|search|teams|users$)"
"""What agents and programs do all day. An administrator asks for everything."""


async def made(agent: Agent, path: str, body: Any = None) -> str:
    """Makes something; its id."""
    answer = await agent.request("POST", f"/api/v1/{path}", body)
    assert answer.status in (200, 201, 202), answer.raw
    return str(answer.json["id"])


async def known(stage: Stage) -> dict[str, list[str]]:
    """A hub in which there is something of each kind: the ids."""
    root, ana, name = await stage.login(ROOT), await stage.login(ANA), uuid4().hex[:8]
    _, first = await stage.conversation(root)
    _, second = await stage.conversation(root, "Ainda preciso de ajuda")
    password = {"password": "horse staple battery", "role": "agent"}
    user = await made(root, "users", {"email": f"{name}@example.com", "name": "New", **password})
    hook = {"url": f"http://127.0.0.1:{free_port()}/hook", "event_types": ["message.received"]}
    webhook = await made(root, "webhooks", hook)
    tag = f"tag {name}"
    customers = [(await root.get(f"conversations/{id}"))["customer"]["id"] for id in (first, second)]
    return {
        "conversations.id": [first, second],
        "customers.id": customers,
        "messages.id": [(await ana.say(first, "Bom dia!"))["message_id"]],
        "users.id": [user],
        "teams.id": [await made(root, "teams", {"name": f"Team {name}"})],
        "members.user_id": [user],
        "api-keys.id": [await made(root, "api-keys", {"name": "CI", "scope": "api"})],
        "tags.id": [await made(root, "tags", {"name": tag})],
        "tags.tag": [tag],
        "notes.id": [await made(root, f"conversations/{first}/notes", {"text": "Call back"})],
        "rooms.id": [await made(root, "rooms", {"member_ids": [ana.user["id"]], "name": "Refunds"})],
        "saved-replies.id": [await made(root, "saved-replies", {"shortcut": f"hi{name}", "text": "Hello"})],
        "views.id": [await made(root, "views", {"name": f"Mine {name}", "filter": {}})],
        "webhooks.id": [webhook],
        "deliveries.delivery_id": [await made(root, f"webhooks/{webhook}/test")],
        "whatsapp.channel": [CHANNEL],
    }


async def described(stage: Stage) -> Json:
    """The document."""
    async with stage.session.get(f"{stage.hub.url}/openapi.json") as answer:
        told: Json = await answer.json()
    return told


async def run(stage: Stage, directory: Path, name: str, *options: str, seconds: int, token: str = "") -> Verdict:
    """Asks for so many seconds, with the ids of what there is, and holds every answer to the document."""
    fuzzer = Fuzzer(url=stage.hub.url, directory=directory, known=await known(stage))
    verdict = await fuzzer.run(name, await described(stage), *options, seconds=seconds, token=token)
    assert verdict.code == 0, verdict.report
    return verdict


async def test_an_administrator_asks(stage: Stage, tmp_path: Path) -> None:
    root = await stage.login(ROOT)
    options = (
        "--phases",
        "coverage,fuzzing,stateful",
        "-n",
        "15",
        "--exclude-path-regex",
        "^/chat/",
        *THROTTLED,
        *SIGNING_OUT,
    )
    verdict = await run(stage, tmp_path, "admin", *options, seconds=40, token=root.token)
    assert len(verdict.done) > 10, "the requests miss what there is"


async def test_an_agent_asks(stage: Stage, tmp_path: Path) -> None:
    ana = await stage.login(ANA)
    options = ("--phases", "fuzzing", "-n", "2", "--include-path-regex", WORK)
    await run(stage, tmp_path, "agent", *options, seconds=20, token=ana.token)


async def test_somebody_signs_out_while_asking(stage: Stage, tmp_path: Path) -> None:
    ben = await stage.login(BEN)
    options = ("--phases", "coverage", "--include-path-regex", "/auth/sessions")
    await run(stage, tmp_path, "sessions", *options, seconds=8, token=ben.token)


async def test_an_app_asks(stage: Stage, tmp_path: Path) -> None:
    back_end = await BackEnd.of(stage)
    options = ("--phases", "coverage,fuzzing", "-n", "5", "--include-path-regex", "^/chat/v1/")
    await run(stage, tmp_path, "app", *options, seconds=12, token=back_end.key)


async def test_nobody_asks(stage: Stage, tmp_path: Path) -> None:
    await run(stage, tmp_path, "nobody", "--phases", "fuzzing", "-n", "2", seconds=10)


async def test_a_program_asks(stage: Stage, tmp_path: Path) -> None:
    root = await stage.login(ROOT)
    made = await root.request("POST", "/api/v1/api-keys", {"name": "Everything", "scope": "api"})
    options = ("--phases", "fuzzing", "-n", "2", "--include-path-regex", WORK)
    await run(stage, tmp_path, "program", *options, seconds=15, token=made.json["secret"])
