"""Forms whose fields depend on a file: their names carry what they are about, as JSON."""

import json
from collections.abc import Sequence
from typing import Annotated, cast

from fastapi import Depends, Request

from app.errors import InvalidInput

MOST_FIELDS = 20_000


async def _read_fields(request: Request) -> list[tuple[str, str]]:
    form = await request.form(max_files=0, max_fields=MOST_FIELDS)
    fields = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    if any("\x00" in text for field in fields for text in field):
        raise InvalidInput("This form holds a character that no text has (NUL).")
    return fields


# What a form sent, in its order.
Fields = Annotated[list[tuple[str, str]], Depends(_read_fields)]


def name_of(parts: Sequence[str]) -> str:
    """The name of a field about `parts`. Browsers change line ends in names, never in JSON."""
    return json.dumps(list(parts))


def parts_of(name: str) -> tuple[str, ...]:
    """What a field of this name is about. Raises InvalidInput."""
    try:
        parts = json.loads(name)
    except ValueError:
        parts = None
    if not isinstance(parts, list) or not parts or not all(isinstance(part, str) and _is_text(part) for part in parts):
        raise InvalidInput("This form is not of this page: reload the page and try again.")
    return tuple(cast("list[str]", parts))


def _is_text(part: str) -> bool:
    """Escapes can spell what no database takes: NUL, and halves of characters."""
    return "\x00" not in part and not any("\ud800" <= letter <= "\udfff" for letter in part)
