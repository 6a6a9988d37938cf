"""An AI agent as a company would run one beside the hub: rules in place of a model, and customers who ask it things.

It knows the hub only by `/ai/v1`: it reads what a customer wrote, calls tools, and says what came of it. It cannot
confirm a payment in the customer's name, and does not try to.
"""

from hub.demo.ai_agent.agent import AiAgent
from hub.demo.ai_agent.client import AiClient, Called
from hub.demo.ai_agent.script import Outages, live

__all__ = ["AiAgent", "AiClient", "Called", "Outages", "live"]
