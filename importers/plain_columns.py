"""Columns of a table of one row a project, each compiled into a reader from its cells to the XML that they make.

What a reader knows it learned from the slow way (build_activity): a text's element is that of a sample with another
text in it, any other cell's is kept the first time that it is met. What that way would say something about is not read here.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter
from typing import Any

from lxml import etree

from app.models.read_record import read_record
from app.models.record import TESSERA_NS, ActivityRecord, Reported
from importers.build_activity import (
    add_contact,
    add_organisations,
    add_related,
    add_reporter,
    add_status,
    add_texts,
)
from importers.build_parties import add_column
from importers.build_places import add_countries, add_locations
from importers.build_sectors import add_markers, add_sectors
from importers.clean import Cell
from importers.headings import Heading
from importers.join_rows import NO_REPORTER
from importers.project_rows import Project
from importers.questions import Questions
from importers.tables import Row, Table, cell_text, said_text

Builder = Callable[[Project, etree._Element], None]
_SAMPLE = "Q8sample8Q"  # stands for a text while the element around it is learned
_KEPT_AT_MOST = 50_000  # fragments of a group of columns
_ROLES = ("donor", "accountable", "extending", "implementer")
_MARKS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_WHITE = str.maketrans({"\n": " ", "\t": " ", "\xa0": " "})
HEAD = etree.tostring(etree.Element("iati-activity", nsmap={"tessera": TESSERA_NS})).decode()[:-2]


class NotPlain(Exception):
    """This row is for the slow way, which decides and says why."""


@dataclass(slots=True)
class Fragment:
    """What some cells make: XML, its reading, and whether that tells something that a Brief has."""

    xml: str
    record: ActivityRecord
    tells: bool = field(init=False)

    def __post_init__(self) -> None:
        record = self.record
        self.tells = bool(
            record.titles or record.descriptions or record.status or any(record.reporter) or record.countries
        )


@dataclass(slots=True)
class Group:
    """Columns that are read together, and what their cells made so far."""

    table: Table
    headings: list[Heading]
    builder: Builder
    known: dict[Any, Fragment | None] = field(default_factory=dict)
    take: Callable[[Sequence[Cell]], Any] = field(init=False)

    def __post_init__(self) -> None:
        columns = [heading.column for heading in self.headings]
        self.take = itemgetter(*columns) if columns else _take_nothing

    def read(self, cells: Sequence[Cell]) -> Fragment:
        """The fragment of a row's cells; raises NotPlain."""
        found = self.known.get(key := self.take(cells))
        if found is not None:
            return found
        if key not in self.known:
            if len(self.known) > _KEPT_AT_MOST:
                self.known.clear()
            found = self.known[key] = build_fragment(self.table, self.headings, cells, self.builder)
        if found is None:
            raise NotPlain
        return found


def _take_nothing(_: Sequence[Cell]) -> None:
    return None


def build_fragment(table: Table, headings: list[Heading], cells: Sequence[Cell], builder: Builder) -> Fragment | None:
    """What the slow way makes of a row that has these cells only; None where it would say or ask something."""
    project = Project("-", NO_REPORTER)
    alone: list[Cell] = [""] * len(cells)
    for heading in headings:
        alone[heading.column] = cells[heading.column]
    project.rows.append(Row(table, 0, alone, project.issues, "-"))
    activity = etree.Element("iati-activity", nsmap={"tessera": TESSERA_NS})
    etree.SubElement(activity, "iati-identifier").text = "-"
    with set_apart(table) as asked:
        builder(project, activity)
    is_plain = not (project.issues or asked.build())
    record = read_record(Reported(activity, b"", places=[]))
    if not is_plain or record.issues or project.kept:
        return None
    activity.remove(activity[0])
    text = etree.tostring(activity, encoding="utf-8").decode()
    return Fragment(text[len(HEAD) + 1 : -len("</iati-activity>")] if len(activity) else "", record)


@contextmanager
def set_apart(table: Table) -> Iterator[Questions]:
    """What is asked meanwhile, apart from the questions of the file."""
    together = table.together
    questions, together.questions = together.questions, Questions()
    try:
        yield together.questions
    finally:
        together.questions = questions


# --- groups --------------------------------------------------------------------------------


def list_groups(reporter: dict[str, str] | None) -> list[tuple[tuple[str, ...], Builder | None]]:
    """The builders in the order of the schema, each with the fields that it reads; None: dates."""
    organisations: list[tuple[tuple[str, ...], Builder | None]] = [
        ((role, f"{role}-ref", f"{role}-type"), add_organisations) for role in _ROLES
    ]
    return [
        (("reporter-ref", "reporter", "reporter-type", "secondary-reporter"), partial(_report, reporter)),
        (("title", "titles-other"), add_texts),
        (("description", "descriptions-other"), add_texts),
        (("objectives",), add_texts),
        (("target-groups",), add_texts),
        (("notes",), add_texts),
        *organisations,
        (("status",), add_status),
        ((), None),
        (("contact-organisation", "contact-name", "contact-telephone", "contact-email", "website"), add_contact),
        (("country", "country-code", "country-percentage", "region", "region-code", "region-percentage"), add_countries),
        (("location", "location-code"), add_locations),
        (("sector", "sector-name", "sector-vocabulary", "sector-percentage"), add_sectors),
        *(((f"marker:{code}",), add_markers) for code in range(1, 13)),
    ]  # fmt: skip


def _report(reporter: dict[str, str] | None, project: Project, activity: etree._Element) -> None:
    add_reporter(project, activity, reporter)


RELATED: tuple[tuple[str, ...], Builder] = (("related", "related-type"), add_related)
TEXTS = ("title", "description", "objectives", "target-groups", "notes")


# --- texts ---------------------------------------------------------------------------------


@dataclass(slots=True)
class Text:
    """A column of texts: what stands before and after each in the XML; `is_tagged`: `[fr]` begins another language."""

    column: int
    before: str
    after: str
    field: str = ""
    is_tagged: bool = False

    def read(self, cells: Sequence[Cell]) -> str:
        """The text of a row's cell; '' where it says nothing; raises NotPlain."""
        text = say(cells[self.column])
        if self.is_tagged and "[" in text:
            raise NotPlain
        return text


def compile_text(table: Table, heading: Heading, builder: Builder) -> Text | None:
    """The reader of a column of texts; None if what stands around them can't be told."""
    sample: list[Cell] = [""] * (heading.column + 1)
    sample[heading.column] = _SAMPLE
    found = build_fragment(table, [heading], sample, builder)
    if found is None or found.xml.count(_SAMPLE) != 1:
        return None
    name = heading.meaning.field
    before, after = found.xml.split(_SAMPLE)
    return Text(heading.column, before, after, name, name in TEXTS[2:])


def compile_kept(heading: Heading) -> Text:
    """The reader of a column that is kept as it is."""
    activity = etree.Element("iati-activity", nsmap={"tessera": TESSERA_NS})
    add_column(activity, heading.name, _SAMPLE)
    before, after = etree.tostring(activity, encoding="utf-8").decode()[len(HEAD) + 1 :].split(_SAMPLE)
    return Text(heading.column, before, after.removesuffix("</iati-activity>"))


def say(cell: Cell) -> str:
    """What a cell says, as text; '' where it is blank."""
    if cell == "":
        return ""
    if type(cell) is not str:
        return cell_text(cell)
    text = cell.strip()
    if len(text) > 4 and text.isprintable() and text[0] != "'":
        return text
    text = said_text(cell)
    if not (text.isprintable() or text.translate(_WHITE).isprintable()):
        raise NotPlain
    return text


def escape(text: str) -> str:
    """A text as it stands in XML."""
    return text.translate(_MARKS) if "&" in text or "<" in text or ">" in text else text


# --- amounts -------------------------------------------------------------------------------


def write_amount(row: Row, heading: Heading) -> str:
    """The digits of an amount; '' where its cell is blank; raises NotPlain where that is not all."""
    cell, kind = row.cells[heading.column], type(row.cells[heading.column])
    if cell == "":
        return ""
    if heading.meaning.scale == 1 and (kind is float or kind is int):
        text = str(int(cell)) if cell == int(cell) else repr(cell)  # type: ignore[arg-type]
        if "e" not in text:
            return text
    return _write_odd_amount(row, heading)


def _write_odd_amount(row: Row, heading: Heading) -> str:
    alone = Row(row.table, row.number, row.cells)
    with set_apart(row.table) as asked:
        amount = alone.amount(heading)
    if alone.issues or asked.build() or (amount is not None and amount.currency != heading.meaning.currency):
        raise NotPlain
    return "" if amount is None else f"{amount.value:f}"
