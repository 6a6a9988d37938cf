"""The hub as its users start it: `hub serve` in a process of its own, with a configuration file and a log."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import aiohttp
from attrs import define, field

from hub.demo.back_office import BackOffice, Credentials
from hub.demo.back_office.tokens import Token
from hub.demo.whatsapp import WhatsAppWorld
from tests.acceptance.ports import free_port
from tests.acceptance.warm import Warm

PHONE_NUMBER_ID = "106540352242922"
WABA_ID = "102290129340398"
ACCESS_TOKEN = "acceptance-access-token-1234567890"
APP_SECRET = "acceptance-app-secret-1234567890abcdef"
VERIFY_TOKEN = "acceptance-verify-token-123456"
AUTH_SECRET = "acceptance-auth-secret-of-enough-length"
CHANNEL = "whatsapp-main"
APP = "app"
JWT_SECRET = "acceptance-chat-app-secret-of-enough-length"
ORIGIN = "https://shop.example.com"
TICKETING_KEY = "acceptance-ticketing-key-1234567890"
READER, READER_SECRET = "hub-status", "acceptance-status-secret-1234567890"
WRITER, WRITER_SECRET = "hub-create", "acceptance-create-secret-1234567890"
HMAC_SECRET = "acceptance-signing-secret-1234567890"
INTEGRATION_WEBHOOK_SECRET = "whsec_YWNjZXB0YW5jZS1pbnRlZ3JhdGlvbi1zZWNyZXQ="
SLACK_PATH = "/slack/services/T01/B01/acceptance-slack-secret"
MAIL_PASSWORD = "acceptance-mail-password"

START = 120.0
STOP = 60.0

CONFIG = """
[server]
port = {port}
[database]
url = "{database}"
[auth]
secret = "{auth}"
[channels.{channel}]
type = "whatsapp"
phone_number_id = "{number}"
waba_id = "{waba}"
access_token = "{token}"
app_secret = "{secret}"
verify_token = "{verify}"
graph_url = "http://127.0.0.1:{graph_port}"
[channels.{app}]
type = "chat_app"
jwt_secret = "{jwt_secret}"
allowed_origins = ["{origin}"]
messages_per_minute = 30000
[integrations.ticketing]
base_url = "http://127.0.0.1:{office_port}/ticketing"
api_key = "{ticketing_key}"
[integrations.transaction_status]
base_url = "http://127.0.0.1:{office_port}/payments"
token_url = "http://127.0.0.1:{office_port}/oauth/token"
client_id = "{reader}"
client_secret = "{reader_secret}"
webhook_secret = "{integration_webhook_secret}"
[integrations.transaction_create]
base_url = "http://127.0.0.1:{office_port}/payments"
token_url = "http://127.0.0.1:{office_port}/oauth/token"
client_id = "{writer}"
client_secret = "{writer_secret}"
hmac_secret = "{hmac_secret}"
[notify.email]
smtp_url = "smtp://hub:{mail_password}@127.0.0.1:{mail_port}"
from = "hub@example.com"
[notify.slack]
webhook_url = "http://127.0.0.1:{office_port}{slack_path}"
[outbox]
per_second = 1000
lease = "4s"
claim_every = "200ms"
[outgoing]
connect = "1s"
read = "1s"
total = "1500ms"
[drain]
spread = "0"
[log]
format = "json"
"""


@define
class HubProcess:
    """A hub that can be started, stopped, killed and started again on the same address and database."""

    directory: Path
    database_url: str
    options: dict[str, str]
    port: int = field(factory=free_port)
    graph_port: int = field(factory=free_port)
    office_port: int = field(factory=free_port)
    mail_port: int = field(factory=free_port)
    environment: dict[str, str] = field(factory=dict)
    """Variables beside those of the tests' own."""
    cold: bool = False
    """Started as people do it, from nothing, not from a process that has read the code already."""
    _issued: dict[str, Token] = field(factory=dict)
    """Tokens the hub may still have from a back office of an earlier case."""
    _process: "subprocess.Popen[bytes] | Warm | None" = None

    def __attrs_post_init__(self) -> None:
        text = CONFIG.format(
            port=self.port,
            database=self.database_url,
            auth=AUTH_SECRET,
            channel=CHANNEL,
            number=PHONE_NUMBER_ID,
            waba=WABA_ID,
            token=ACCESS_TOKEN,
            secret=APP_SECRET,
            verify=VERIFY_TOKEN,
            graph_port=self.graph_port,
            app=APP,
            jwt_secret=JWT_SECRET,
            origin=ORIGIN,
            office_port=self.office_port,
            mail_port=self.mail_port,
            ticketing_key=TICKETING_KEY,
            reader=READER,
            reader_secret=READER_SECRET,
            writer=WRITER,
            writer_secret=WRITER_SECRET,
            hmac_secret=HMAC_SECRET,
            integration_webhook_secret=INTEGRATION_WEBHOOK_SECRET,
            slack_path=SLACK_PATH,
            mail_password=MAIL_PASSWORD,
        )
        (self.directory / "config.toml").write_text(text)
        self.log.touch()

    @property
    def log(self) -> Path:
        """Where its standard error goes."""
        return self.directory / "hub.log"

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def webhook_path(self) -> str:
        """Where WhatsApp delivers."""
        return f"/webhooks/whatsapp/{CHANNEL}"

    @property
    def pid(self) -> int:
        """The process's id, of the one that runs."""
        assert self._process is not None
        return self._process.pid

    def launch(self) -> None:
        """Starts the process; it is not ready yet."""
        assert self._process is None
        command = ["serve", "-c", "config.toml", "--data", "data"]
        for key, value in self.options.items():
            command += ["-o", f"{key}={value}"]
        if not self.cold and not self.environment:
            self._process = Warm.start(self.directory, self.log, command, dict(os.environ))
            return
        given = {**os.environ, **self.environment}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "hub", *command], cwd=self.directory, env=given, stdout=log, stderr=log
            )

    async def ready(self, patience: float = START) -> None:
        """Waits until it can serve."""
        async with asyncio.timeout(patience), aiohttp.ClientSession() as session:
            while True:
                assert self._process is not None
                assert self._process.poll() is None, self.log.read_text()[-4000:]
                try:
                    async with session.get(f"{self.url}/readyz") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.03)

    async def start(self) -> None:
        """Starts it and waits until it can serve."""
        self.launch()
        await self.ready()

    def stop(self) -> int:
        """Asks it to stop; gives the exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Ends it at once, as a power failure would."""
        self._end(signal.SIGKILL)

    @property
    def running(self) -> bool:
        """Whether it was started and has not been stopped."""
        return self._process is not None

    def tell(self, which: signal.Signals) -> None:
        """Sends it a signal and goes on."""
        assert self._process is not None
        self._process.send_signal(which)

    def _end(self, how: signal.Signals) -> int:
        self.tell(how)
        return self.wait()

    def wait(self) -> int:
        """Waits until it has ended; gives the exit code."""
        process, self._process = self._process, None
        assert process is not None
        try:
            return process.wait(STOP)
        except (subprocess.TimeoutExpired, TimeoutError):
            process.kill()
            process.wait(STOP)
            raise

    def outside(self, seed: int, **habits: object) -> WhatsAppWorld:
        """WhatsApp as this hub is configured to meet it."""
        return WhatsAppWorld(
            phone_number_id=PHONE_NUMBER_ID,
            waba_id=WABA_ID,
            access_token=ACCESS_TOKEN,
            app_secret=APP_SECRET,
            verify_token=VERIFY_TOKEN,
            webhook_url=self.url + self.webhook_path,
            seed=seed,
            **habits,  # type: ignore[arg-type]
        )

    async def back_office(self) -> BackOffice:
        """The company's back ends, running where this hub is configured to meet them, and knowing its address."""
        clients = {READER: READER_SECRET, WRITER: WRITER_SECRET}
        credentials = Credentials(
            TICKETING_KEY,
            clients,
            WRITER,
            [HMAC_SECRET],
            INTEGRATION_WEBHOOK_SECRET,
            SLACK_PATH,
            mail_user="hub",
            mail_password=MAIL_PASSWORD,
        )
        office = BackOffice(credentials, issued=self._issued)
        await office.start(port=self.office_port, mail_port=self.mail_port)
        office.webhooks.url = f"{self.url}/webhooks/integrations/transaction_status"
        return office
