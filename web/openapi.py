"""The OpenAPI 3.1 document, made of the same routes that the server serves."""

import asyncio
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import attrs
from aiohttp import web

from hub.errors import (
    BadRequest,
    Forbidden,
    HubError,
    IdempotencyInFlight,
    IdempotencyKeyInvalid,
    IdempotencyKeyReused,
    Invalid,
    InvalidJson,
    LimitReached,
    Overloaded,
    PayloadTooLarge,
    RequestTimeout,
    Unauthenticated,
    Unavailable,
    UnsupportedMedia,
)
from web import answers
from web.problems import STATUS
from web.routes import Route
from web.schemas import Schemas, first_line

_PARAMETER = re.compile(r"\{(\w+)(?::[^}]*)?\}")

_KEY_SCHEMA = {"type": "string", "pattern": r"^[\x21-\x7e]{1,255}$", "description": "Makes repetitions harmless."}
_VERSION_SCHEMA = {
    "type": "string",
    "pattern": r'^(\*|(W/)?"[0-9]{1,9}")$',
    "description": "The version that is changed.",
}

_PROBLEM = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "code", "detail", "request_id", "retryable"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "enum": sorted(STATUS)},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "retryable": {"type": "boolean"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["path", "message"],
                "properties": {"path": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


def document(routes: Iterable[Route], version: str) -> dict[str, Any]:
    """The description of all routes that are not hidden."""
    schemas = Schemas()
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        if not route.hidden:
            paths.setdefault(_PARAMETER.sub(r"{\1}", route.path), {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Conversation hub", "version": version, "description": "Errors are listed under /problems."},
        "paths": paths,
        "components": {
            "schemas": {**schemas.components, "Problem": _PROBLEM},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(route: Route, schemas: Schemas) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": route.summary,
        "description": route.description or first_line(route.handler),
        "operationId": operation_id(route),
        "tags": list(route.tags),
        "responses": {**_successes(route, schemas), **_failures(route)},
    }
    parameters = [*_path_parameters(route), *_query_parameters(route, schemas), *_header_parameters(route)]
    if parameters:
        operation["parameters"] = parameters
    if route.body is not None:
        content = {"application/json": {"schema": schemas.of(route.body)}}
        needed = any(field.default is attrs.NOTHING for field in attrs.fields(route.body))
        operation["requestBody"] = {"required": needed, "content": content}
    if route.permission is not None:
        operation["security"] = [{"bearer": []}]
        operation["x-permission"] = str(route.permission)
    return operation


def operation_id(route: Route) -> str:
    """A name for the operation that generators of clients can use: `post_api_v1_auth_login`."""
    plain = _PARAMETER.sub(r"\1", route.path)
    return re.sub(r"\W+", "_", route.method.lower() + plain).strip("_")


def _successes(route: Route, schemas: Schemas) -> dict[str, Any]:
    return {str(status): _success(route, schemas) for status in sorted((route.status, *route.also))}


def _success(route: Route, schemas: Schemas) -> dict[str, Any]:
    if route.returns is None:
        return {"description": "Done."}
    return {
        "description": first_line(route.returns) or "Done.",
        "content": {"application/json": {"schema": schemas.of(route.returns)}},
    }


def failures(route: Route) -> list[type[HubError]]:
    """Every error that a route can answer with, but for `internal`."""
    found: list[type[HubError]] = [*route.errors, BadRequest, Unavailable]
    if route.permission is not None:
        found += [Unauthenticated, Forbidden, Overloaded]
    if route.body is not None:
        found += [InvalidJson, Invalid, PayloadTooLarge, UnsupportedMedia, RequestTimeout]
    if route.query is not None:
        found.append(Invalid)
    if route.idempotent:
        found += [IdempotencyKeyInvalid, IdempotencyKeyReused, IdempotencyInFlight]
    return list(dict.fromkeys(found))


def _failures(route: Route) -> dict[str, Any]:
    by_status: dict[int, list[type[HubError]]] = {500: [HubError]}
    for error in failures(route):
        by_status.setdefault(STATUS[error.code], []).append(error)
    return {str(status): _failure(errors) for status, errors in sorted(by_status.items())}


def _failure(errors: list[type[HubError]]) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": " ".join(f"`{error.code}`: {error.title()}" for error in errors),
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if {LimitReached.code, Overloaded.code, Unavailable.code} & {error.code for error in errors}:
        answer["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    return answer


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    names = _PARAMETER.findall(route.path)
    return [{"name": name, "in": "path", "required": True, "schema": _path_schema(name)} for name in names]


def _path_schema(name: str) -> dict[str, str]:
    return {"type": "string", "format": "uuid"} if name == "id" or name.endswith("_id") else {"type": "string"}


def _query_parameters(route: Route, schemas: Schemas) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    return [
        {"name": name, "in": "query", "schema": schema, "required": False}
        for name, schema in schemas.properties(route.query).items()
    ]


def _header_parameters(route: Route) -> list[dict[str, Any]]:
    schemas = {"Idempotency-Key": _KEY_SCHEMA} if route.idempotent else {}
    if route.method == "PATCH":
        schemas["If-Match"] = _VERSION_SCHEMA
    return [{"name": name, "in": "header", "schema": schema, "required": False} for name, schema in schemas.items()]


class Description:
    """`/openapi.json`, written when it is first asked for: a start does not wait for it, nor does the loop."""

    def __init__(self, routes: Iterable[Route], version: str) -> None:
        self._body = cache(lambda: answers.dumps(document(routes, version)))

    async def show(self, _request: web.Request) -> web.Response:
        """The document."""
        body = await asyncio.to_thread(self._body)
        return web.Response(body=body, content_type="application/json", charset="utf-8")

    def routes(self) -> list[Route]:
        """The one route."""
        return [
            Route(
                method="GET",
                path="/openapi.json",
                handler=self.show,
                summary="The OpenAPI document",
                permission=None,
                hidden=True,
            )
        ]
