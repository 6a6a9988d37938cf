"""Integrations: how the circuits of the back ends are, and a call to see whether one answers."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from aiohttp import web
from attrs import frozen

from actors.back_ends import BackEnds
from actors.circuit_messages import CircuitSeen
from hub.errors import AuditUnavailable, HubError, NotFound, Unavailable
from hub.ids import uuid7
from hub.integration.breaker import State
from hub.integration.call import Call, Integration
from hub.rights import Permission
from web import answers
from web.back_end_call import Act, BackEndCalls
from web.idempotency import effect_id
from web.principal import principal
from web.routes import Route, Section


@frozen
class CircuitShown:
    """How a circuit is in the replica that answers. `failures` in a row so far; `retry_after_s` until a call may go
    out; `last_outcome` of an attempt: ok, not_found, refused, throttled, failed, timeout, unreachable, nonsense,
    no_token, given_up."""

    name: str
    state: State
    failures: int
    retry_after_s: float
    in_flight: int
    waiting: int
    copies: int
    last_outcome: str | None
    last_attempt_at: datetime | None


@frozen
class IntegrationShown:
    """A back end. Without `circuit` it is not configured; `issuer` is where its tokens come from."""

    name: Integration
    configured: bool
    circuit: CircuitShown | None = None
    issuer: CircuitShown | None = None


@frozen
class IntegrationsShown:
    """All of them."""

    data: tuple[IntegrationShown, ...]
    next_cursor: str | None = None


@frozen
class IntegrationTested:
    """How a call went. `problem` is the code of the error that it ended with; `provider_status` the back end's HTTP
    status, if it answered."""

    ok: bool
    name: Integration
    latency_ms: int
    problem: str | None = None
    provider_status: int | None = None


@frozen
class IntegrationDoors:
    """The doors of integrations. `issuers`: by integration, the circuit of its issuer."""

    ends: BackEnds
    issuers: Mapping[str, str]
    clock: Callable[[], datetime]
    calls: BackEndCalls

    async def index(self, _request: web.Request) -> web.Response:
        """All integrations, the ones that are not configured too."""
        found = [await self._shown(integration) for integration in Integration]
        return answers.json(IntegrationsShown(tuple(found)))

    async def test(self, request: web.Request) -> web.Response:
        """Calls a back end for something harmless and says how that went. Run again under its key, it is the same
        call over there. Raises NotFound, AuditUnavailable."""
        name = request.match_info["name"]
        if not self.ends.configured(name):
            raise NotFound("This back end is not configured.")
        integration, call = Integration(name), Call(effect_id(request) or uuid7(), principal(request).key)
        took, problem, status = 0.0, None, None

        async def probe() -> None:
            nonlocal took
            began = asyncio.get_running_loop().time()
            try:
                await self.ends.probe(call, integration, deadline=self.calls.deadline)
            finally:
                took = asyncio.get_running_loop().time() - began

        try:
            await self.calls.acting(call, Act(f"test_{name}"), probe)
        except AuditUnavailable:
            raise
        except HubError as error:
            problem, status = error.code, getattr(error, "provider_status", None)
        return answers.json(IntegrationTested(problem is None, integration, round(took * 1000), problem, status))

    async def _shown(self, integration: Integration) -> IntegrationShown:
        if not self.ends.configured(integration):
            return IntegrationShown(integration, configured=False)
        issuer = self.issuers.get(integration)
        return IntegrationShown(
            integration,
            configured=True,
            circuit=await self._circuit(integration),
            issuer=await self._circuit(issuer) if issuer else None,
        )

    async def _circuit(self, name: str) -> CircuitShown:
        return circuit_shown(await self.ends.look(name), self.clock())

    def routes(self) -> list[Route]:
        """Both of them."""
        route = Section("integrations", "/api/v1/integrations").route
        see, test = Permission.INTEGRATIONS_READ, Permission.INTEGRATIONS_TEST
        return [
            route("GET", "", self.index, "Back ends", see, returns=IntegrationsShown, errors=(Unavailable,)),
            route(
                "POST",
                "/{name}/test",
                self.test,
                "Call a back end to see whether it answers",
                test,
                returns=IntegrationTested,
                errors=(NotFound, AuditUnavailable),
                idempotent=True,
            ),
        ]


def circuit_shown(seen: CircuitSeen, now: datetime) -> CircuitShown:
    """A circuit as the outside sees it."""
    last_at = None if seen.last_ago is None else now - timedelta(seconds=seen.last_ago)
    return CircuitShown(
        seen.name,
        seen.state,
        seen.failures,
        round(seen.seconds, 1),
        seen.in_flight,
        seen.waiting,
        seen.copies,
        seen.last,
        last_at,
    )
