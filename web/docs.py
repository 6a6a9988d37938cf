"""`/docs`: the API for readers, from the same routes. No script; every operation with a request to copy."""

import asyncio
from collections.abc import Iterable
from functools import cache
from html import escape
from typing import Any

import orjson
from aiohttp import web

from web import html
from web.openapi import document
from web.routes import Route


class Docs:
    """The page, written when it is first asked for. `url` is where the hub is reached; it goes into the examples."""

    def __init__(self, routes: Iterable[Route], version: str, url: str) -> None:
        self._page = cache(lambda: render(document(routes, version), url))

    async def show(self, _request: web.Request) -> web.Response:
        """The page."""
        return html.page(await asyncio.to_thread(self._page))

    def routes(self) -> list[Route]:
        """The one route."""
        show = self.show
        return [Route(method="GET", path="/docs", handler=show, summary="This page", permission=None, hidden=True)]


def render(described: dict[str, Any], url: str) -> bytes:
    """The page of an OpenAPI document."""
    by_tag: dict[str, list[str]] = {}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            text = _operation(described, method.upper(), path, operation, url)
            by_tag.setdefault((operation["tags"] or ["other"])[0], []).append(text)
    contents = " · ".join(f'<a href="#{escape(tag)}">{escape(tag)}</a>' for tag in sorted(by_tag))
    sections = "".join(
        f'<h2 id="{escape(tag)}">{escape(tag)}</h2>{"".join(texts)}' for tag, texts in sorted(by_tag.items())
    )
    title = f"{described['info']['title']} {described['info']['version']}"
    links = '<p class="soft"><a href="/openapi.json">openapi.json</a> · <a href="/problems">errors</a></p>'
    return html.render(title, f"<h1>{escape(title)}</h1>{links}<p>{contents}</p>{sections}")


def _operation(described: dict[str, Any], method: str, path: str, operation: dict[str, Any], url: str) -> str:
    needs = f" Needs <code>{operation['x-permission']}</code>." if "x-permission" in operation else ""
    return (
        f'<h3 id="{operation["operationId"]}"><code>{method} {escape(path)}</code></h3>'
        f"<p>{escape(operation['summary'])}.{needs}</p>"
        f"{_parameters(operation)}{_body(described, operation)}"
        f"<pre>{escape(curl(described, method, path, operation, url))}</pre>"
        f"{html.table(('Answer', ''), _answers(operation))}"
    )


def _parameters(operation: dict[str, Any]) -> str:
    given = [p for p in operation.get("parameters", ()) if p["in"] != "path"]
    rows = [(f"<code>{escape(p['name'])}</code>", p["in"], escape(kind(p["schema"]))) for p in given]
    return html.table(("Parameter", "in", ""), rows)


def _body(described: dict[str, Any], operation: dict[str, Any]) -> str:
    schema = _body_schema(described, operation)
    required = schema.get("required", ())
    rows = [
        (f"<code>{escape(name)}</code>", "required" if name in required else "", escape(kind(field)))
        for name, field in schema.get("properties", {}).items()
    ]
    return html.table(("Field", "", ""), rows)


def _body_schema(described: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    if "requestBody" not in operation:
        return {}
    reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    schema: dict[str, Any] = described["components"]["schemas"][reference.rpartition("/")[2]]
    return schema


def _answers(operation: dict[str, Any]) -> list[tuple[str, ...]]:
    return [(status, escape(answer["description"])) for status, answer in operation["responses"].items()]


def kind(schema: dict[str, Any]) -> str:
    """What a field may be, in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " or ".join(kind(arm) for arm in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {kind(schema['items'])}"
    low, high = (schema.get(a, schema.get(b)) for a, b in (("minLength", "minimum"), ("maxLength", "maximum")))
    words = str(schema.get("format", schema.get("type", "any")))
    return words if low is None else f"{words}, {low} to {high}"


def curl(described: dict[str, Any], method: str, path: str, operation: dict[str, Any], url: str) -> str:
    """A request to copy: `$TOKEN` is an access token, `$ID` and the like are ids."""
    address = url + path.replace("{", "$").replace("}", "")
    parts = ["curl" if method == "GET" else f"curl -X {method}", f'"{address}"']
    if "security" in operation:
        parts.append('-H "Authorization: Bearer $TOKEN"')
    schema = _body_schema(described, operation)
    if schema:
        required = schema.get("required", schema["properties"])
        example = {name: _example(schema["properties"][name]) for name in required}
        parts += ['-H "Content-Type: application/json"', f"-d '{orjson.dumps(example).decode()}'"]
    return " \\\n  ".join(parts)


def _example(schema: dict[str, Any]) -> Any:
    if "examples" in schema:
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return _example(schema["anyOf"][0])
    shown = {"integer": schema.get("minimum", 1), "boolean": True, "array": [], "object": {}}
    return shown.get(schema.get("type", ""), "…")
