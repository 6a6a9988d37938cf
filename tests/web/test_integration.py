"""How the back ends are, and whether one answers."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from hub.demo.back_office import Fault
from hub.rights import Role
from storage.database import Database
from tests.web.back_office_stage import BackOfficeStage, staged_back_office


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[BackOfficeStage]:
    async with staged_back_office(database, aiohttp_client) as stage:
        yield stage


@pytest.fixture
async def supervisor(desk: BackOfficeStage) -> dict[str, str]:
    return (await desk.somebody(Role.SUPERVISOR, in_team=True))[1]


async def of(desk: BackOfficeStage, headers: dict[str, str], name: str) -> Any:
    shown = await desk.get("integrations", headers)
    return next(each for each in shown["data"] if each["name"] == name)


async def test_all_of_them_with_their_circuits(desk: BackOfficeStage, supervisor: dict[str, str]) -> None:
    shown = await desk.get("integrations", supervisor)
    assert [each["name"] for each in shown["data"]] == ["ticketing", "transaction_status", "transaction_create"]
    assert {each["configured"] for each in shown["data"]} == {True}
    assert {each["circuit"]["state"] for each in shown["data"]} == {"closed"}
    assert shown["data"][0]["issuer"] is None
    assert shown["data"][1]["issuer"]["name"].startswith("oauth:")
    assert "secret" not in str(shown)


@pytest.mark.parametrize("name", ["ticketing", "transaction_status", "transaction_create"])
async def test_one_that_answers(desk: BackOfficeStage, supervisor: dict[str, str], name: str) -> None:
    answer = await desk.ask("POST", f"integrations/{name}/test", headers=supervisor)
    told = await answer.json()
    assert (answer.status, told["ok"], told["problem"]) == (200, True, None)
    assert told["latency_ms"] >= 0
    circuit = (await of(desk, supervisor, name))["circuit"]
    assert circuit["last_outcome"] in ("ok", "not_found")
    assert circuit["last_attempt_at"] is not None


async def test_one_that_is_down_and_its_circuit(desk: BackOfficeStage, supervisor: dict[str, str]) -> None:
    desk.office.faults.always(Fault.error(500), on="ticketing")
    told = [await (await desk.ask("POST", "integrations/ticketing/test", headers=supervisor)).json() for _ in range(6)]
    assert {(each["ok"], each["problem"], each["provider_status"]) for each in told[:5]} == {
        (False, "integration_error", 500)
    }
    assert (told[5]["problem"], told[5]["provider_status"]) == ("integration_circuit_open", None)
    circuit = (await of(desk, supervisor, "ticketing"))["circuit"]
    assert circuit["state"] == "open"
    assert 0 < circuit["retry_after_s"] <= 60
    assert (await of(desk, supervisor, "transaction_status"))["circuit"]["state"] == "closed"


async def test_everybody_is_told_of_an_open_circuit(desk: BackOfficeStage, supervisor: dict[str, str]) -> None:
    desk.office.faults.always(Fault.error(500), on="ticketing")
    for _ in range(5):
        await desk.ask("POST", "integrations/ticketing/test", headers=supervisor)
    await desk.says()  # the journal writes in order: what was told before is written by now
    assert desk.events.count("circuit.changed") == 1
    assert await desk.circuits.opened_ago("ticketing") is not None


async def test_wrong_credentials_show(desk: BackOfficeStage, supervisor: dict[str, str]) -> None:
    desk.office.credentials.clients = {"reader": "another secret", "writer": "another secret"}
    told = await (await desk.ask("POST", "integrations/transaction_status/test", headers=supervisor)).json()
    assert (told["ok"], told["problem"]) == (False, "integration_error")


async def test_a_test_is_in_the_audit_with_how_it_ended(desk: BackOfficeStage, supervisor: dict[str, str]) -> None:
    await desk.ask("POST", "integrations/ticketing/test", headers=supervisor)
    desk.office.faults.next(9, Fault.error(500), on="ticketing")
    await desk.ask("POST", "integrations/ticketing/test", headers=supervisor)
    rows = await desk.audited()
    assert [(row["tool"], row["phase"], row["decision"], row["problem"]) for row in rows] == [
        ("test_ticketing", "intent", "allowed", None),
        ("test_ticketing", "outcome", "ok", None),
        ("test_ticketing", "intent", "allowed", None),
        ("test_ticketing", "outcome", "failed", "integration_error"),
    ]
    assert {row["actor"].partition(":")[0] for row in rows} == {"user"}


async def test_without_the_audit_nobody_is_called(desk: BackOfficeStage, supervisor: dict[str, str]) -> None:
    await desk.lose_audit()
    answer = await desk.ask("POST", "integrations/ticketing/test", headers=supervisor)
    assert (answer.status, (await answer.json())["code"]) == (503, "audit_unavailable")
    assert (await of(desk, supervisor, "ticketing"))["circuit"]["last_outcome"] is None


async def test_who_may(desk: BackOfficeStage, supervisor: dict[str, str]) -> None:
    assert (await desk.ask("GET", "integrations")).status == 403
    assert (await desk.ask("POST", "integrations/ticketing/test")).status == 403
    assert (await desk.ask("POST", "integrations/payroll/test", headers=supervisor)).status == 404
