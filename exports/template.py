"""The workbook to fill in: headings, drop-down lists, notes and examples in one of six languages.

It may hold a portfolio already. The spreadsheet importer reads its tables back; the sheets of notes and
examples say in their first cell that they are not imported, and the sheet of lists is hidden.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import Any, BinaryIO

from xlsxwriter.utility import xl_col_to_name

from app.codelists.reading import language_of
from app.codelists.template import UNREAD_MARK, TemplateColumn, template_columns, template_guide, template_word
from exports.base import ExportedActivity
from exports.choices import choices, label_of
from exports.table import Cell, Sheet, WorkbookWriter
from exports.template_rows import amount_rows, area_rows, project_cells

TABLES = ("projects", "transactions", "areas")
_RIGHT_TO_LEFT = {"ar"}
_LAST_ROW = 1_048_575
_LISTS_SHEET = "Lists"
# The list that a column offers, by its field, and whether a cell may hold several entries of it or others.
_LISTED = {
    "status": ("status", False),
    "currency": ("currency", False),
    "country": ("country", True),
    "region": ("region", True),
    "sector": ("sector", True),
    "sector-vocabulary": ("sector-vocabulary", True),
    "transaction-sector-vocabulary": ("sector-vocabulary", True),
    "language": ("language", True),
    **{f"{role}-type": ("organisation-type", True) for role in ("donor", "implementer", "accountable", "extending")},
    **{f"{role}-type": ("organisation-type", False) for role in ("reporter", "provider", "receiver")},
    "related-type": ("related-type", True),
    "secondary-reporter": ("yes", False),
    "transaction-type": ("flow", False),
    "transaction-country": ("country", True),
    "transaction-sector": ("sector", True),
    "areas": ("area", True),
    "area-framework": ("framework", True),
}
_WIDTHS = {"title": 44, "description": 56, "identifier": 24, "areas": 56, "value": 18, "country": 24, "sector": 34}
_USUAL_WIDTH = 18
_EXAMPLE_AREAS = (("florence-2008/N3", Decimal(60)), ("florence-2008/N4", Decimal(40)))


def write_template(out: BinaryIO, language: str = "en", activities: Iterable[ExportedActivity] = ()) -> int:
    """Write the workbook with the activities in it, one at a time; how many there were."""
    language = language_of(language)
    count = 0
    with WorkbookWriter(out) as book:
        writer = _Writer(book, language)
        sheets = {table: writer.add_table(table) for table in TABLES}
        for activity in activities:
            sheets["projects"].append(project_cells(activity, language))
            for table, rows in (("transactions", amount_rows), ("areas", area_rows)):
                for cells in rows(activity, language):
                    sheets[table].append(cells)
            count += 1
        writer.add_examples()
        writer.add_notes()
        writer.add_lists()
    return count


class _TableSheet:
    """One table of the template; `append` takes cells by column key."""

    def __init__(self, sheet: Sheet, columns: Sequence[TemplateColumn]) -> None:
        self._sheet = sheet
        self._columns = columns

    def append(self, cells: Mapping[str, Cell]) -> None:
        self._sheet.append([cells.get(column.key) for column in self._columns])


class _Writer:
    """Adds the sheets; lists are asked for by the tables and written last."""

    def __init__(self, book: WorkbookWriter, language: str) -> None:
        self._book = book
        self._language = language
        self._lists: list[str] = []
        add_format = book.book.add_format
        self._formats = {
            "text": add_format({"num_format": "@"}),
            "day": add_format({"num_format": "yyyy-mm-dd"}),
            "amount": add_format({"num_format": "#,##0.00##"}),
            "wrapped": add_format({"text_wrap": True, "valign": "top"}),
            "heading": add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
            "mark": add_format({"italic": True, "font_color": "#595959"}),
            "title": add_format({"bold": True, "font_size": 14}),
        }

    def _word(self, section: str, key: str) -> str:
        return template_word(section, key, self._language)

    def _add_sheet(self, name: str, headings: Sequence[str] = ()) -> Sheet:
        sheet = self._book.add_sheet(name, headings)
        if self._language in _RIGHT_TO_LEFT:
            sheet.worksheet.right_to_left()
        return sheet

    # --- tables ----------------------------------------------------------------------------

    def add_table(self, table: str) -> _TableSheet:
        columns = template_columns(table, self._language)
        sheet = self._add_sheet(self._word("sheets", table), [column.heading for column in columns])
        for index, column in enumerate(columns):
            self._set_up(sheet.worksheet, index, column)
        return _TableSheet(sheet, columns)

    def _set_up(self, sheet: Any, index: int, column: TemplateColumn) -> None:
        """Width, format, what goes in, and what is refused."""
        options = {"level": 1, "hidden": True} if column.is_folded else {}
        sheet.set_column(index, index, _WIDTHS.get(column.field, _USUAL_WIDTH), self._format_of(column.field), options)
        sheet.write_comment(0, index, column.note, {"author": "Tessera", "x_scale": 2, "font_size": 10})
        if rule := self._validation(column.field):
            sheet.data_validation(1, index, _LAST_ROW, index, {"error_title": self._word("refusals", "title"), **rule})

    def _format_of(self, field: str) -> Any:
        if _is_day(field):
            return self._formats["day"]
        if field == "value":
            return self._formats["amount"]
        is_text = field in ("identifier", "related") or field.endswith(("-ref", "-activity", "-key"))
        return self._formats["text"] if is_text else None

    def _validation(self, field: str) -> dict[str, Any] | None:
        limits: dict[str, Any]
        if field in _LISTED:
            name, is_open = _LISTED[field]
            source, refusal = self._list_range(name), self._word("refusals", "lists" if is_open else "list")
            error_type = "warning" if is_open else "stop"
            return {"validate": "list", "source": source, "error_type": error_type, "error_message": refusal}
        if _is_day(field):
            days = {"minimum": date(1900, 3, 1), "maximum": date(2199, 12, 31)}
            return {"validate": "date", "criteria": "between", **days, "error_message": self._word("refusals", "day")}
        if field == "value":
            limits = {"minimum": -(10**15), "maximum": 10**15, "error_message": self._word("refusals", "amount")}
            return {"validate": "decimal", "criteria": "between", **limits}
        if field.endswith("-percentage"):
            limits = {"minimum": 0, "maximum": 100, "error_message": self._word("refusals", "percent")}
            return {"validate": "decimal", "criteria": "between", "error_type": "warning", **limits}
        return None

    def _list_range(self, name: str) -> str:
        if name not in self._lists:
            self._lists.append(name)
        column = xl_col_to_name(self._lists.index(name) + 1, col_abs=True)
        return f"={_LISTS_SHEET}!{column}$2:{column}${1 + len(choices(name, self._language))}"

    # --- sheets beside them ----------------------------------------------------------------

    def add_lists(self) -> None:
        """The hidden sheet of what the drop-downs offer."""
        sheet = self._add_sheet(_LISTS_SHEET, [UNREAD_MARK, *self._lists])
        entries = [choices(name, self._language).values() for name in self._lists]
        for row in zip_longest(*entries, fillvalue=None):
            sheet.append([None, *row])
        sheet.worksheet.hide()

    def add_notes(self) -> None:
        name = self._word("sheets", "notes")
        sheet = self._add_marked(name, name)
        sheet.set_column(0, 0, 110, self._formats["wrapped"])
        for row, sentence in enumerate(template_guide(self._language), 3):
            sheet.write_string(row, 0, sentence, self._formats["wrapped"])

    def add_examples(self) -> None:
        """One project with its amounts and areas, as the tables would have them."""
        name = self._word("sheets", "examples")
        sheet = self._add_marked(name, name)
        sheet.set_column(0, 30, 22)
        at = 3
        for table, rows in self._example().items():
            columns = [column for column in template_columns(table, self._language) if column.key in rows[0]]
            sheet.write_string(at, 0, self._word("sheets", table), self._formats["title"])
            for index, column in enumerate(columns):
                sheet.write_string(at + 1, index, column.heading, self._formats["heading"])
            for number, cells in enumerate(rows, at + 2):
                for index, column in enumerate(columns):
                    self._write_example(sheet, number, index, cells[column.key])
            at += len(rows) + 3

    def _add_marked(self, name: str, title: str) -> Any:
        sheet = self._add_sheet(name).worksheet
        sheet.write_string(0, 0, UNREAD_MARK, self._formats["mark"])
        sheet.write_string(1, 0, title, self._formats["title"])
        return sheet

    def _write_example(self, sheet: Any, row: int, column: int, value: Cell) -> None:
        if isinstance(value, date):
            sheet.write_datetime(row, column, value, self._formats["day"])
        elif isinstance(value, Decimal):
            sheet.write_number(row, column, value)
        elif value:
            sheet.write_string(row, column, str(value))

    def _example(self) -> dict[str, list[dict[str, Cell]]]:
        project: dict[str, Cell] = {"identifier": "EX-2024-001"}
        texts: dict[str, Cell] = {
            name: self._word("example", name) for name in ("title", "description", "donor", "implementer")
        }
        choose = self._choose
        row: dict[str, Cell] = {
            "status": choose("status", "2"), "start-actual": date(2024, 1, 15), "end-planned": date(2026, 12, 31),
            "currency": choose("currency", "EUR"), "country": f"{choose('country', 'KH')}; {choose('country', 'LA')}",
            "country-percentage": "60; 40", "sector": choose("sector", "11220"), "sector-percentage": Decimal(100),
        }  # fmt: skip
        amounts: list[dict[str, Cell]] = [
            {"transaction-type": choose("flow", kind), "transaction-date": day, "period-start": start, "period-end": end,
             "value": Decimal(value), "currency": choose("currency", "EUR")}
            for kind, day, start, end, value in _EXAMPLE_AMOUNTS
        ]  # fmt: skip
        areas: list[dict[str, Cell]] = [
            {"areas": choose("area", area), "areas-percentage": share} for area, share in _EXAMPLE_AREAS
        ]
        return {
            "projects": [project | texts | row],
            "transactions": [project | amount for amount in amounts],
            "areas": [project | area for area in areas],
        }

    def _choose(self, name: str, code: str) -> str:
        return label_of(name, code, self._language)


_EXAMPLE_AMOUNTS = (
    ("2", date(2024, 1, 15), None, None, 300_000),
    ("3", date(2024, 3, 31), None, None, 120_000),
    ("budget", None, date(2025, 1, 1), date(2025, 12, 31), 100_000),
)


def _is_day(field: str) -> bool:
    return field.startswith(("start-", "end-", "period-")) or field.endswith("-date")
