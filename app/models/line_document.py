"""A funding line as forms, files and programs give it: the whole of it, without ids."""

from dataclasses import asdict, dataclass, fields
from typing import Any

ANY = "*"
LINE_TYPES = ("call", "envelope", "pooled-fund", "co-funding")
PRIVATE, SHARED, PUBLIC = "private", "shared", "public"


@dataclass(frozen=True, slots=True)
class LineDocument:
    """One funding line. An empty list or None is what was not said, "*" in a list is any: the two are never the same.

    Amounts in hundredths of `currency`; `own_share` (own contribution) in millionths of a project's cost. `forecast`,
    `opens`, `closes`: "2026-03-31" (that whole day in `time_zone`) or "2026-03-31T17:00". `countries`, `excluded` and
    `nationalities`: ISO alpha-2 codes and DAC regions; `areas`: "florence-2008/N3"; `applicant_types`: IATI
    organisation types; `documents`: (title, address).
    """

    reference: str
    title: str
    description: str = ""
    type: str = "call"
    countries: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    applicant_types: tuple[str, ...] = ()
    nationalities: tuple[str, ...] = ()
    currency: str = ""
    total: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    own_share: int | None = None
    forecast: str = ""
    opens: str = ""
    closes: str = ""
    time_zone: str = "UTC"
    rolling: bool = False
    months_min: int | None = None
    months_max: int | None = None
    languages: tuple[str, ...] = ()
    link: str = ""
    contact: str = ""
    documents: tuple[tuple[str, str], ...] = ()
    visibility: str = SHARED

    def as_json(self) -> dict[str, Any]:
        """Plain values that `line_of` reads back."""
        return asdict(self)


def line_of(values: dict[str, Any]) -> LineDocument:
    """The line of plain values, such as a row or JSON; names that a line does not have are left out."""
    known = {field.name for field in fields(LineDocument)}
    return LineDocument(**{name: as_tuples(value) for name, value in values.items() if name in known})


def as_tuples(value: Any) -> Any:
    """Lists, however deep, as tuples."""
    return tuple(map(as_tuples, value)) if isinstance(value, list | tuple) else value
