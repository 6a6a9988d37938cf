"""Everything a case needs: a running hub, WhatsApp around it, its database, agents; and what must hold at the end."""

import asyncio
import io
import itertools
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import aiohttp
import asyncpg
from attrs import define, field

from hub.demo.back_office import BackOffice
from hub.demo.whatsapp import Customer, WhatsAppWorld
from hub.demo.whatsapp.envelope import MESSAGES, change, entry, serialise, signature, wrap
from tests.acceptance.agent import PATIENCE, Agent, Answer, Json
from tests.acceptance.process import APP_SECRET, CHANNEL, HubProcess

PASSWORD = "correct horse battery"
ROOT = "root@example.com"
ANA = "ana@example.com"
BEN = "ben@example.com"

COMPLAINTS = ("Traceback", "Task exception was never retrieved", "never awaited", "Unclosed", "never retrieved")
"""What no log may hold: each is an error that nobody handled."""

T = TypeVar("T")
_numbers = itertools.count(1)


async def eventually(look: Callable[[], Awaitable[T]], patience: float = PATIENCE) -> T:
    """Asks until the answer is true, and gives it."""
    found: T | None = None
    try:
        async with asyncio.timeout(patience):
            while not (found := await look()):
                await asyncio.sleep(0.03)
            return found
    except TimeoutError:
        raise AssertionError("waited in vain") from None


@define
class Stage:
    """One case's world."""

    hub: HubProcess
    world: WhatsAppWorld
    back_office: BackOffice
    session: aiohttp.ClientSession
    database: asyncpg.Connection
    begin: int
    """Bytes of the log that were there before."""
    agents: list[Agent] = field(factory=list)
    planted: list[str] = field(factory=list)
    """Further words that the log must not hold."""
    _asking: asyncio.Lock = field(factory=asyncio.Lock)
    """A connection does one thing at once."""

    # People

    async def login(self, email: str = ANA, url: str = "") -> Agent:
        """Signs somebody in; at another hub, if its address is given."""
        body, url = {"email": email, "password": PASSWORD}, url or self.hub.url
        async with self.session.post(f"{url}/api/v1/auth/login", json=body) as answer:
            assert answer.status == 200, await answer.text()
            signed_in = await answer.json()
        agent = Agent(self.session, url, signed_in["user"], signed_in["access_token"])
        self.agents.append(agent)
        return agent

    def customer(self) -> Customer:
        """Somebody who never wrote before, with a name of his own."""
        number = next(_numbers)
        return self.world.customer(f"55119870{number:05}", name=f"Clarice Nogueira {number:05}")

    async def conversation(self, agent: Agent, text: str = "Bom dia, preciso de ajuda") -> tuple[Customer, str]:
        """A new customer who has written once, and the conversation's id."""
        customer = self.customer()
        await customer.say(text)
        await self.world.quiet(PATIENCE)
        return customer, (await agent.conversation_of(customer.identity.name))["id"]

    # WhatsApp's side

    def written(self, *drafts: tuple[Customer, Json]) -> Json:
        """A webhook's body with these messages in it, each of its customer."""
        people = {customer.bsuid: customer.contact() for customer, _ in drafts}
        value = {"contacts": list(people.values()), "messages": [message for _, message in drafts]}
        return self.body(value)

    def body(self, *values: Json, field: str = MESSAGES) -> Json:
        """A webhook's body with one change for each of these values."""
        account = self.world.account
        return wrap([entry(account, [change(account, field, value) for value in values])])

    def mute(self) -> None:
        """From now on WhatsApp reports nothing by itself."""
        self.world.webhooks.subscription.verified = False

    def unmute(self) -> None:
        """It reports again; what happened meanwhile stays unsaid."""
        self.world.webhooks.subscription.verified = True

    async def deliver(self, body: Json) -> Answer:
        """One webhook, serialised and signed as Meta does."""
        return await self.post(serialise(body))

    async def post(self, raw: bytes, **headers: str) -> Answer:
        """One webhook of these bytes; the signature is right unless another is given."""
        given = {
            "Content-Type": "application/json",
            "X-Hub-Signature-256": signature(raw, APP_SECRET),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        url = self.hub.url + self.hub.webhook_path
        async with self.session.post(url, data=io.BytesIO(raw), headers=given) as answer:
            return Answer(answer.status, answer.headers.copy(), await answer.read())

    # What is stored

    async def rows(self, query: str, *values: Any) -> list[Any]:
        """Asks the database."""
        async with self._asking:
            found: list[Any] = await self.database.fetch(query, *values)
        return found

    async def value(self, query: str, *values: Any) -> Any:
        """One value from the database."""
        async with self._asking:
            return await self.database.fetchval(query, *values)

    async def stored(self, customer: Customer) -> list[Any]:
        """All messages of a customer's conversations, in order."""
        return await self.rows(
            "select m.* from messages m join conversations c on c.id = m.conversation_id"
            " join identities i on i.customer_id = c.customer_id and i.kind = 'wa_id' and i.value = $1"
            " order by c.created_at, m.seq",
            customer.wa_id,
        )

    async def sent_out(self) -> None:
        """Waits until nothing is left to send."""

        async def empty() -> bool:
            left: int = await self.value("select count(*) from outbox where channel = $1", CHANNEL)
            return left == 0

        await eventually(empty, 60.0)

    async def metric(self, line: str) -> float:
        """The value of one line of the metrics, named with its labels."""
        async with self.session.get(f"{self.hub.url}/metrics") as answer:
            text = await answer.text()
        return next((float(x.rpartition(" ")[2]) for x in text.splitlines() if x.rpartition(" ")[0] == line), 0.0)

    # The end

    def log(self) -> str:
        """What the hub has logged during this case."""
        return self.hub.log.read_bytes()[self.begin :].decode()

    def check_log(self) -> None:
        """No unhandled error, and nothing of a customer."""
        log = self.log()
        for complaint in COMPLAINTS:
            assert complaint not in log, log[-4000:]
        for word in self._private():
            assert word not in log, f"the log holds {word!r}"

    def _private(self) -> set[str]:
        words = {"wamid.", *self.planted, *self.secrets()}
        for customer in self.world.customers:
            words |= {customer.number, customer.wa_id, customer.bsuid, customer.identity.name}
            words |= {bubble.text for bubble in customer.chat.bubbles if bubble.text and len(bubble.text) > 12}
        return words

    def secrets(self) -> set[str]:
        """What the hub shares with the back ends; it is for nobody else."""
        held = self.back_office.credentials
        key = held.webhook_secret.removeprefix("whsec_")
        return {held.api_key, *held.clients.values(), *held.signing_secrets, key, held.mail_password, held.slack_path}
