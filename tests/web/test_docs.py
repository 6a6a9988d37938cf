"""The page of the API."""

import re
from typing import Any

from tests.web.conftest import OpenDoors, People
from web.docs import Docs, curl, kind
from web.openapi import document


async def test_every_operation_is_on_the_page(people: People, open_doors: OpenDoors) -> None:
    routes = people.routes()
    client = await open_doors(*Docs(routes, "1.0", "https://hub.example.com").routes())
    answer = await client.get("/docs")
    text = await answer.text()
    for route in routes:
        if not route.hidden:
            assert f"<code>{route.method} {route.path}</code>" in text
    assert "https://hub.example.com/api/v1/auth/login" in text
    assert "<script" not in text
    assert "style-src 'sha256-" in answer.headers["Content-Security-Policy"]
    assert set(re.findall(r'href="#(\w+)"', text)) == set(re.findall(r'<h2 id="(\w+)"', text))


async def test_a_request_to_copy(people: People) -> None:
    described = document(people.routes(), "1.0")

    def shown(method: str, path: str) -> str:
        return curl(described, method, path, described["paths"][path][method.lower()], "http://hub")

    assert shown("GET", "/healthz") == 'curl \\\n  "http://hub/healthz"'
    login = shown("POST", "/api/v1/auth/login")
    assert '{"email":"ana@example.com","password":' in login
    assert "Authorization" not in login
    removed = shown("DELETE", "/api/v1/teams/{id}")
    assert removed == 'curl -X DELETE \\\n  "http://hub/api/v1/teams/$id" \\\n  -H "Authorization: Bearer $TOKEN"'


def test_kinds_in_words() -> None:
    words: list[tuple[dict[str, Any], str]] = [
        ({"type": "string", "minLength": 1, "maxLength": 9}, "string, 1 to 9"),
        ({"anyOf": [{"$ref": "#/components/schemas/Leaf"}, {"type": "null"}]}, "Leaf or null"),
        ({"enum": ["a", "b"]}, "a | b"),
        ({"type": "array", "items": {"type": "string", "format": "uuid"}}, "list of uuid"),
        ({}, "any"),
    ]
    for schema, text in words:
        assert kind(schema) == text
