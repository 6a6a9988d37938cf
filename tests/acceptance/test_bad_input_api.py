"""What an agent's side can send wrong: each is refused in its own words, never with an error of the hub's."""

import contextlib
import time
from typing import Any
from uuid import uuid4

import jwt
import pytest
from aiohttp import WSMsgType, WSServerHandshakeError

from tests.acceptance.agent import PATIENCE, Agent
from tests.acceptance.process import AUTH_SECRET
from tests.acceptance.stage import Stage
from web.keys import ring

KEYS = ring([AUTH_SECRET], "access token")


def _claims(agent: Agent, **changed: Any) -> dict[str, Any]:
    claims = jwt.decode(agent.token, options={"verify_signature": False})
    return {name: value for name, value in {**claims, **changed}.items() if value is not None}


def _signed(agent: Agent, key: bytes = KEYS.signing, alg: str = "HS256", kid: str = "", **changed: Any) -> str:
    return jwt.encode(_claims(agent, **changed), key, alg, headers={"kid": kid or KEYS.signing_id})


def _tokens(agent: Agent) -> dict[str, str]:
    now = int(time.time())
    signature = agent.token.rpartition(".")[2]
    return {
        "empty": "",
        "garbage": "garbage",
        "three parts of nothing": "a.b.c",
        "no signature": agent.token.rpartition(".")[0] + ".",
        "another signature": agent.token.removesuffix(signature) + signature[::-1],
        "alg none": jwt.encode(_claims(agent), "", "none", headers={"kid": KEYS.signing_id}),
        "another algorithm": _signed(agent, KEYS.signing * 2, "HS512"),
        "the secret itself": _signed(agent, AUTH_SECRET.encode()),
        "another purpose": _signed(agent, ring([AUTH_SECRET], "refresh token").signing),
        "an unknown key": _signed(agent, kid="000000000000"),
        "expired": _signed(agent, iat=now - 1000, exp=now - 60),
        "from the future": _signed(agent, iat=now + 600, exp=now + 900),
        "not yet": _signed(agent, nbf=now + 600),
        "for ever": _signed(agent, exp=10**20),
        "without an end": _signed(agent, exp=None),
        "a foreign audience": _signed(agent, aud="hub:ai"),
        "no audience": _signed(agent, aud=None),
        "a foreign issuer": _signed(agent, iss="somebody"),
        "another kind": _signed(agent, typ="refresh"),
        "nobody": _signed(agent, sub=str(uuid4())),
        "no person": _signed(agent, sub="1 or 1=1"),
        "another sign-in": _signed(agent, sid=str(uuid4())),
        "older rights": _signed(agent, ver=99),
        "7 kB": _signed(agent, padding="x" * 5200),
    }


async def test_a_token_that_is_not_quite_ours_is_refused_like_any_other(stage: Stage) -> None:
    ana = await stage.login()
    ana_again = Agent(stage.session, ana.url, ana.user, _signed(ana))
    assert (await ana_again.request("GET", "/api/v1/auth/me")).status == 200
    said = set()
    for name, token in _tokens(ana).items():
        forged = Agent(stage.session, ana.url, ana.user, token)
        answer = await forged.request("GET", "/api/v1/auth/me")
        assert answer.status == 401, name
        assert answer.headers["WWW-Authenticate"].startswith("Bearer"), name
        problem = answer.json
        said.add((problem["code"], problem["title"], problem["detail"]))
        with pytest.raises(WSServerHandshakeError) as refused:
            await forged.socket()
        assert refused.value.status == 401, name
    assert len(said) == 1


async def test_authorization_of_other_kinds(stage: Stage) -> None:
    ana = await stage.login()
    url = f"{ana.url}/api/v1/auth/me"
    bearer = ("Authorization", f"Bearer {ana.token}")
    for headers in ([], [bearer, bearer], [("Authorization", "Basic cm9vdDpyb290")], [("Authorization", ana.token)]):
        async with stage.session.get(url, headers=headers) as answer:
            assert answer.status == 401
    async with stage.session.get(url, params={"access_token": ana.token}) as answer:
        assert answer.status == 401


ID = "01930000-0000-7000-8000-00000000000a"
MESSAGES: dict[str, tuple[bytes, int, str]] = {
    "nothing": (b"", 400, "invalid_json"),
    "half": (b'{"client_id":', 400, "invalid_json"),
    "invalid UTF-8": (b'{"text":"\xff"}', 400, "invalid_json"),
    "deep": (b"[" * 100_000, 400, "invalid_json"),
    "not a number": (b'{"client_id":NaN}', 400, "invalid_json"),
    "a list": (b"[]", 422, "invalid_request"),
    "null": (b"null", 422, "invalid_request"),
    "no fields": (b"{}", 422, "invalid_request"),
    "a lone surrogate": (b'{"client_id":"%s","text":"\\ud800"}' % ID.encode(), 422, "invalid_request"),
    "NUL": (b'{"client_id":"%s","text":"a\\u0000b"}' % ID.encode(), 422, "invalid_request"),
    "an unknown field": (b'{"client_id":"%s","text":"a","status":"read"}' % ID.encode(), 422, "invalid_request"),
    "no text": (b'{"client_id":"%s"}' % ID.encode(), 422, "invalid_request"),
    "an empty text": (b'{"client_id":"%s","text":""}' % ID.encode(), 422, "invalid_request"),
    "a blank text": (b'{"client_id":"%s","text":" \\n "}' % ID.encode(), 422, "invalid_request"),
    "a text too long": (b'{"client_id":"%s","text":"%s"}' % (ID.encode(), b"x" * 4097), 422, "invalid_request"),
    "a number for a text": (b'{"client_id":"%s","text":7}' % ID.encode(), 422, "invalid_request"),
    "an id that is none": (b'{"client_id":"1 or 1=1","text":"a"}', 422, "invalid_request"),
    "two kinds at once": (b'{"client_id":"%s","template":{},"interactive":{}}' % ID.encode(), 422, "invalid_request"),
    "too large": (b'{"text":"%s"}' % (b"x" * 300_000), 413, "payload_too_large"),
}


@pytest.mark.parametrize("body", MESSAGES)
async def test_a_message_that_cannot_be_sent_is_refused_in_its_own_words(stage: Stage, body: str) -> None:
    ana = await stage.login()
    customer, conversation_id = await stage.conversation(ana)
    raw, status, code = MESSAGES[body]
    path = f"{ana.url}/api/v1/conversations/{conversation_id}/messages"
    async with stage.session.post(
        path, data=raw, headers={**ana.headers, "Content-Type": "application/json"}
    ) as answer:
        problem = await answer.json(content_type="application/problem+json")
        assert (answer.status, problem["code"]) == (status, code)
        assert problem["request_id"]
    await ana.say(conversation_id, "E agora uma resposta comum")
    assert (await customer.next_message(0, PATIENCE)).text == "E agora uma resposta comum"
    await stage.world.quiet(PATIENCE)
    assert len(await ana.messages(conversation_id)) == 2


@pytest.mark.parametrize("number", ["18446744073709551616", "-1", "1.5", "1e3", "true", '"1"', "[]", "9" * 400])
async def test_numbers_that_are_none_to_count_with(stage: Stage, number: str) -> None:
    ana = await stage.login()
    _, conversation_id = await stage.conversation(ana)
    path = f"{ana.url}/api/v1/conversations/{conversation_id}"
    headers = {**ana.headers, "Content-Type": "application/json", "If-Match": '"1"'}
    for method, url, name in (("PUT", f"{path}/read", "conversation_seq"), ("PATCH", path, "priority")):
        async with stage.session.request(method, url, data=f'{{"{name}":{number}}}', headers=headers) as answer:
            assert answer.status in (400, 422), await answer.text()
    assert (await ana.get(f"conversations/{conversation_id}"))["priority"] == 0


async def test_other_kinds_of_content_are_not_taken(stage: Stage) -> None:
    ana = await stage.login()
    _, conversation_id = await stage.conversation(ana)
    path = f"{ana.url}/api/v1/conversations/{conversation_id}/messages"
    body = b'{"client_id":"%s","text":"a"}' % ID.encode()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        async with stage.session.post(path, data=body, headers={**ana.headers, "Content-Type": kind}) as answer:
            assert answer.status == 415


NOBODY = "6c1f0f0e-3a55-4b0e-9a67-5f5a1c0d9e11"


@pytest.mark.parametrize("name", ["1 or 1=1", "{" + ID + "}", "x" * 3000, "%00", "..%2f..%2fetc", NOBODY])
async def test_ids_that_are_nothings(stage: Stage, name: str) -> None:
    ana = await stage.login()
    for path in (f"conversations/{name}", f"conversations/{name}/messages"):
        assert (await ana.request("GET", f"/api/v1/{path}")).status in (400, 404)


@pytest.mark.parametrize(
    "query",
    [
        "limit=-1",
        "limit=0",
        "limit=201",
        "limit=1000000000000000000000",
        "limit=x",
        "cursor=garbage",
        "cursor=" + "x" * 5000,
        "status=sleeping",
        "sort=id%3Bdrop",
        "assignee_id=somebody",
        "unknown=1",
        "limit=1&limit=2",
        "q=%00",
    ],
)
async def test_lists_asked_for_wrongly(stage: Stage, query: str) -> None:
    ana = await stage.login()
    answer = await ana.request("GET", f"/api/v1/conversations?{query}")
    assert answer.status in (400, 422), answer.raw
    assert answer.json["code"] in ("invalid_request", "bad_request")


# The socket

LOST = 1006
"""The client was still talking when the hub hung up."""


async def _close_code(agent: Agent, *frames: str | bytes) -> int | None:
    async with agent.session.ws_connect(f"{agent.url}/ws", headers=agent.headers) as socket:
        with contextlib.suppress(ConnectionError):  # it may be closed before everything is said
            for frame in frames:
                await (socket.send_bytes(frame) if isinstance(frame, bytes) else socket.send_str(frame))
        async for _ in socket:
            pass
        return socket.close_code


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([b"\x00\x01\x02"], 1003),
        (["x" * 16_385], 1009),
        (["x" * 5_000_000], LOST),
        (["no JSON", "[]", '{"no":"type"}'], 1008),
        (["[" * 16_000, "[" * 16_000, "[" * 16_000], 1008),
        (['{"type":"ping"}'] * 100, 1008),
    ],
    ids=["binary", "too long", "far too long", "garbage", "deep", "flood"],
)
async def test_a_socket_that_misbehaves_is_closed_with_a_code(
    stage: Stage, frames: list[str | bytes], code: int
) -> None:
    ana = await stage.login()
    assert await _close_code(ana, *frames) in (code, 1009 if code == LOST else code)
    again = await ana.socket()
    await stage.conversation(ana)
    await again.until(lambda stream: stream.of("message.received"))


async def test_what_a_socket_says_wrongly_is_answered_and_nothing_more(stage: Stage) -> None:
    ana = await stage.login()
    async with ana.session.ws_connect(f"{ana.url}/ws", headers=ana.headers) as socket:
        await socket.receive_json()
        for frame in (
            "no JSON",
            '{"type":"teleport"}',
            '{"type":"typing","conversation_id":"x"}',
            '{"type":"presence"}',
        ):
            await socket.send_str(frame)
        await socket.send_str('{"type":"ping"}')
        answers: list[str] = []
        while "pong" not in answers:
            message = await socket.receive(PATIENCE)
            assert message.type is WSMsgType.TEXT
            answers.append(message.json()["type"])
        assert answers.count("error") == 4


async def test_a_page_of_somebody_elses_may_not_connect(stage: Stage) -> None:
    ana = await stage.login()
    for origin in ("https://evil.example", "null", f"{ana.url}.evil.example"):
        with pytest.raises(WSServerHandshakeError) as refused:
            await stage.session.ws_connect(f"{ana.url}/ws", headers=ana.headers, origin=origin)
        assert refused.value.status == 403
    async with stage.session.ws_connect(f"{ana.url}/ws", headers=ana.headers, origin=ana.url) as socket:
        assert (await socket.receive_json())["type"] == "hello"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?after=x", 400),
        ("?after=-1", 400),
        ("?after=" + "9" * 40, 400),
        ("?token=abc", 401),
        ("?access_token=abc", 401),
    ],
)
async def test_streams_asked_for_wrongly(stage: Stage, query: str, status: int) -> None:
    ana = await stage.login()
    with pytest.raises(WSServerHandshakeError) as refused:
        await stage.session.ws_connect(f"{ana.url}/ws{query}", headers=ana.headers)
    assert refused.value.status == status
    assert (await ana.request("GET", f"/sse{query}")).status == status
    assert (await ana.request("GET", "/ws")).status in (400, 426)
