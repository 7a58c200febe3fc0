"""Known layouts: files that many people get from the same place, each told as data in `layouts/KEY.yaml`.

A layout says by which headings it is known, what its columns mean, how columns are put together to
what no column holds (a project id), and what of its money must not be counted. A sheet in it is read
by the generic importer like any other: only nothing has to be guessed or asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from importers.clean import DateOrder, Mark
from importers.headings import Kind, Meaning
from importers.layout_cells import Recipe, heading_key, parse_recipe

FOLDER = Path(__file__).parent / "layouts"
ROWS: dict[str, Kind] = {
    "project": "activity",
    "grant": "activity",
    "presence": "activity",
    "transaction": "transaction",
    "budget": "budget",
    "planned-disbursement": "planned-disbursement",
    "location": "location",
}
UNCOUNTED = "uncounted"
UNUSED = "in-made"  # the field of columns that stand, whole, in what is made of them


@dataclass(frozen=True, slots=True)
class Column:
    """What one heading means. `is_kept`: it is kept as it is, and nothing need be said about that.

    `zero_is_blank`: this column writes 0 where there is nothing. `finds_scale`: the file does not say
    whether it counts in units or millions; the amounts themselves do.
    """

    meaning: Meaning
    is_kept: bool = False
    is_uncounted: bool = False
    zero_is_blank: bool = False
    finds_scale: bool = False
    date_order: DateOrder | None = None
    decimal: Mark | None = None


@dataclass(frozen=True, slots=True)
class CountryQuestion:
    """Where no column names a country: the question, and the column (cut to `letters`) whose values it is about."""

    text: str
    about: str
    letters: int = 0


@dataclass(frozen=True, slots=True)
class Layout:
    """One known layout. Headings are given as `heading_key` makes them.

    `recognised`: sets of headings, of which one must stand in a row. `made`: field -> how its cells are put
    together. `counted_where`: heading -> values of the rows whose money counts. `once`: the heading whose
    value a row has alone; a row that repeats it is the same again. `values`:
    heading -> what its entries are called elsewhere. `prefer`: heading -> values, the first of
    which counts where the rows of a project differ (elsewhere their last row does). `others`: what the
    columns mean that it does not name: what their `words` say, nothing (they are `unknown`), or nothing that need be said
    (they are `kept`). `repeats_projects`: each row of a project says all of it again.
    """

    key: str
    title: str
    kind: Kind
    recognised: tuple[frozenset[str], ...]
    sheets: frozenset[str] = frozenset()
    columns: dict[str, Column] = field(default_factory=dict)
    made: dict[str, tuple[Recipe, ...]] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    filled_down: tuple[str, ...] = ()
    counted_where: dict[str, frozenset[str]] = field(default_factory=dict)
    once: str = ""
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    prefer: dict[str, tuple[str, ...]] = field(default_factory=dict)
    country_question: CountryQuestion | None = None
    others: str = "words"
    repeats_projects: bool = False

    def is_headed_by(self, keys: set[str]) -> bool:
        return any(headings <= keys for headings in self.recognised)


@cache
def list_layouts() -> list[Layout]:
    """Every layout of the folder; those that are known by more headings come first."""
    found = [layout for path in sorted(FOLDER.glob("*.yaml")) for layout in _read_file(path)]
    return sorted(found, key=lambda layout: -min(map(len, layout.recognised)))


def _read_file(path: Path) -> Iterator[Layout]:
    """The layouts of one file: the one it tells, or one a sheet where it tells of several `sheets`."""
    told = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    for part in told.pop("parts", [{}]):
        yield read_layout({**told, **part})


def read_layout(told: dict[str, Any]) -> Layout:
    """A layout as its file tells it; raises ValueError for a word that means nothing here."""
    known = {"key", "title", "about", "recognised", "sheets", "row", "answers", "columns", "made", "others", "filled_down",
             "counted_where", "once", "values", "prefer", "country_question"}  # fmt: skip
    if unknown := set(told) - known:
        raise ValueError(f"The layout {told.get('key')!r} says {sorted(unknown)}, which means nothing here.")
    question = told.get("country_question")
    return Layout(
        key=told["key"],
        title=told["title"],
        kind=ROWS[told["row"]],
        recognised=tuple(frozenset(map(heading_key, headings)) for headings in told["recognised"]),
        sheets=frozenset(map(heading_key, told.get("sheets", ()))),
        columns={heading_key(heading): _read_column(said) for heading, said in told["columns"].items()},
        made={name: _read_recipes(said) for name, said in told.get("made", {}).items()},
        answers=told.get("answers", {}),
        filled_down=tuple(map(heading_key, told.get("filled_down", ()))),
        counted_where={
            heading_key(heading): frozenset(map(str, values))
            for heading, values in told.get("counted_where", {}).items()
        },
        once=heading_key(told.get("once", "")),
        values={heading_key(heading): pairs for heading, pairs in told.get("values", {}).items()},
        prefer={heading_key(heading): tuple(values) for heading, values in told.get("prefer", {}).items()},
        country_question=CountryQuestion(**question | {"about": heading_key(question["about"])}) if question else None,
        others=told.get("others", "words"),
        repeats_projects=told["row"] in ("presence", "transaction"),
    )


def _read_column(said: str | dict[str, Any] | None) -> Column:
    """A field, `kept`, `uncounted`, `used` (it stands in what is made of it), or a mapping that says more."""
    told: dict[str, Any] = dict(said) if isinstance(said, dict) else {"field": said or ""}
    name = told.pop("field", "")
    zero, scale = told.pop("zero", ""), told.pop("scale", 1)
    order, decimal = told.pop("date_order", None), told.pop("decimal", None)
    is_kept = name in ("kept", UNCOUNTED)
    field_name = "" if is_kept else UNUSED if name == "used" else name
    meaning = Meaning(field_name, scale=1 if scale == "found" else scale, **told)
    return Column(meaning, is_kept, name == UNCOUNTED, zero == "blank", scale == "found", order, decimal)


def _read_recipes(said: str | dict[str, Any] | list[str]) -> tuple[Recipe, ...]:
    return tuple(parse_recipe(one) for one in (said if isinstance(said, list) else [said]))
