"""The company's back ends in the demo: what they ask the hub for, and how the hub is told where they are."""

import base64
import time

from hub.commands.exits import CommandFailed
from hub.commands.files import KeptSecrets
from hub.demo.back_office import BackOffice, Credentials, Habits

READER, WRITER = "hub-status", "hub-create"
SENDER = "hub@demo.test"
RUNS = 10_000_000
"""Numbers of tickets and payments begin with the second in which the demo was started, of so many."""


async def opened(kept: KeptSecrets, port: int, seed: int) -> BackOffice:
    """The back ends, listening on `port`. Raises CommandFailed when it is taken."""
    webhook_key = kept.make_up(("demo", "webhook_key")).encode()[:32]
    credentials = Credentials(
        api_key=kept.make_up(("demo", "ticketing_key")),
        clients={name: kept.make_up(("demo", name)) for name in (READER, WRITER)},
        writer=WRITER,
        signing_secrets=[kept.make_up(("demo", "signing"))],
        webhook_secret="whsec_" + base64.b64encode(webhook_key).decode(),
        slack_path=f"/slack/services/{kept.make_up(('demo', 'slack'))}",
    )
    office = BackOffice(credentials, Habits(past=True, seed=seed, first=int(time.time()) % RUNS * 100))
    try:
        await office.start(port=port)
    except OSError:
        raise CommandFailed(f"Port {port} is taken; the simulated back ends need it. Use --port.") from None
    return office


def settings(office: BackOffice) -> dict[str, str | list[str]]:
    """What the hub is configured with to meet them."""
    held = office.credentials
    both = {"base_url": office.payments_url, "token_url": office.token_url}
    sections = {
        "integrations.ticketing": {"base_url": office.ticketing_url, "api_key": held.api_key},
        "integrations.transaction_status": {
            **both,
            "client_id": READER,
            "client_secret": held.clients[READER],
            "webhook_secret": held.webhook_secret,
        },
        "integrations.transaction_create": {
            **both,
            "client_id": WRITER,
            "client_secret": held.clients[WRITER],
            "hmac_secret": held.signing_secrets[0],
        },
        "notify.email": {"smtp_url": office.smtp_url, "from": SENDER},
        "notify.slack": {"webhook_url": office.slack_url},
    }
    return {f"{section}.{key}": value for section, values in sections.items() for key, value in values.items()}
