"""What the agent does with a message: rules in place of a model."""

import asyncio
import re
from collections.abc import Callable

from attrs import define

from hub.demo.ai_agent.client import AiClient, Called, Gone, Json

TRANSACTION = re.compile(r"\bTX-[0-9A-Z]+\b")
PAYMENT = re.compile(r"\bsend (?P<amount>\d{1,7}(?:\.\d\d)?) (?P<currency>[A-Z]{3}) to (?P<whom>[\w' ]{2,60})", re.I)
TICKET = re.compile(r"\b(ticket|case|complaint)s?\b", re.I)

WAIT = 0.5
"""Seconds between looks at a draft."""

PATIENCE = 900.0
"""Seconds for which the agent waits for the customer, or for a person who approves."""

TRIES = 6
"""Calls of a lookup while the back end fails; then the agent gives up and says so."""

OVER = frozenset({"committed", "failed", "cancelled", "expired", "rejected", "create_failed", "manual_review"})

Tell = Callable[[str, str], None]
"""Told of what happens: a word of four letters, and a line."""


@define
class AiAgent:
    """Answers one conversation."""

    client: AiClient
    tell: Tell
    _read: int = 0

    async def run(self, patience: float = 60.0) -> None:
        """Answers what the customer writes until nothing came for `patience` seconds, or a person takes over."""
        try:
            await self.client.open()
            loop = asyncio.get_running_loop()
            quiet_until = loop.time() + patience
            while loop.time() < quiet_until:
                for message in await self._news():
                    await self._answer(str(message.get("untrusted_text") or ""))
                    quiet_until = loop.time() + patience
                await asyncio.sleep(WAIT)
        except Gone:
            self.tell("ai", "a person has the conversation: the agent is silent")

    async def _news(self) -> list[Json]:
        """What the customer wrote since it was looked last."""
        found = await self.client.messages(self._read)
        self._read = max((message["conversation_seq"] for message in found), default=self._read)
        return [message for message in found if message["direction"] == "inbound"]

    async def _answer(self, text: str) -> None:
        payment, transaction = PAYMENT.search(text), TRANSACTION.search(text)
        if payment is not None:
            await self._pay(payment["amount"], payment["currency"].upper(), payment["whom"].strip())
        elif transaction is not None:
            await self._look_up(transaction[0])
        elif TICKET.search(text):
            await self._tickets()

    async def _look_up(self, transaction_id: str) -> None:
        called = await self._call("get_transaction_status", transaction_id, {"transaction_id": transaction_id})
        found = called.result.get("transaction")
        if found is None:
            await self.client.say(f"I cannot see {transaction_id} at the moment. A colleague will look into it.")
            return
        amount = found["amount"]
        await self.client.say(f"{transaction_id} over {amount['amount']} {amount['currency']} is {found['status']}.")

    async def _tickets(self) -> None:
        for _ in range(TRIES):
            called = await self._call("search_tickets", "", {"customer_id": self.client.customer_id, "status": None})
            if called.http_status == 200:
                count = len(called.result["tickets"])
                await self.client.say(f"You have {count} ticket{'' if count == 1 else 's'} with us.")
                return
            if called.status == "integration_circuit_open":
                self.tell("open", "the circuit of ticketing is open: nothing is asked there for a minute")
                break
            await asyncio.sleep(WAIT)
        await self.client.say("Our ticketing system does not answer right now. A colleague will get back to you.")

    async def _pay(self, amount: str, currency: str, whom: str) -> None:
        wish = {"customer_id": self.client.customer_id, "amount": amount, "currency": currency}
        description = f"Transfer to {whom}"
        made = await self._call(
            "create_transaction_draft", f"{amount} {currency}", {**wish, "description": description}
        )
        if made.http_status != 200:
            await self.client.say("I cannot prepare this transfer at the moment. A colleague will help you.")
            return
        draft = await self._until(made.result, lambda draft: draft["confirmation"]["confirmation_token"] is not None)
        token = draft["confirmation"]["confirmation_token"]
        if token is None:
            await self.client.say("All right, nothing was transferred.")
            return
        self.tell("yes", f"the customer confirmed {amount} {currency}")
        await self._commit(draft, token)

    async def _commit(self, draft: Json, token: str) -> None:
        named = f"{draft['amount']} {draft['currency']}"
        arguments = {"draft_id": draft["draft_id"], "confirmation_token": token}
        called = await self._call("commit_transaction", named, arguments)
        if called.status == "pending_approval":
            self.tell("hold", f"commit_transaction {named} waits for a person")
            await self.client.say("Because of the amount a colleague has to approve it. I will let you know.")
        ended = await self._until(draft, lambda draft: draft["state"] in OVER)
        if ended["state"] == "committed":
            await self.client.say(f"Done: {named} is on its way, as {ended['transaction_id']}.")
        else:
            await self.client.say(f"The transfer of {named} was not made.")

    async def _until(self, draft: Json, holds: Callable[[Json], bool]) -> Json:
        """The draft once it holds, or is over, or after PATIENCE."""
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE
        while not holds(draft) and draft["state"] not in OVER and loop.time() < until:
            await asyncio.sleep(WAIT)
            draft = await self.client.draft(draft["draft_id"])
        return draft

    async def _call(self, tool: str, about: str, arguments: Json) -> Called:
        called = await self.client.call(tool, arguments)
        how = "" if called.status == "ok" else f"  {called.http_status} {called.status}"
        self.tell("ai", f"{tool} {about}".rstrip() + f" … {called.seconds * 1000:.0f} ms{how}")
        return called
