"""What happens in a company: each of these once in a while, in any order."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

from tests.acceptance.agent import PATIENCE, Json
from tests.acceptance.company import Company, Person


async def _customer_writes(company: Company) -> None:
    customer = company.customers[company.random.choice(company.conversations)]
    body = company.stage.written((customer, customer.draft("text", {"body": f"Mensagem {uuid4()}"})))
    assert (await company.stage.deliver(body)).status == 200


async def _transferred(company: Company) -> None:
    await _patch(company, {"team_id": company.random.choice([*company.teams, None])})


async def _assigned(company: Company) -> None:
    somebody = company.random.choice([*(person.id for person in company.people), None])
    await _patch(company, {"assignee_id": somebody})


async def _patch(company: Company, change: Json) -> None:
    path = f"/api/v1/conversations/{company.random.choice(company.conversations)}"
    answer = await company.root.request("PATCH", path, change)
    assert answer.status in (200, 422), answer.raw  # not everybody can be given everything


async def _joined(company: Company) -> None:
    await company.admin("PUT", _membership(company))


async def _left(company: Company) -> None:
    await company.admin("DELETE", _membership(company))


def _membership(company: Company) -> str:
    return f"teams/{company.random.choice(company.teams)}/members/{company.random.choice(company.people).id}"


async def _role_changed(company: Company) -> None:
    person = company.random.choice(company.people)
    (now,) = await company.stage.rows("select role::text from users where id = $1::text::uuid", person.id)
    role = company.random.choice([role for role in ("admin", "supervisor", "agent") if role != now["role"]])
    await company.admin("PATCH", f"users/{person.id}", {"role": role})
    await _signed_out(company, person)


async def _disabled_for_a_while(company: Company) -> None:
    person = company.random.choice(company.people)
    await company.admin("PATCH", f"users/{person.id}", {"disabled": True})
    await company.admin("PATCH", f"users/{person.id}", {"disabled": False})
    await _signed_out(company, person)


async def _signed_out(company: Company, person: Person) -> None:
    """His stream must be over; he signs in again."""
    if person.stream is not None:
        await person.stream.ended(PATIENCE)
        assert person.stream.code == 4401
    refused = await person.agent.request("GET", "/api/v1/conversations")
    assert refused.status == 401
    person.agent = await company.stage.login(person.email)
    await company.open(person)


async def _cut_or_resumed(company: Company) -> None:
    person = company.random.choice(company.people)
    if person.stream is None:
        await company.open(person)
    else:
        await person.stream.leave()
        person.stream = None


async def _answered(company: Company) -> None:
    person, id = _somebody_with_something(company)
    answer = await person.agent.write(id, f"Resposta {uuid4()}")
    assert answer.status in (201, 404)


async def _types(company: Company) -> None:
    person, id = _somebody_with_something(company)
    answer = await person.agent.request("POST", "/api/v1/realtime/typing", {"conversation_id": id})
    assert answer.status in (204, 404)


async def _taken(company: Company) -> None:
    person, id = _somebody_with_something(company)
    answer = await person.agent.request("POST", f"/api/v1/conversations/{id}/take")
    assert answer.status in (200, 404, 409)


def _somebody_with_something(company: Company) -> tuple[Person, str]:
    return company.random.choice(company.people), company.random.choice(company.conversations)


EVENTS: list[Callable[[Company], Awaitable[None]]] = [
    _customer_writes,
    _transferred,
    _assigned,
    _joined,
    _left,
    _role_changed,
    _disabled_for_a_while,
    _cut_or_resumed,
    _answered,
    _types,
    _taken,
]
WEIGHTS = [6, 3, 3, 4, 3, 1, 1, 3, 3, 3, 2]


async def happens(company: Company) -> str:
    """Lets something happen; its name."""
    (event,) = company.random.choices(EVENTS, WEIGHTS)
    await event(company)
    return event.__name__
