"""A good practice as forms and programs give it: the whole of it, without ids."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from app.models.line_document import SHARED, as_tuples

# How far it is known that it works, from the least to the most; what the last two rest on has to be named.
DESCRIBED, MONITORED, EVALUATED, REPLICATED = "described", "monitored", "evaluated", "replicated"
EVIDENCE = (DESCRIBED, MONITORED, EVALUATED, REPLICATED)


@dataclass(frozen=True, slots=True)
class PracticeDocument:
    """One good practice. `description`: what was done; `results`: what came of it; `lessons`: what others should know,
    what did not work among it; `conditions`: what it takes. `evidence`: one of EVIDENCE. `countries`: ISO alpha-2
    codes and DAC regions; `areas`: "florence-2008/N3"; `projects`: identifiers; `documents`: (title, address).
    """

    title: str
    description: str = ""
    results: str = ""
    lessons: str = ""
    conditions: str = ""
    evidence: str = DESCRIBED
    countries: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    documents: tuple[tuple[str, str], ...] = ()
    contact: str = ""
    visibility: str = SHARED

    @property
    def reference(self) -> str:
        """What tells it from others of its organisation."""
        return self.title

    def as_json(self) -> dict[str, Any]:
        """Plain values that `practice_of` reads back."""
        return asdict(self)


def practice_of(values: dict[str, Any]) -> PracticeDocument:
    """The practice of plain values, such as a row or JSON; names that it does not have are left out."""
    known = {field.name for field in fields(PracticeDocument)}
    return PracticeDocument(**{name: as_tuples(value) for name, value in values.items() if name in known})
