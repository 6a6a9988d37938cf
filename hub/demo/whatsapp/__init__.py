"""A WhatsApp Cloud API of one's own: Graph on one side, signed webhooks on the other, customers in between.

world = WhatsAppWorld(phone_number_id=…, access_token=…, app_secret=…, verify_token=…, webhook_url=…)
await world.start()
await world.subscribe()
maria = world.customer("5511987650043", name="Maria Oliveira")
await maria.say("Is the transfer done?")
await world.quiet()
"""

from hub.demo.whatsapp.customers import Customer
from hub.demo.whatsapp.errors import GraphError
from hub.demo.whatsapp.faults import Fault, FaultKind, Faults, WebhookFaults
from hub.demo.whatsapp.settings import Habits, Limits, Timings
from hub.demo.whatsapp.world import WhatsAppWorld

__all__ = [
    "Customer",
    "Fault",
    "FaultKind",
    "Faults",
    "GraphError",
    "Habits",
    "Limits",
    "Timings",
    "WebhookFaults",
    "WhatsAppWorld",
]
