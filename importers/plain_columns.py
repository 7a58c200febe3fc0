"""Columns of a table of one row a project, each compiled into a reader from its cells to the XML that they make.

What a reader knows it learned from the slow way (build_activity): a text's element is that of a sample with another
text in it, any other cell's is kept the first time that it is met. What that way would say something about is not read here.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

from lxml import etree

from app.models.read_record import read_record
from app.models.record import NOBODY, TESSERA_NS, ActivityRecord, Party, Reported
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
Rows = Sequence[Sequence[Cell]]
_SAMPLE = "Q8sample8Q"  # stands for a text while the element around it is learned
_KEPT_AT_MOST = 50_000  # fragments of some columns
_ROLES = ("donor", "accountable", "extending", "implementer")
_MARKS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_WHITE = str.maketrans({"\n": " ", "\t": " ", "\xa0": " "})
HEAD = etree.tostring(etree.Element("iati-activity", nsmap={"tessera": TESSERA_NS})).decode()[:-2]
_TAIL = "</iati-activity>"


class Fragment(NamedTuple):
    """What some cells make: XML, and what it tells of the project in short. No XML: the slow way decides, and says why."""

    xml: str | None = ""
    texts: tuple[str, ...] = ()
    title: str = ""
    status: str = ""
    reporter: Party = NOBODY
    countries: frozenset[str] = frozenset()
    currency: str = ""


class Texts(NamedTuple):
    """What columns of texts make of some rows: XML (None: the slow way decides), the texts, and the first of each."""

    xml: Sequence[str | None] = ()
    texts: Sequence[str] = ()
    titles: Sequence[str] = ()


NOTHING, ODD = Fragment(), Fragment(None)


class Known(dict[Any, Any]):
    """What `make` made of each key; many rows say the same."""

    def __init__(self, make: Callable[[Any], Any], at_most: int = _KEPT_AT_MOST) -> None:
        self._make, self._at_most = make, at_most

    def __missing__(self, key: Any) -> Any:
        if len(self) >= self._at_most:
            self.clear()
        made = self[key] = self._make(key)
        return made

    def each(self, keys: Iterable[Any]) -> list[Any]:
        return list(map(self.__getitem__, keys))


class Column:
    """Columns that are read together; `is_kept`: what their cells make is kept, since many rows say the same."""

    def __init__(self, headings: list[Heading], make: Callable[[Any], Fragment], *, is_kept: bool = True) -> None:
        columns = [heading.column for heading in headings]
        self.take: Callable[[Sequence[Cell]], Any] = itemgetter(*columns) if columns else _take_nothing
        self.make = Known(make).__getitem__ if is_kept else make

    def read(self, rows: Rows) -> list[Fragment]:
        """What each row makes."""
        return list(map(self.make, map(self.take, rows)))

    def read_texts(self, rows: Rows) -> Texts:
        """What each row makes, where all are texts."""
        found = self.read(rows)
        return Texts(xml_of(found), ["\n".join(one.texts) for one in found], [one.title for one in found])


def xml_of(found: Iterable[Any]) -> list[str | None]:
    """The XML of what each row makes."""
    return [one.xml for one in found]


def _take_nothing(_: Sequence[Cell]) -> None:
    return None


def compile_columns(table: Table, headings: list[Heading], builder: Builder) -> Column:
    """The reader of columns that make what the slow way makes of a row with these cells only."""
    if len(headings) == 1:
        return Column(headings, lambda cell: make_fragment(table, headings, (cell,), builder))
    return Column(headings, lambda cells: make_fragment(table, headings, cells or (), builder))


def make_fragment(table: Table, headings: list[Heading], cells: Sequence[Cell], builder: Builder) -> Fragment:
    project = Project("-", NO_REPORTER)
    alone: list[Cell] = [""] * (1 + max((heading.column for heading in headings), default=0))
    for heading, cell in zip(headings, cells, strict=True):
        alone[heading.column] = cell
    project.rows.append(Row(table, 0, alone, project.issues, "-"))
    activity = etree.Element("iati-activity", nsmap={"tessera": TESSERA_NS})
    etree.SubElement(activity, "iati-identifier").text = "-"
    with set_apart(table) as asked:
        try:
            builder(project, activity)
        except ValueError:  # signs that XML has not
            return ODD
    is_plain = not (project.issues or asked.build())
    record = read_record(Reported(activity, b"", places=[]))
    if not is_plain or record.issues or project.kept:
        return ODD
    activity.remove(activity[0])
    return _tell(_write_inside(activity), record)


def _write_inside(activity: etree._Element) -> str:
    text = etree.tostring(activity, encoding="utf-8").decode()
    return text[text.index(">") + 1 : -len(_TAIL)] if len(activity) else ""


def _tell(xml: str, record: ActivityRecord) -> Fragment:
    return Fragment(
        xml,
        tuple(record.texts()),
        record.own_title,
        record.status,
        record.reporter,
        record.list_countries(),
        record.currency,
    )


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
        (("dates",), None),
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


class TextColumn:
    """A column of texts, each in the element that the slow way makes of a sample."""

    def __init__(self, column: int, before: str, after: str, *, is_tagged: bool) -> None:
        self.column, self.before, self.after = column, before, after
        self.is_tagged = is_tagged  # `[fr]` begins another language

    def read_texts(self, rows: Rows) -> Texts:
        """What each row makes."""
        before, after = self.before, self.after
        texts = say_all([row[self.column] for row in rows])
        if self.is_tagged:
            texts = [None if text and "[" in text else text for text in texts]
        said = [text or "" for text in texts]
        together = "".join(said)
        if escape(together) is not together:
            texts = [text and escape(text) for text in texts]
        return Texts([text and f"{before}{text}{after}" for text in texts], said, said)


def compile_texts(table: Table, headings: list[Heading], builder: Builder) -> Column | TextColumn:
    """The reader of columns of texts: as of any others if they are several, or what stands around them can't be told."""
    found = (make_fragment(table, headings, (_SAMPLE,), builder).xml or "") if len(headings) == 1 else ""
    if found.count(_SAMPLE) != 1:
        return compile_columns(table, headings, builder)
    return TextColumn(headings[0].column, *found.split(_SAMPLE), is_tagged=headings[0].meaning.field in TEXTS[2:])


def compile_kept(table: Table, heading: Heading) -> Column:
    """The reader of a column that is kept as it is."""
    before, after = kept_around(heading)

    def make(cell: Cell) -> Fragment:
        text = say(cell)
        return Fragment(text and f"{before}{escape(text)}{after}")

    return Column([heading], make, is_kept=not table.has_type(heading, bool))  # True and 1 would be one key


def kept_around(heading: Heading) -> list[str]:
    """What stands before and after the text of a column that is kept."""
    activity = etree.Element("iati-activity", nsmap={"tessera": TESSERA_NS})
    add_column(activity, heading.name, _SAMPLE)
    return _write_inside(activity).split(_SAMPLE)


def say_all(cells: list[Cell]) -> list[str | None]:
    """What each of some cells says, as `say` has it: in few steps where nearly all are plain texts."""
    if set(map(type, cells)) != {str} or not "".join(cells).isprintable():  # type: ignore[arg-type]
        return list(map(say, cells))
    texts: list[str] = list(map(str.strip, cells))  # type: ignore[arg-type]
    return [
        text if not cell or (len(text) > 4 and text[0] != "'") else say(cell)
        for cell, text in zip(cells, texts, strict=True)
    ]


def say(cell: Cell) -> str | None:
    """What a cell says, as text; '' where it is blank, None where the slow way has to look at it."""
    if cell == "":
        return ""
    if type(cell) is not str:
        return cell_text(cell)
    text = cell.strip()
    if len(text) > 4 and text.isprintable() and text[0] != "'":
        return text
    text = said_text(cell)
    return text if text.isprintable() or text.translate(_WHITE).isprintable() else None


def escape(text: str) -> str:
    """A text as it stands in XML."""
    return text.translate(_MARKS) if "&" in text or "<" in text or ">" in text else text
