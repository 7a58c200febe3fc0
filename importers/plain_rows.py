"""The fast way through a table in which one row is one project: row by row the same XML as build_activity makes.

Each column is compiled once (plain_columns.py). A row in which anything is out of the ordinary goes the slow way, which
decides and speaks; so does the first row with an amount in each column, since something is said of those once a column.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from app.models.brief import Brief, MoneyKey
from app.models.parse_lines import LONGEST_REF
from app.models.record import Reported
from app.rules.text_care import needs_no_care
from importers.build_activity import build_activity
from importers.clean import Cell
from importers.headings import AMOUNT_FIELDS, PERIOD_AMOUNT, Heading
from importers.join_rows import NO_REPORTER, plain_id
from importers.list_rows import list_rows
from importers.money import TOTALS
from importers.plain_columns import (
    HEAD,
    NOTHING,
    ODD,
    RELATED,
    TEXTS,
    Builder,
    Column,
    Fragment,
    Known,
    TextColumn,
    compile_columns,
    compile_kept,
    compile_texts,
    escape,
    list_groups,
    xml_of,
)
from importers.plain_dates import DATES, Days, PlainDates
from importers.plain_money import PlainMoney
from importers.project_rows import Project
from importers.tables import Row, Table
from importers.words import shared_signs

_OWN = {"identifier", "currency", "", PERIOD_AMOUNT, *TOTALS, *DATES}
FROM_ROWS = 300  # fewer are read as fast in the slow way
_BATCH = 64  # more together than fit into a core's own memory take longer
_APART = "\n|\n"  # between the texts of two projects: no rule of care looks across it; plain ASCII, as most texts are


def find_plain_rows(tables: list[Table]) -> list[tuple[int, str]] | None:
    """The rows of the one table that is read, each with the id that it alone has; None where the fast way is not open."""
    if len(tables) != 1 or len(tables[0].rows) < FROM_ROWS or not _is_plain(tables[0]):
        return None
    table, before = tables[0], len(tables[0].issues)
    found, odd = _split_rows(table)
    rows = [(row.number - table.first_row, row.text("identifier")) for row in list_rows(table, odd)] if odd else []
    found = sorted(found + rows)
    if _are_apart([name for _, name in found]):
        return found
    del table.issues[before:]  # the slow way says it again
    return None


def _are_apart(names: list[str]) -> bool:
    """Whether ids are not blank, and differ in more than case and spaces."""
    plain = "\n".join(names).casefold().split()  # all in one step, where no id holds a space
    if len(plain) != len(names):
        plain = list(map(plain_id, names))
    return "" not in names and len(set(plain)) == len(names)


def _is_plain(table: Table) -> bool:
    known = _OWN | {name for fields, _ in (*list_groups(None), RELATED) for name in fields}
    names = [heading.name for heading in table.headings]
    return (
        table.kind == "activity" and not table.layout and not table.merged_ids and len(set(names)) == len(names)
        and known.issuperset(table.by_field) and table.has("title")
        and len(table.by_field.get("identifier", ())) == 1 and len(table.by_field.get("currency", ())) < 2
        and all(len(table.by_field.get(name, ())) < 2 for name in (*DATES, *TOTALS)) and not any(map(_is_open, table.headings))
        and not any(table.has_type(heading, bool) for heading in table.headings if heading.meaning.field)
    )  # fmt: skip


def _is_open(heading: Heading) -> bool:
    """Whether the amounts of a column are more than a flow, a period and a currency settle."""
    meaning = heading.meaning
    is_period = meaning.field == PERIOD_AMOUNT
    return meaning.field in AMOUNT_FIELDS and (
        meaning.is_fiscal or meaning.currency in shared_signs() or (is_period and not (meaning.flow and meaning.period))
    )


def _split_rows(table: Table) -> tuple[list[tuple[int, str]], list[int]]:
    """The rows that have an id and more beyond doubt, and those that list_rows is to judge."""
    heading = table.by_field["identifier"][0]
    column = heading.column
    found: list[tuple[int, str]] = []
    odd: list[int] = []
    for index, cells in enumerate(table.rows):
        name = cells[column] if column < len(cells) else ""
        if isinstance(name, str) and _is_id(name) and name != heading.text and len(cells) - cells.count("") > 2:
            found.append((index, name))
        else:
            odd.append(index)
    return found, odd


def _is_id(text: str) -> bool:
    """Whether a text is an id as it stands: not blank, no word such as Total, nothing in it to be taken off."""
    return len(text) > 4 and text.isprintable() and text[0] not in "' " and text[-1] != " " and not text.isalpha()


class PlainRow(NamedTuple):
    """What a row made: the project's XML, and the values of its Brief. Most rows of large sheets are never more here."""

    xml: bytes
    brief: tuple[Any, ...]

    def report(self) -> Reported:
        brief = Brief(*self.brief)
        return Reported(xml=self.xml, places=brief.list_places(), partial=True, brief=brief)


def as_reported(one: Reported | PlainRow) -> Reported:
    return one.report() if isinstance(one, PlainRow) else one


class PlainTable:
    """The compiled readers of a table."""

    def __init__(self, table: Table, reporter: dict[str, str] | None, currency: str) -> None:
        self.table, self.reporter, self.currency = table, reporter, currency
        self.money = PlainMoney(table, currency)
        self.dates = PlainDates(table)
        self.order: list[str] = []  # groups of columns by their first field, as the schema has them
        self.columns: dict[str, Column] = {}
        self.texts: dict[str, Column | TextColumn] = {}
        for fields, builder in list_groups(reporter):
            self._add_group(fields, builder)
        related = [heading for name in RELATED[0] for heading in table.by_field.get(name, ())]
        self.related = [compile_columns(table, related, RELATED[1])] if related else []
        self.kept = [compile_kept(table, heading) for heading in table.by_field.get("", ())]
        self.currencies = compile_columns(table, list(table.by_field.get("currency", ())), _name_currency)
        self.width = 1 + max(heading.column for heading in table.headings)
        self.heads = Known(lambda code: f'{HEAD} default-currency="{code}">' if code else f"{HEAD}>")

    def _add_group(self, fields: tuple[str, ...], builder: Builder | None) -> None:
        name = fields[0]
        headings = sorted((h for one in fields for h in self.table.by_field.get(one, ())), key=lambda h: h.column)
        if builder is None:  # the dates
            self.order.append(name)
        elif headings or name == "reporter-ref":
            self.order.append(name)
            if name in TEXTS:
                self.texts[name] = compile_texts(self.table, headings, builder)
            else:
                self.columns[name] = compile_columns(self.table, headings, builder)

    def read(self, rows: list[tuple[int, str]]) -> Iterator[Reported | PlainRow]:
        """All rows, some at a time: the fast way where it can, else the slow one.

        The first are read by ones and twos, since the slow way has to meet each column before the fast one can.
        """
        at, count = 0, 1
        while some := rows[at : at + count]:
            for (index, identifier), made in zip(some, self._read_fast(some), strict=True):
                yield made or self._read_slowly(index, identifier)
            at, count = at + count, min(2 * count, _BATCH)

    def _read_slowly(self, index: int, identifier: str) -> Reported:
        project = Project(identifier, NO_REPORTER)
        row = Row(self.table, self.table.first_row + index, self.table.rows[index], project.issues, identifier)
        project.rows.append(row)
        return build_activity(project, self.reporter, self.currency)

    def _read_fast(self, rows: list[tuple[int, str]]) -> list[PlainRow | None]:
        """What some rows make, column by column; None for a row that goes the slow way."""
        cells = [self._cells_of(index) for index, _ in rows]
        blank = [NOTHING] * len(rows)
        own = self.currencies.read(cells)
        texts = {name: column.read_texts(cells) for name, column in self.texts.items()}
        read = {name: column.read(cells) for name, column in self.columns.items()}
        days = self.dates.read(cells, [one.status for one in read.get("status", blank)])
        money = self.money.read(cells, [one.currency for one in own], days)
        made = {name: one.xml for name, one in texts.items()} | {name: xml_of(one) for name, one in read.items()}
        made["dates"] = xml_of(days)
        xml = [
            [None if one is ODD else self.heads[one.currency] for one in own],
            [f"<iati-identifier>{escape(identifier)}</iati-identifier>" for _, identifier in rows],
            *(made[name] for name in self.order),
            *money.xml,
            *(xml_of(column.read(cells)) for column in self.related),
            *money.kept,
            *(xml_of(column.read(cells)) for column in self.kept),
        ]
        found = zip(
            rows,
            zip(*xml, strict=True),
            _find_in_need([one.texts for one in texts.values()]),
            texts["title"].titles,
            read["reporter-ref"],
            read.get("country", blank),
            days,
            money.keys,
            money.digits,
            strict=True,
        )
        return [self._make(*one) for one in found]

    def _cells_of(self, index: int) -> list[Cell]:
        cells = self.table.rows[index]
        return cells if len(cells) >= self.width else [*cells, *[""] * (self.width - len(cells))]

    def _make(
        self, row: tuple[int, str], xml: tuple[str | None, ...], needs_care: bool, title: str,
        reporter: Fragment, country: Fragment, days: Days, keys: tuple[MoneyKey | None, ...], digits: tuple[str, ...],
    ) -> PlainRow | None:  # fmt: skip
        index, identifier = row
        try:
            text = f"{''.join(xml)}</iati-activity>"  # type: ignore[arg-type]
        except TypeError:  # a None among it
            return None
        if needs_care or len(identifier) > LONGEST_REF:
            return None
        return PlainRow(text.encode(), (
            identifier, title, reporter.reporter, f"{self.table.name}!{self.table.first_row + index}",
            country.countries, tuple(days.days.values()), keys, ",".join(digits), len(digits) - digits.count(""),
        ))  # fmt: skip


def _find_in_need(columns: list[Sequence[str]]) -> list[bool]:
    """Whether there may be something to say of the texts of each row, each text once."""
    texts = ["\n".join(filter(None, dict.fromkeys(row))) for row in zip(*columns, strict=True)]
    if needs_no_care(_APART.join(texts)):
        return [False] * len(texts)
    return [not needs_no_care(one) for one in texts]


def _name_currency(project: Project, activity: Any) -> None:
    if code := project.currency_of(project.rows[0]):
        activity.set("default-currency", code)
