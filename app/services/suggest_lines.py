"""Suggest areas for texts that are in no database."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from app.errors import InvalidInput
from app.rules.suggest import suggester
from app.services.suggest_text import suggest_text


def suggest_lines(lines: Iterable[str], framework: str) -> Iterator[dict[str, Any]]:
    """For each JSON line {"id", "text", "sectors"?, "countries"?} the contract's answer, in the same order.

    Raises InvalidInput naming the line that is no such document; NotFound for a framework without words.
    """
    suggester(framework)  # refused even where there is no line
    for number, line in enumerate(lines, 1):
        if line.strip():
            asked = _parse(line, number)
            yield {"id": asked["id"], **suggest_text(asked["text"], framework, asked["sectors"], asked["countries"])}


def _parse(line: str, number: int) -> dict[str, Any]:
    try:
        asked = json.loads(line)
    except json.JSONDecodeError as error:
        raise InvalidInput(f"Line {number} is not JSON: {error.msg}.") from error
    if not isinstance(asked, dict) or "id" not in asked or not isinstance(asked.get("text"), str):
        raise InvalidInput(f"Line {number} needs an “id” and a “text”.")
    return {**asked, "sectors": _codes(asked, "sectors", number), "countries": _codes(asked, "countries", number)}


def _codes(asked: dict[str, Any], name: str, number: int) -> list[str]:
    """A list of codes; numbers are codes too, as spreadsheets write them."""
    codes = asked.get(name) or []
    if not isinstance(codes, list) or not all(isinstance(code, str | int) for code in codes):
        raise InvalidInput(f"Line {number}: “{name}” must be a list of codes.")
    return [str(code) for code in codes]
