"""An owner's answers about its files: where each stands, and how its place is written.

Answers are a nested dictionary: `{"date_order": "dmy", "headings": {"Montant 1": "commitment"}}`. A path is
the way to one of them: ("headings", "Montant 1"); on the command line `headings/Montant 1`.
"""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

Path = tuple[str, ...]
# What can be answered (docs/commands.md lists it), and whether the answer is about one thing of several.
KINDS = {
    "reporter": True, "currency": False, "date_order": False, "decimal": False, "fiscal_year_start": False, "framework": False,
    "headings": True, "countries": True, "organisations": True, "flows": True, "header_rows": True, "sheets": True,
    "statuses": True, "currencies": True, "scales": True, "fields": True, "fiscal_year_named": False,
}  # fmt: skip
_NUMBERS = {"header_rows", "fiscal_year_start"}
_BETWEEN = re.compile("(?<!/)/(?!/)")
LONGEST = 400


def is_path(path: Path) -> bool:
    """Whether something can be answered there."""
    is_one_of_several = KINDS.get(path[0]) if path else None
    if is_one_of_several is None or any(not part or len(part) > LONGEST for part in path):
        return False
    return len(path) > 1 or not is_one_of_several


def write_path(path: Path) -> str:
    """A path as one text: its parts joined by `/`, a `/` within a part doubled."""
    return "/".join(part.replace("/", "//") for part in path)


def parse_path(text: str) -> Path:
    """The path that `write_path` wrote."""
    return tuple(part.replace("//", "/").strip() for part in _BETWEEN.split(text))


def set_answer(answers: Mapping[str, Any], path: Path, value: str | None) -> dict[str, Any]:
    """The answers with another one at `path`, or with none there."""
    changed = deepcopy(dict(answers))
    at = changed
    for part in path[:-1]:
        held = at.get(part)
        at[part] = at = held if isinstance(held, dict) else {}
    if value is None:
        at.pop(path[-1], None)
        return {name: held for name, held in changed.items() if held != {}}
    at[path[-1]] = int(value) if path[0] in _NUMBERS and value.isdecimal() else value
    return changed


def merge_answers(answers: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Both, one by one; where both say something, the second ones count."""
    merged = dict(answers)
    for name, value in more.items():
        held = merged.get(name)
        both = isinstance(held, dict) and isinstance(value, dict)
        merged[name] = merge_answers(held, value) if both and held is not None else value
    return merged


def flatten_answers(answers: Mapping[str, Any], above: Path = ()) -> Iterator[tuple[Path, str]]:
    """Each answer with its path, in order."""
    for name, value in sorted(answers.items()):
        if isinstance(value, dict):
            yield from flatten_answers(value, (*above, name))
        else:
            yield (*above, name), str(value)
