"""Whoever wrote in the demo's past has a phone in the simulated WhatsApp: answers arrive and are answered."""

from hub.demo.stories import Story, told_by
from hub.demo.whatsapp import WhatsAppWorld
from hub.demo.whatsapp.phone import WINDOW
from storage.database import Database

EVERYBODY = """
select i.value as number, coalesce(cu.name, i.value) as name, c.window_opened_at,
    c.status in ('pending', 'open') as live,
    (select m.text from messages m where m.conversation_id = c.id and m.direction = 'inbound' order by m.seq limit 1)
        as first_words
from conversations c
join customers cu on cu.id = c.customer_id
join identities i on i.customer_id = c.customer_id and i.channel = c.channel and i.kind = 'wa_id'
where c.channel = $1
order by c.created_at desc
limit $2
"""
MOST = 1_000
"""Conversations, newest first; whoever is older than that has lost the phone."""


async def bring_back(database: Database, world: WhatsAppWorld, channel: str) -> dict[str, Story]:
    """Puts everybody the hub knows into the world, with the 24 hours that are left to each.

    Returns, by number, the stories of those whose conversation is still going on.
    """
    async with database.acquire() as connection:
        rows = await connection.fetch(EVERYBODY, channel, MOST)
    waiting: dict[str, Story] = {}
    for row in rows:
        customer = world.customer(row["number"], row["name"])
        if row["window_opened_at"] is not None:
            customer.window_until = max(customer.window_until, row["window_opened_at"].timestamp() + WINDOW)
        if row["live"]:
            waiting.setdefault(customer.number, told_by(row["first_words"] or ""))
    return waiting
