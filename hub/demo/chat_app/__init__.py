"""A Chat App around the hub: the company's own back end, a page that plays the app, and people who use it.

It talks to the hub as any other app does: with its key for tokens, and with the customers' tokens for all else.
"""

from hub.demo.chat_app.customer import Device
from hub.demo.chat_app.world import ChatAppWorld

__all__ = ["ChatAppWorld", "Device"]
