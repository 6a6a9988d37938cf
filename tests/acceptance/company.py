"""A company whose people, teams and conversations change at random, and what each of its people must not be told."""

import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import orjson
from attrs import define, field

from hub.demo.whatsapp import Customer, files
from tests.acceptance.agent import PATIENCE, Agent, Json, Stream
from tests.acceptance.stage import PASSWORD, ROOT, Stage, eventually

_numbers = count(1)
TEAMS, CONVERSATIONS = 3, 5


@define
class Person:
    """Somebody who works here, with a stream that is read all the time, cut or not."""

    email: str
    agent: Agent
    stream: Stream | None = None
    checked: int = 0
    """Frames of the stream that were looked at."""
    after: int = 0
    """The newest number that was told."""
    resumed_at: int = 0
    """The newest number there was when the stream was opened: what is not above it was replayed."""

    @property
    def id(self) -> str:
        """The user's id."""
        return str(self.agent.user["id"])


Visible = dict[str, set[str]]
"""By a person's id: the conversations that are to be seen."""


@define
class Company:
    """The people and what they have; `random` decides what happens."""

    stage: Stage
    random: random.Random
    root: Agent
    people: list[Person] = field(factory=list)
    teams: list[str] = field(factory=list)
    customers: dict[str, Customer] = field(factory=dict)
    """By the id of their conversation."""
    people_of: dict[str, str] = field(factory=dict)
    """The conversation of each customer, by the customer's id."""
    files: dict[str, str] = field(factory=dict)
    """The conversation of each file."""
    history: list[tuple[int, Visible]] = field(factory=list)
    """What was to be seen when the log ended at this number."""
    _markers: "count[int]" = field(factory=lambda: count(1))

    @property
    def conversations(self) -> list[str]:
        """All of them."""
        return list(self.customers)

    async def admin(self, method: str, path: str, body: Json | None = None) -> Json:
        """What the administrator does must work."""
        answer = await self.root.request(method, f"/api/v1/{path}", body)
        assert answer.status < 300, answer.raw
        return answer.json if answer.raw else {}

    async def hire(self, role: str) -> Person:
        """Somebody new, with an open stream."""
        email = f"person{next(_numbers)}@example.com"
        body = {"email": email, "name": email.partition("@")[0], "role": role, "password": PASSWORD}
        await self.admin("POST", "users", body)
        person = Person(email, await self.stage.login(email))
        await self.open(person)
        self.people.append(person)
        return person

    async def open(self, person: Person) -> None:
        """Opens the person's stream, of either kind, where the last one ended."""
        person.resumed_at = await self.head()
        after = person.after or person.resumed_at
        kind = self.random.choice((Agent.socket, Agent.events))
        person.stream, person.checked = await kind(person.agent, after), 0

    async def head(self) -> int:
        """The newest event's number."""
        seq: int = await self.stage.value("select seq from journal_head")
        return seq

    async def settle(self) -> None:
        """Returns when everything that has happened was told on every stream."""
        await self.stage.sent_out()
        reason = f"marker {next(self._markers)}"
        await self.admin("PUT", "users/me/presence", {"state": "online", "reason": reason})
        for person in self.people:
            if person.stream is not None:
                await person.stream.until(lambda stream: any(f["data"].get("reason") == reason for f in _signs(stream)))

    async def expected(self) -> Visible:
        """Who is to see what, from the rule and the rows: an admin all, else the teams' and one's own."""
        everything = await self.stage.rows("select id, team_id, assignee_id from conversations")
        members = {(str(row["user_id"]), row["team_id"]) for row in await self.stage.rows("select * from team_members")}
        admins = {str(row["id"]) for row in await self.stage.rows("select id from users where role = 'admin'")}
        return {
            person.id: {
                str(c["id"])
                for c in everything
                if str(c["id"]) in self.customers
                and (
                    person.id in admins
                    or str(c["assignee_id"]) == person.id
                    or (c["team_id"] is not None and (person.id, c["team_id"]) in members)
                )
            }
            for person in self.people
        }


def _signs(stream: Stream) -> list[Json]:
    return stream.of("agent.presence")


async def found(stage: Stage, seed: int) -> Company:
    """A company at its beginning: an admin, a supervisor, three agents, teams, and conversations with a file each."""
    company = Company(stage, random.Random(seed), await stage.login(ROOT))
    await company.root.socket()
    for number in range(TEAMS):
        team = await company.admin("POST", "teams", {"name": f"Team {seed}.{number}.{next(_numbers)}"})
        company.teams.append(team["id"])
    for _ in range(CONVERSATIONS):
        await _conversation(company)
    for role in ("admin", "supervisor", "agent", "agent", "agent"):
        person = await company.hire(role)
        await company.admin("PUT", f"teams/{company.random.choice(company.teams)}/members/{person.id}")
    for id in company.conversations:
        await company.admin("PATCH", f"conversations/{id}", {"team_id": company.random.choice(company.teams)})
    stage.mute()
    return company


async def _conversation(company: Company) -> None:
    customer = company.stage.customer()
    await customer.send_image(files.picture(), caption="O comprovante")
    await company.stage.world.quiet(PATIENCE)

    async def stored() -> Json | None:
        (conversation,) = await company.stage.rows(
            "select c.id, c.customer_id, m.id as media from conversations c join media m on m.conversation_id = c.id"
            " join identities i on i.customer_id = c.customer_id and i.value = $1 where m.state = 'stored'",
            customer.wa_id,
        ) or [None]
        return dict(conversation) if conversation else None

    found = await eventually(stored)
    assert found is not None
    company.customers[str(found["id"])] = customer
    company.files[str(found["media"])] = str(found["id"])
    company.people_of[str(found["customer_id"])] = str(found["id"])


class Withheld(Exception):
    """A surface is not for people of this role."""


# What each surface shows somebody: add a line for each new one.


async def _readable(company: Company, agent: Agent) -> set[str]:
    paths = {id: f"/api/v1/conversations/{id}" for id in company.conversations}
    return await _answered(agent, paths)


async def _listed(company: Company, agent: Agent) -> set[str]:
    return {c["id"] for c in await agent.conversations()} & set(company.conversations)


async def _threads(company: Company, agent: Agent) -> set[str]:
    return await _answered(agent, {id: f"/api/v1/conversations/{id}/messages" for id in company.conversations})


async def _windows(company: Company, agent: Agent) -> set[str]:
    return await _answered(agent, {id: f"/api/v1/conversations/{id}/window" for id in company.conversations})


async def _transcripts(company: Company, agent: Agent) -> set[str]:
    return await _answered(agent, {id: f"/api/v1/conversations/{id}/transcript" for id in company.conversations})


async def _timelines(company: Company, agent: Agent) -> set[str]:
    return await _answered(agent, {id: f"/api/v1/conversations/{id}/events" for id in company.conversations})


async def _customers(company: Company, agent: Agent) -> set[str]:
    found = (await agent.get("customers?limit=200"))["data"]
    return _of_customers(company, {customer["id"] for customer in found})


async def _customer(company: Company, agent: Agent) -> set[str]:
    paths = {id: f"/api/v1/customers/{id}" for id in company.people_of}
    return _of_customers(company, await _answered(agent, paths))


async def _histories(company: Company, agent: Agent) -> set[str]:
    found = (await agent.get("customers?limit=200"))["data"]
    shown = [await agent.get(f"customers/{customer['id']}") for customer in found]
    return {past["id"] for one in shown for past in one["conversations"]} & set(company.conversations)


def _of_customers(company: Company, ids: set[str]) -> set[str]:
    return {conversation for id, conversation in company.people_of.items() if id in ids}


async def _media(company: Company, agent: Agent) -> set[str]:
    paths = {media: f"/api/v1/media/{media}" for media in company.files}
    return {company.files[media] for media in await _answered(agent, paths)}


async def _searched(company: Company, agent: Agent) -> set[str]:
    found, cursor = set[str](), ""
    while cursor is not None:
        page = await agent.get(f"search?q=comprovante&in=messages&limit=50{cursor and '&cursor=' + cursor}")
        found |= {each["conversation_id"] for each in page["data"]}
        cursor = page["next_cursor"]
    return found & set(company.conversations)


async def _exported_conversations(company: Company, agent: Agent) -> set[str]:
    return {row["id"] for row in await _export(company, agent, "conversations")} & set(company.conversations)


async def _exported_messages(company: Company, agent: Agent) -> set[str]:
    return {row["conversation_id"] for row in await _export(company, agent, "messages")} & set(company.conversations)


async def _export(company: Company, agent: Agent, kind: str) -> list[Json]:
    """The lines of an export of the last hour; one who may not order any has ordered none."""
    begin = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    order = {"kind": kind, "format": "jsonl", "from": begin}
    answer = await agent.request("POST", "/api/v1/exports", order)
    if answer.status == 403:
        assert (await agent.request("GET", "/api/v1/exports")).status == 403
        raise Withheld
    assert answer.status == 201, answer.raw
    file = await agent.request("GET", answer.json["file"])
    assert file.status == 200, file.raw
    return [orjson.loads(line) for line in file.raw.splitlines()]


async def notified(company: Company, agent: Agent) -> set[str]:
    """The conversations that somebody's notifications name."""
    listed = (await agent.get("notifications?limit=100"))["data"]
    return {each["conversation"]["id"] for each in listed if each["conversation"]} & set(company.conversations)


async def _answered(agent: Agent, paths: dict[str, str]) -> set[str]:
    """Those of the addresses that are answered; the others must say that there is nothing."""
    given = {name: (await agent.request("GET", path)).status for name, path in paths.items()}
    assert set(given.values()) <= {200, 404}, given
    return {name for name, status in given.items() if status == 200}


SURFACES: dict[str, Callable[[Company, Agent], Awaitable[set[str]]]] = {
    "GET one": _readable,
    "list": _listed,
    "messages": _threads,
    "window": _windows,
    "transcript": _transcripts,
    "timeline": _timelines,
    "media": _media,
    "customers": _customers,
    "GET customer": _customer,
    "history": _histories,
    "search": _searched,
    "export of conversations": _exported_conversations,
    "export of messages": _exported_messages,
}
"""Each shows exactly what is to be seen, or is withheld from the role."""
