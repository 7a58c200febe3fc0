"""The fast way through a table in which one row is one project: row by row the same XML as build_activity makes.

Each column is compiled once (plain_columns.py). A row in which anything is out of the ordinary goes the slow way, which
decides and speaks; so does the first row with an amount in each column, since something is said of those once a column.
"""

from typing import Any

from app.models.brief import Brief
from app.models.read_record import LONGEST_REF
from app.models.record import NOBODY, Reported
from app.rules.text_care import needs_no_care
from importers.build_activity import build_activity, one_day
from importers.clean import Cell
from importers.headings import AMOUNT_FIELDS, PERIOD_AMOUNT, Heading
from importers.join_rows import NO_REPORTER, plain_id
from importers.list_rows import list_rows
from importers.money import TOTALS
from importers.plain_columns import (
    HEAD,
    RELATED,
    TEXTS,
    Group,
    NotPlain,
    Text,
    compile_kept,
    compile_text,
    escape,
    list_groups,
    set_apart,
)
from importers.plain_money import PlainMoney
from importers.project_rows import Project
from importers.tables import Row, Table
from importers.words import shared_signs

_DATES = ("start-planned", "start", "start-actual", "end-planned", "end", "end-actual")
_OWN = {"identifier", "currency", "", PERIOD_AMOUNT, *TOTALS, *_DATES}
FROM_ROWS = 300  # fewer are read as fast in the slow way


def find_plain_rows(tables: list[Table]) -> list[tuple[int, str]] | None:
    """The rows of the one table that is read, each with the id that it alone has; None where the fast way is not open."""
    if len(tables) != 1 or len(tables[0].rows) < FROM_ROWS or not _is_plain(tables[0]):
        return None
    table, before = tables[0], len(tables[0].issues)
    found, odd = _split_rows(table)
    rows = [(row.number - table.first_row, row.text("identifier")) for row in list_rows(table, odd)] if odd else []
    found = sorted(found + rows)
    names = [name for _, name in found]
    if "" not in names and len(set(map(plain_id, names))) == len(names):
        return found
    del table.issues[before:]  # the slow way says it again
    return None


def _is_plain(table: Table) -> bool:
    known = _OWN | {name for fields, _ in (*list_groups(None), RELATED) for name in fields}
    names = [heading.name for heading in table.headings]
    return (
        table.kind == "activity" and not table.layout and not table.merged_ids and len(set(names)) == len(names)
        and known.issuperset(table.by_field) and table.has("title")
        and len(table.by_field.get("identifier", ())) == 1 and len(table.by_field.get("currency", ())) < 2
        and all(len(table.by_field.get(name, ())) < 2 for name in (*_DATES, *TOTALS)) and not any(map(_is_open, table.headings))
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


class PlainTable:
    """The compiled readers of a table."""

    def __init__(self, table: Table, reporter: dict[str, str] | None, currency: str) -> None:
        self.table, self.reporter, self.currency = table, reporter, currency
        self.money = PlainMoney(table, currency)
        self.readers = [
            self._compile(fields, builder) for fields, builder in list_groups(reporter) if self._needs(fields, builder)
        ]
        related = [heading for name in RELATED[0] for heading in table.by_field.get(name, ())]
        self.related = Group(table, related, RELATED[1]) if related else None
        self.kept = [compile_kept(heading) for heading in table.by_field.get("", ())]
        self.dates: dict[str, tuple[Heading, dict[Cell, str | None]]] = {
            name: (h[0], {}) for name in _DATES if (h := table.by_field.get(name))
        }
        self.currencies = Group(table, list(table.by_field.get("currency", ())), _name_currency)

    def _needs(self, fields: tuple[str, ...], builder: Any) -> bool:
        return builder is None or self.table.has(*fields) or fields[0] == "reporter-ref"

    def _compile(self, fields: tuple[str, ...], builder: Any) -> "Text | Group | None":
        """The reader of a group of columns; None: the dates."""
        if builder is None:
            return None
        headings = sorted((h for name in fields for h in self.table.by_field.get(name, ())), key=lambda h: h.column)
        if len(headings) == 1 and headings[0].meaning.field in TEXTS:
            return compile_text(self.table, headings[0], builder) or Group(self.table, headings, builder)
        return Group(self.table, headings, builder)

    def read(self, index: int, identifier: str) -> Reported:
        """One row: the fast way where it can, else the slow one."""
        try:
            return self._read_fast(index, identifier)
        except (NotPlain, IndexError, OverflowError, ValueError):
            return self._read_slowly(index, identifier)

    def _read_slowly(self, index: int, identifier: str) -> Reported:
        project = Project(identifier, NO_REPORTER)
        row = Row(self.table, self.table.first_row + index, self.table.rows[index], project.issues, identifier)
        project.rows.append(row)
        return build_activity(project, self.reporter, self.currency)

    def _read_fast(self, index: int, identifier: str) -> Reported:
        cells = self.table.rows[index]
        row = Row(self.table, self.table.first_row + index, cells)
        own = self.currencies.read(cells).record.currency
        head = f'{HEAD} default-currency="{own}">' if own else f"{HEAD}>"
        parts = [head, f"<iati-identifier>{escape(identifier)}</iati-identifier>"]
        texts: dict[str, None] = {}
        title, status, reporter, countries, dates = "", "", NOBODY, frozenset[str](), {}
        for reader in self.readers:
            if reader is None:
                dates = self._read_dates(row, status)
                parts += [f'<activity-date iso-date="{day}" type="{kind}"/>' for kind, day in sorted(dates.items())]
            elif isinstance(reader, Text):
                if text := reader.read(cells):
                    parts += (reader.before, escape(text), reader.after)
                    title = text if reader.field == "title" else title
                    texts[text] = None
            else:
                found = reader.read(cells)
                parts.append(found.xml)
                if found.tells:
                    record = found.record
                    texts.update(dict.fromkeys(record.texts()))
                    title = title or record.own_title
                    status = record.status or status
                    reporter = reporter if record.reporter == NOBODY else record.reporter
                    countries = record.list_countries() or countries
        money = self.money.read(row, own, dates)
        parts += money.xml
        if self.related is not None:
            parts.append(self.related.read(cells).xml)
        parts += money.kept
        for column in self.kept:
            if text := column.read(cells):
                parts += (column.before, escape(text), column.after)
        if len(identifier) > LONGEST_REF or not needs_no_care("\n".join(texts)):
            raise NotPlain
        parts.append("</iati-activity>")
        years = [int(day[:4]) for day in dates.values()] + [key[2] for key, _ in money.money if key[2]]
        brief = Brief(identifier, title, reporter, row.place, countries, tuple(sorted({*years})), tuple(money.money))
        return Reported(xml="".join(parts).encode(), places=brief.list_places(), partial=True, brief=brief)

    def _read_dates(self, row: Row, status: str) -> dict[str, str]:
        """The days by kind, as build_activity finds them."""
        usual = {"start": "1" if status == "1" else "2", "end": "4" if status in ("3", "4") else "3"}
        kinds = {"start-planned": "1", "start-actual": "2", "end-planned": "3", "end-actual": "4", **usual}
        dates: dict[str, str] = {}
        for name, (heading, known) in self.dates.items():
            cell = row.cells[heading.column]
            if cell not in known:
                known[cell] = self._read_day(row, heading, is_end=name.startswith("end"))
            day, kind = known[cell], kinds[name]
            if day is None:
                raise NotPlain
            if day and (len(name) > 5 or kind not in dates):
                dates[kind] = day
        start, end = dates.get("2") or dates.get("1"), dates.get("4") or dates.get("3")
        if start and end and end < start:
            raise NotPlain
        return dates

    def _read_day(self, row: Row, heading: Heading, *, is_end: bool) -> str | None:
        """The day of a cell, '' where it is blank; None where there is something to say or to ask."""
        alone = Row(row.table, row.number, row.cells)
        if not alone.said(heading):
            return ""
        with set_apart(row.table):
            return one_day(alone, heading, is_end=is_end) or None


def _name_currency(project: Project, activity: Any) -> None:
    if code := project.currency_of(project.rows[0]):
        activity.set("default-currency", code)
