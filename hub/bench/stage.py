"""What every case works with: the scale, the run's PostgreSQL, and the servers to be measured."""

import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import MappingProxyType

from attrs import define, field, frozen

from hub.bench import machine, people, postgres, process, wire
from hub.bench.graph import Graph, listening
from hub.bench.load import Load, closed_loop
from hub.bench.machine import Cores
from hub.bench.people import TEAM, Agents
from hub.bench.postgres import Postgres
from hub.bench.process import Server
from hub.bench.samples import Samples
from hub.bench.scale import Scale
from hub.bench.webhook import Account, Webhooks

_CONFIG = """\
[server]
port = 0
[database]
url = "{url}"
[auth]
secret = "{secret}"
access_ttl = "1d"
[limits]
connections = {connections}
[drain]
delay = "0"
spread = "100ms"
[outbox]
per_second = 10000
[channels.{account.channel}]
type = "whatsapp"
phone_number_id = "{account.phone_number_id}"
waba_id = "{account.waba_id}"
access_token = "{account.access_token}"
app_secret = "{account.app_secret}"
verify_token = "{account.verify_token}"
graph_url = "{graph}"
default_team = "{team}"
"""


@frozen
class Measured:
    """A server under measurement, with its database and the provider it sends to."""

    server: Server
    url: str
    postgres: Postgres
    graph: Graph
    webhooks: Webhooks = field(factory=Webhooks)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server.port

    def used(self) -> tuple[float, float]:
        """CPU seconds so far: its own, and PostgreSQL's."""
        return self.server.cpu_seconds(), self.postgres.cpu_seconds()

    async def stored(self) -> int:
        """Inbound messages in its database."""
        return int(await self.postgres.value(self.url, "select count(*) from messages where direction = 'inbound'"))

    async def write(self, customers: range, connections: int) -> Load:
        """A message of each of these customers, as fast as they are taken."""
        left = iter(customers)

        def request() -> bytes | None:
            customer = next(left, None)
            return None if customer is None else self.webhooks.message(customer)

        return await closed_loop(self.port, connections, request)


@define
class Stage:
    """Makes what the cases measure. `talk` says something to the person who waits."""

    scale: Scale
    cores: Cores
    directory: Path
    postgres: Postgres
    samples: Samples
    talk: Callable[[str], None]
    _secret: str = field(factory=lambda: secrets.token_urlsafe(48))

    @asynccontextmanager
    async def hub(self, more: str = "") -> AsyncIterator[Measured]:
        """A hub on an empty database; `more` is further configuration."""
        async with (
            listening() as graph,
            self.postgres.database() as url,
            self.serving(url, graph, more=more) as server,
        ):
            yield Measured(server, url, self.postgres, graph)

    @asynccontextmanager
    async def serving(
        self,
        url: str,
        graph: Graph,
        data: Path | None = None,
        more: str = "",
        options: Mapping[str, object] = MappingProxyType({}),
    ) -> AsyncIterator[Server]:
        """A hub on this database (`embedded`: the one of `data`). `options` win over what is configured."""
        config = self.directory / "config.toml"
        config.touch(mode=0o600)
        config.write_text(
            _CONFIG.format(
                url=url,
                secret=self._secret,
                connections=self.scale.sockets + self.scale.most_connections + 100,
                account=Account(),
                graph=graph.url,
                team=TEAM,
            )
            + more
        )
        arguments = ["hub", "serve", "-c", str(config), "--data", str(data or self.directory / "data")]
        arguments += [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
        async with process.started(
            arguments, core=self.cores.servers, log=self.directory / "hub.log", probe="/readyz"
        ) as server:
            yield server

    @asynccontextmanager
    async def bare(self) -> AsyncIterator[Measured]:
        """The bare server on an empty database."""
        async with listening() as graph, self.postgres.database() as url:
            arguments = ["hub.bench.bare", url, graph.url, Account().app_secret]
            async with process.started(
                arguments, core=self.cores.servers, log=self.directory / "bare.log", probe="/ready"
            ) as server:
                yield Measured(server, url, self.postgres, graph)

    async def agents(self, url: str, count: int, teams: int = 1) -> Agents:
        """Agents who are signed in to the hub of this database."""
        return await people.sign_in(self.postgres, url, self._secret, count, teams)

    def repetitions(self, what: str) -> Iterator[int]:
        """The repetitions of a case, each told."""
        for number in range(1, self.scale.repetitions + 1):
            self.talk(f"{what} … {number} of {self.scale.repetitions}")
            yield number


def bearer(method: str, path: str, body: bytes, token: str) -> bytes:
    """A JSON request of an agent."""
    return wire.request(method, path, body, Content_Type="application/json", Authorization=f"Bearer {token}")


@contextmanager
def _temporary() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="hub-bench-"))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@asynccontextmanager
async def prepared(scale: Scale, samples: Samples, talk: Callable[[str], None]) -> AsyncIterator[Stage]:
    """A stage in a temporary directory; everything is stopped and removed at the end."""
    cores = machine.cores()
    machine.open_files(scale.sockets + scale.most_connections + 1000)
    with _temporary() as directory, machine.running_on(cores.driver):
        talk("PostgreSQL …")
        async with postgres.running(directory / "shared", cores.servers) as server:
            yield Stage(scale, cores, directory, server, samples, talk)
