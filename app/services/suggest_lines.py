"""Suggest areas for texts that are in no database."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from app.errors import InvalidInput
from app.rules.suggest import Suggestion, suggester


def suggest_lines(lines: Iterable[str], framework: str) -> Iterator[dict[str, Any]]:
    """For each JSON line {"id", "text", "sectors"?, "countries"?} the contract's answer, in the same order.

    Raises InvalidInput naming the line that is no such document; NotFound for a framework without words.
    """
    suggest = suggester(framework)
    for number, line in enumerate(lines, 1):
        if line.strip():
            asked = _parse(line, number)
            found = suggest.suggest(asked["text"], asked.get("sectors") or [], asked.get("countries") or [])
            yield {"id": asked["id"], **_answer(found)}


def _parse(line: str, number: int) -> dict[str, Any]:
    try:
        asked = json.loads(line)
    except json.JSONDecodeError as error:
        raise InvalidInput(f"Line {number} is not JSON: {error.msg}.") from error
    if not isinstance(asked, dict) or "id" not in asked or not isinstance(asked.get("text"), str):
        raise InvalidInput(f"Line {number} needs an “id” and a “text”.")
    return asked


def _answer(found: Suggestion) -> dict[str, Any]:
    return {
        "relevance": found.relevance,
        "areas": [asdict(area) for area in found.areas],
        "forms": [asdict(form) for form in found.forms],
    }
