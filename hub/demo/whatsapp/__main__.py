"""`python -m hub.demo.whatsapp --port 8081 --webhook URL --app-secret …`: a WhatsApp to play with by hand."""

import argparse
import asyncio
import time

from hub.demo import people, script
from hub.demo.whatsapp.errors import GraphError
from hub.demo.whatsapp.settings import Timings
from hub.demo.whatsapp.world import WhatsAppWorld

LIFELIKE = Timings(sent=(0.1, 1.0), delivered=(0.3, 3.0), read=(0.5, 2.0), retry_first=1.0, retry_ceiling=60.0)
HANDSHAKE_EVERY = 2.0
"""Seconds between handshakes until the receiver is up."""


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m hub.demo.whatsapp", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--webhook", required=True, metavar="URL")
    parser.add_argument("--app-secret", required=True)
    parser.add_argument("--verify-token", default="verify-me")
    parser.add_argument("--access-token", default="demo-token")
    parser.add_argument("--phone-number-id", default="106540352242922")
    parser.add_argument("--rate", type=float, default=0.0, help="messages a minute from scripted people")
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


async def main(chosen: argparse.Namespace) -> None:
    """Run until interrupted."""
    world = WhatsAppWorld(
        phone_number_id=chosen.phone_number_id,
        access_token=chosen.access_token,
        app_secret=chosen.app_secret,
        verify_token=chosen.verify_token,
        webhook_url=chosen.webhook,
        seed=chosen.seed,
        run=time.time_ns(),
        timings=LIFELIKE,
    )
    people.settle(world)
    await world.start(chosen.host, chosen.port)
    print(f"Graph API and page: {world.base_url}/", flush=True)
    try:
        await _subscribe(world)
        if chosen.rate > 0:
            await script.live(world, chosen.rate, chosen.seed)
        else:
            await asyncio.Event().wait()
    finally:
        await world.stop()


async def _subscribe(world: WhatsAppWorld) -> None:
    while not world.webhooks.subscription.verified:
        try:
            await world.subscribe()
            print("webhook verified", flush=True)
        except GraphError as refusal:
            print(f"webhook not verified yet: {refusal.details}", flush=True)
            await asyncio.sleep(HANDSHAKE_EVERY)


if __name__ == "__main__":
    try:
        asyncio.run(main(options()))
    except KeyboardInterrupt:
        print("stopped")
