"""Tokens: fetched once for many, replaced in time, and once more when the back end refuses one."""

import asyncio
from collections import Counter

import orjson
import pytest

from actors.circuit_world import Bounds
from actors.kernel.testkit import virtual
from hub.errors import CircuitOpen, HubError, IntegrationError
from hub.integration.credentials import Issuer
from hub.integration.oauth import Client, read_token
from hub.integration.operation import Operation, Request
from hub.integration.proof import Proof
from hub.integration.retry import Retries
from hub.integration.wire import Reply, Wire
from tests.actors.circuit_stage import ACT, NAME, OK, READ, Stage

ISSUER = "oauth:issuer.example.com"
TOKEN_URL = "https://issuer.example.com/token"
CLIENT = Client(TOKEN_URL, "hub", "a-client-secret")
FETCH = Operation(integration=ISSUER, name="token", timeout=5.0)


class TokenStage(Stage):
    """A back end that wants tokens of an issuer; both are played."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        issuer = Issuer(ISSUER, Request(FETCH, CLIENT.request(), read_token))
        proofs = {NAME: Proof(bearer=True), ISSUER: Proof(secrets=("a-client-secret",))}
        super().__init__(bounds, proofs=proofs, issuers={NAME: issuer})
        self.issued = 0
        self.life = 3600
        self.good: set[str] = set()
        self.refusal: Reply | None = None
        self.unwanted = False
        self.back_end.answers = self.answer

    def answer(self, wire: Wire) -> Reply:
        if wire.url == TOKEN_URL:
            return self.refusal or self.issue()
        shown = wire.headers.get("Authorization", "").removeprefix("Bearer ")
        return OK if shown in self.good and not self.unwanted else Reply(401)

    def issue(self) -> Reply:
        self.issued += 1
        token = f"token-number-{self.issued}"
        self.good.add(token)
        return Reply(200, body=orjson.dumps({"access_token": token, "token_type": "bearer", "expires_in": self.life}))

    @property
    def asked(self) -> Counter[str]:
        return Counter("issuer" if wire.url == TOKEN_URL else "back end" for wire in self.back_end.seen)


@virtual
async def test_many_calls_at_once_fetch_one_token() -> None:
    stage = TokenStage()
    stage.back_end.takes = 0.5
    found = await stage.calls(40)
    assert {each.value for each in found} == {"fine"}
    assert stage.asked == {"issuer": 1, "back end": 40}


@virtual
async def test_it_is_replaced_before_its_end() -> None:
    stage = TokenStage()
    await stage.call()
    await asyncio.sleep(3239.0)
    await stage.call()
    assert stage.issued == 1
    await asyncio.sleep(2.0)
    await stage.call()
    assert stage.issued == 2


@virtual
async def test_one_that_was_withdrawn_is_fetched_anew_once_for_all() -> None:
    stage = TokenStage()
    await stage.call()
    stage.good.clear()
    stage.back_end.seen.clear()
    stage.back_end.takes = 0.5
    assert {each.value for each in await stage.calls(8)} == {"fine"}
    assert stage.asked == {"issuer": 1, "back end": 16}
    assert (await stage.look()).failures == 0


@virtual
async def test_a_back_end_that_wants_no_token_is_not_asked_for_ever() -> None:
    stage = TokenStage()
    stage.unwanted = True
    with pytest.raises(IntegrationError) as refused:
        await stage.call()
    assert refused.value.provider_status == 401
    assert stage.asked == {"issuer": 2, "back end": 2}


@virtual
async def test_an_issuer_that_is_down_has_a_circuit_of_its_own() -> None:
    stage = TokenStage(Bounds(retries=Retries(attempts=1)))
    stage.refusal = Reply(500)
    found: list[HubError] = []
    for _ in range(7):
        with pytest.raises(HubError) as caught:
            await stage.call(ACT)
        found.append(caught.value)
    assert [type(error) for error in found] == [IntegrationError] * 5 + [CircuitOpen] * 2  # and never Ambiguous
    assert stage.asked == {"issuer": 5}
    assert (await stage.look()).failures == 0  # the back end itself did nothing wrong
    stage.refusal = None
    await asyncio.sleep(60.0)
    assert (await stage.call()).value == "fine"


@pytest.mark.parametrize("body", [b"{}", b"<html>", b'{"access_token": "a\\nb"}'])
@virtual
async def test_an_issuer_that_gives_out_nonsense_is_a_failure(body: bytes) -> None:
    stage = TokenStage()
    stage.refusal = Reply(200, body=body)
    with pytest.raises(IntegrationError):
        await stage.call()
    assert stage.asked == {"issuer": 1}


@virtual
async def test_wrong_credentials_do_not_open_anything() -> None:
    stage = TokenStage()
    stage.refusal = Reply(401)
    for _ in range(20):
        with pytest.raises(IntegrationError):
            await stage.call()
    stage.refusal = None
    assert (await stage.call()).value == "fine"


@virtual
async def test_what_comes_back_of_a_token_is_not_seen() -> None:
    stage = TokenStage()
    stage.unwanted = False
    usual = stage.answer

    def echo(wire: Wire) -> Reply:
        shown = wire.headers.get("Authorization", "")
        return usual(wire) if wire.url == TOKEN_URL else Reply(200, body=orjson.dumps(f"you sent {shown}"))

    stage.back_end.answers = echo
    assert (await stage.call(READ)).value == "you sent Bearer [secret]"
