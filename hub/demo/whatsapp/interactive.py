"""Limits of interactive messages. Source: Meta's pages "Interactive reply buttons messages" and "Interactive list
messages" of the Cloud API."""

from collections.abc import Callable

from hub.demo.whatsapp.errors import GraphError
from hub.demo.whatsapp.limits import Json, optional_text, required, required_list, required_object, text

BODY, HEADER, FOOTER = 1024, 60, 60
LIST_BODY = 4096
BUTTONS, BUTTON_TITLE, BUTTON_ID = 3, 20, 256
SECTIONS, ROWS, SECTION_TITLE, ROW_TITLE, ROW_ID, ROW_DESCRIPTION = 10, 10, 24, 24, 200, 72
OTHER_TYPES = frozenset(
    {
        "cta_url",
        "flow",
        "location_request_message",
        "request_contact_info",
        "voice_call",
        "call_permission_request",
        "product",
        "product_list",
        "catalog_message",
        "carousel",
        "address_message",
        "order_details",
        "order_status",
    }
)
BODILESS = frozenset({"product", "call_permission_request"})


def check_interactive(interactive: Json) -> None:
    """Raises GraphError 100, 131008 or 131009 for what Meta would refuse."""
    kind = required(interactive, "type", "interactive['type']")
    check = CHECKS.get(kind)
    if check is None and kind not in OTHER_TYPES:
        raise GraphError(131009, f"Interactive type is not valid: {kind}")
    if kind not in BODILESS:
        body = required_object(interactive, "body", "interactive['body']")
        text(body, "text", "interactive['body']['text']", LIST_BODY if kind == "list" else BODY)
    if isinstance(footer := interactive.get("footer"), dict):
        optional_text(footer, "text", "interactive['footer']['text']", FOOTER)
    if isinstance(header := interactive.get("header"), dict):
        _check_header(header)
    if check is not None:
        check(required_object(interactive, "action", "interactive['action']"))


def _check_header(header: Json) -> None:
    if required(header, "type", "interactive['header']['type']") == "text":
        text(header, "text", "interactive['header']['text']", HEADER)


def _check_buttons(action: Json) -> None:
    buttons = required_list(action, "buttons", "interactive['action']['buttons']", BUTTONS)
    replies = [required_object(button, "reply", "buttons[]['reply']") for button in buttons]
    for reply in replies:
        text(reply, "title", "buttons[]['reply']['title']", BUTTON_TITLE)
        text(reply, "id", "buttons[]['reply']['id']", BUTTON_ID)
    _unique([reply["id"] for reply in replies], "button ids")
    _unique([reply["title"] for reply in replies], "button titles")


def _check_list(action: Json) -> None:
    text(action, "button", "interactive['action']['button']", BUTTON_TITLE)
    sections = required_list(action, "sections", "interactive['action']['sections']", SECTIONS)
    rows: list[Json] = []
    for section in sections:
        if len(sections) > 1:
            text(section, "title", "sections[]['title']", SECTION_TITLE)
        rows += required_list(section, "rows", "sections[]['rows']", ROWS)
    if len(rows) > ROWS:
        raise GraphError(131009, f"Total row count exceeds the maximum allowed count: {ROWS}")
    for row in rows:
        text(row, "id", "rows[]['id']", ROW_ID)
        text(row, "title", "rows[]['title']", ROW_TITLE)
        optional_text(row, "description", "rows[]['description']", ROW_DESCRIPTION)
    _unique([row["id"] for row in rows], "row ids")


def _unique(values: list[str], what: str) -> None:
    if len(set(values)) != len(values):
        raise GraphError(131009, f"Duplicated {what}.")


CHECKS: dict[str, Callable[[Json], None]] = {"button": _check_buttons, "list": _check_list}
