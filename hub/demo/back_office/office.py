"""The back ends together: one HTTP port, one SMTP port, shared faults and one ledger."""

import contextlib
from random import Random
from urllib.parse import urlsplit

from aiohttp import web
from attrs import frozen

from hub.demo.back_office.control import Control
from hub.demo.back_office.credentials import Credentials
from hub.demo.back_office.door import Door
from hub.demo.back_office.faults import Faults
from hub.demo.back_office.ledger import Ledger
from hub.demo.back_office.mail import Mail
from hub.demo.back_office.past import Past
from hub.demo.back_office.payment_routes import PaymentRoutes
from hub.demo.back_office.payments import Payments
from hub.demo.back_office.slack import Slack
from hub.demo.back_office.tickets import Tickets
from hub.demo.back_office.tokens import Token, Tokens
from hub.demo.back_office.webhooks import Webhooks

STOP_PATIENCE = 0.1
"""Seconds that running requests get when the office closes."""


@frozen
class Habits:
    """How the back ends are. `past`: every customer has a few payments and tickets from before. `first`: where their
    numbers begin, so that those of one run are not those of another."""

    past: bool = False
    seed: int = 7
    first: int = 10_001


class BackOffice:
    """After `start`, `ticketing_url`, `payments_url`, `token_url`, `slack_url` and `smtp_url` are what the hub is
    configured with. `webhooks.url` is set once the hub's address is known. `issued` are the tokens that are out: those
    of an office that was there before."""

    def __init__(
        self, credentials: Credentials, habits: Habits | None = None, issued: dict[str, Token] | None = None
    ) -> None:
        habits = habits or Habits()
        past = Past(habits.past, habits.seed)
        self.credentials = credentials
        self.faults = Faults(Random(f"office-{habits.seed}"))
        self.ledger = Ledger()
        self.webhooks = Webhooks(credentials, self.faults)
        self.payments = Payments(past, self.webhooks.tell, habits.first)
        self.tickets = Tickets(credentials, past, habits.first)
        self.tokens = Tokens(credentials, self.faults, {} if issued is None else issued)
        self.mail = Mail(credentials, self.faults)
        self.slack = Slack(credentials)
        self._runner: web.AppRunner | None = None
        self.base_url = ""

    @property
    def ticketing_url(self) -> str:
        """`integrations.ticketing.base_url`."""
        return f"{self.base_url}/ticketing"

    @property
    def payments_url(self) -> str:
        """`integrations.transaction_status.base_url`, and `transaction_create`'s."""
        return f"{self.base_url}/payments"

    @property
    def token_url(self) -> str:
        """Both `token_url`s."""
        return f"{self.base_url}/oauth/token"

    @property
    def slack_url(self) -> str:
        """`notify.slack.webhook_url`."""
        return self.base_url + self.credentials.slack_path

    @property
    def smtp_url(self) -> str:
        """`notify.email.smtp_url`."""
        user = self.credentials.mail_user
        whose = f"{user}:{self.credentials.mail_password}@" if user else ""
        return f"smtp://{whose}127.0.0.1:{self.mail.port}"

    async def start(self, host: str = "127.0.0.1", port: int = 0, mail_port: int = 0) -> None:
        """Listens; port 0 takes a free one. Raises OSError when a port is taken."""
        runner = web.AppRunner(
            self._application(), access_log=None, handler_cancellation=True, shutdown_timeout=STOP_PATIENCE
        )
        await runner.setup()
        self._runner = runner
        try:
            await web.TCPSite(runner, host, port).start()
            await self.mail.start(host, mail_port)
        except OSError:
            await runner.cleanup()
            raise
        self.base_url = f"http://{host}:{runner.addresses[0][1]}"
        await self.webhooks.start()

    async def stop(self) -> None:
        """Closes; what is under way is lost."""
        await self.webhooks.stop()
        with contextlib.suppress(OSError):
            await self.mail.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    async def refuse_connections(self) -> None:
        """Cuts the HTTP side off: what is connected is dropped, nobody can connect."""
        assert self._runner is not None
        for site in tuple(self._runner.sites):
            await site.stop()
        if self._runner.server is not None:
            await self._runner.server.shutdown(0.0)

    async def accept_connections(self) -> None:
        """Listens again where it listened before."""
        assert self._runner is not None
        where = urlsplit(self.base_url)
        await web.TCPSite(self._runner, where.hostname, where.port).start()

    def _application(self) -> web.Application:
        app, door = web.Application(), Door(self.faults, self.ledger)
        self.tickets.add_to(app, door)
        PaymentRoutes(self.payments, self.tokens, self.credentials).add_to(app, door)
        self.tokens.add_to(app, door)
        self.slack.add_to(app, door)
        Control(
            self.ledger,
            self.faults,
            self.payments,
            self.tickets,
            self.tokens,
            self.webhooks,
            self.mail,
            self.slack,
        ).add_to(app)
        return app
