"""Each route with a permission, asked by everybody: the door opens for those who hold it and for nobody else."""

from uuid import uuid4

from hub.rights import Role, may
from tests.web.conftest import People


async def test_every_route_asks_for_its_permission(people: People) -> None:
    bearers = {}
    for role in Role:
        await people.add(f"{role}@example.com", role)
        bearers[role] = await people.bearer(f"{role}@example.com")
    wrong = []
    for route in people.routes():
        if route.permission is None or route.path.startswith("/api/v1/auth"):
            continue
        path = route.path.replace("{id}", str(uuid4())).replace("{user_id}", str(uuid4()))
        anonymous = await people.client.request(route.method, path)
        if anonymous.status != 401:
            wrong.append(f"{route.method} {route.path}: anonymous got {anonymous.status}")
        for role, bearer in bearers.items():
            answer = await people.client.request(route.method, path, headers=bearer)
            opened = answer.status != 403
            hides = route.path.endswith("/password")  # also refuses by whose password it is
            if opened != may(role, route.permission) and not hides:
                wrong.append(f"{route.method} {route.path}: {role} got {answer.status}")
    assert not wrong, "\n".join(wrong)
