"""An attempt carries its proof, ends in time, and is told of however it ends."""

import asyncio

import attrs

from actors.kernel.testkit import settle, virtual
from hub.integration.operation import Operation
from hub.integration.proof import Proof
from hub.integration.signature import Signer
from tests.actors.circuit_stage import ACT, NAME, NOON, READ, Stage

SIGNED = attrs.evolve(ACT, signed=True)


@virtual
async def test_each_attempt_is_signed_with_its_own_time() -> None:
    stage = Stage(proofs={NAME: Proof({"X-Api-Key": "k"}, signer=Signer(b"k" * 32, "rfc9421"))})
    await stage.call(SIGNED)
    await stage.call(SIGNED)
    first, second = (wire.headers for wire in stage.back_end.seen)
    assert f"created={int(NOON.timestamp())}" in first["Signature-Input"]
    assert first["Signature"] != second["Signature"]  # the nonce is another one
    assert first["X-Api-Key"] == "k"


@virtual
async def test_one_that_is_broken_off_gives_its_place_back() -> None:
    stage = Stage()
    stage.back_end.gate = asyncio.Event()
    asked = stage.begin(Operation(integration=NAME, name="slow", timeout=100.0), seconds=50.0)
    await settle()
    for task in stage.running:
        task.cancel()
    await settle()
    assert stage.watched.words == ["given_up"]
    assert (await stage.look()).in_flight == 0
    assert asked.exception() is not None
    stage.back_end.gate.set()
    assert (await stage.call(READ)).value == "fine"
