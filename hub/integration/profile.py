"""How one back end writes what the hub asks and answers: addresses and field names that are data, not code.

`fields` renames: the hub's word = the back end's. A name with dots leads into objects (`status.name`). `item` leads to
the object of a single answer (`data`), `attributes` to an object inside of it whose members count as its own: what
JSON:API and several trackers have.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from attrs import field, frozen

from hub.errors import NotFound
from hub.integration.answer import WrongAnswer, is_id
from hub.integration.wire import IDEMPOTENCY_KEY, Wire

ITEMS_MOST = 200
"""Items of a list that are taken in; further ones are cut."""


@frozen
class Profile:
    """The words of one back end."""

    base_url: str
    fields: Mapping[str, str] = field(factory=dict)
    item: str = ""
    attributes: str = ""
    words: Mapping[str, str] = field(factory=dict)
    headers: Mapping[str, str] = field(factory=dict)

    # Asking

    def get(self, path: str, id: str | None = None, **query: str | int | None) -> Wire:
        """A request that reads. Query parameters that are None are left out. Raises NotFound for an id that can be
        none."""
        return Wire("GET", self._url(path, id, query), headers={"Accept": "application/json", **self.headers})

    def post(self, path: str, id: str | None, key: str, **members: str | None) -> Wire:
        """A request that acts, with its idempotency key. Members that are None are left out."""
        body = json.dumps({self.name(word): given for word, given in members.items() if given is not None})
        return self._acting("POST", path, id, key, body.encode())

    def delete(self, path: str, id: str, key: str) -> Wire:
        """A request that takes away."""
        return self._acting("DELETE", path, id, key, b"")

    def _acting(self, method: str, path: str, id: str | None, key: str, body: bytes) -> Wire:
        headers = {"Accept": "application/json", **self.headers, IDEMPOTENCY_KEY: key}
        if body:
            headers["Content-Type"] = "application/json"
        return Wire(method, self._url(path, id, {}), body, headers, key)

    def _url(self, path: str, id: str | None, query: Mapping[str, str | int | None]) -> str:
        if id is not None and not is_id(id):
            raise NotFound
        given = {self.name(word): value for word, value in query.items() if value is not None}
        written = self.base_url + (path if id is None else path.replace("{id}", quote(id, safe="")))
        if not given:
            return written
        return written + ("&" if "?" in written else "?") + urlencode(given, quote_via=quote)

    def name(self, word: str) -> str:
        """The back end's name for a field."""
        return self.fields.get(word, word)

    # Being answered

    def object_of(self, answer: object) -> Mapping[str, Any]:
        """The object of a single answer. Raises WrongAnswer."""
        return self._item(_at(answer, self.item))

    def objects_of(self, answer: object, word: str) -> list[Mapping[str, Any]]:
        """The objects of a list. Raises WrongAnswer."""
        found = _at(answer, self.name(word))
        if not isinstance(found, list):
            raise WrongAnswer("no list")
        return [self._item(item) for item in found[:ITEMS_MOST]]

    def _item(self, found: object) -> Mapping[str, Any]:
        if not isinstance(found, dict):
            raise WrongAnswer("no object")
        inner = _at(found, self.attributes) if self.attributes else None
        return {**found, **inner} if isinstance(inner, dict) else found

    def value(self, item: object, word: str) -> Any:
        """What an object says of a field; None when it says nothing."""
        return _at(item, self.name(word))


def _at(found: Any, path: str) -> Any:
    """What lies at a path with dots; the thing itself for an empty one, None when there is nothing."""
    for part in path.split(".") if path else ():
        if not isinstance(found, dict):
            return None
        found = found.get(part)
    return found
