"""The types of this schema's columns, told to the driver as soon as it is connected.

asyncpg knows PostgreSQL's plain types. About every array and every enum that it meets it asks the server, once on each
connection, and to plan that question costs the server more than all that a short connection does besides
(https://github.com/MagicStack/asyncpg/issues/1272). The types are few, so they are handed to the driver in the
form of the server's answer, for a question that costs next to nothing. A type that is not among them is asked about as
ever.
"""

from collections.abc import Iterator
from typing import Any

import asyncpg

_ARRAYS = {
    "_bool": (1000, 16),
    "_bytea": (1001, 17),
    "_int2": (1005, 21),
    "_int4": (1007, 23),
    "_int8": (1016, 20),
    "_json": (199, 114),
    "_jsonb": (3807, 3802),
    "_timestamptz": (1185, 1184),
    "_uuid": (2951, 2950),
}
"""Arrays of plain types: their own ids and those of their elements. They are PostgreSQL's for ever: ids below 10000 are
assigned by hand and never given to something else (src/include/catalog/pg_type.dat)."""

_ENUMS = "select oid, typname as name, typarray as array from pg_catalog.pg_type where typtype = 'e'"


async def teach(connection: asyncpg.Connection) -> None:
    """Has the driver know them on this connection. Raises what a query raises.

    The enums are read on each: their ids are the database's own, and what answers at its address may be another one
    since the connection before.
    """
    enums = await connection.fetch(_ENUMS)
    # Not a part of the driver's API, which has nothing for this; it is what the driver does with the server's answer.
    connection._protocol.get_settings().register_data_types(list(_described(enums)))


def _described(enums: list[Any]) -> Iterator[dict[str, Any]]:
    """What the driver's own question would be answered."""
    for name, (oid, element) in _ARRAYS.items():
        yield _type(oid, name, "pg_catalog", element)
    for enum in enums:
        yield _type(enum["oid"], enum["name"], "public", None)
        yield _type(enum["array"], f"_{enum['name']}", "public", enum["oid"])


def _type(oid: int, name: str, schema: str, element: int | None) -> dict[str, Any]:
    return {
        "oid": oid,
        "name": name,
        "ns": schema,
        "kind": b"e" if element is None else b"b",
        "elemtype": element,
        "elemtype_name": name[1:],
        "elemdelim": b",",
        "basetype": None,
        "range_subtype": None,
        "attrtypoids": None,
    }
