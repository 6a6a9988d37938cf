"""What happens in the demo, a line each, for whoever watches the terminal."""

import time

import click

from hub.demo.whatsapp import WhatsAppWorld

LONGEST = 60
"""Characters of a message that fit on a line."""


async def narrate(world: WhatsAppWorld) -> None:
    """Tells who writes and what is answered, until cancelled."""
    with world.feed.listen() as listener:
        async for event in listener:
            word = {"said": "in ", "received": "out"}.get(event["event"])
            customer = world.customers.find(event["number"])
            if word is None or customer is None:
                continue
            bubble = customer.bubble(event["wamid"])
            text = bubble.text or f"[{bubble.type}]"
            line = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
            click.echo(f" {time.strftime('%H:%M:%S')}  {word}  WhatsApp  {customer.identity.name}  “{line}”", err=True)
