"""The workbook to fill in: what it offers in each language is what the import reads back."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from app.codelists.countries import match_country, match_region
from app.codelists.reading import LOCALES
from app.codelists.template import UNREAD_MARK, template_columns, template_word
from app.models.record import ActivityRecord
from exports.choices import choices
from exports.template import TABLES, write_template
from importers.base import FileRefused
from importers.build_places import is_place
from importers.build_sectors import _is_sector, _read_sector
from importers.cell_lists import read_pieces
from importers.headings import recognise_heading
from tests.importers.sheet_files import errors_of, read_files

TABLE_KINDS = {"projects": "activity", "transactions": "transaction", "areas": "activity"}


@pytest.fixture(scope="module")
def template() -> Callable[[str], bytes]:
    written: dict[str, bytes] = {}

    def write(language: str) -> bytes:
        if language not in written:
            out = BytesIO()
            write_template(out, language)
            written[language] = out.getvalue()
        return written[language]

    return write


def fill(content: bytes, folder: Path, **tables: list[dict[str, Any]]) -> Path:
    """The workbook with rows by column key, typed in as a person would."""
    book = load_workbook(BytesIO(content))
    language = next(one for one in LOCALES if template_word("sheets", "projects", one) == book.sheetnames[0])
    for table, rows in tables.items():
        sheet = book[template_word("sheets", table, language)]
        at = {column.key: number for number, column in enumerate(template_columns(table, language), 1)}
        for number, cells in enumerate(rows, 2):
            for key, value in cells.items():
                sheet.cell(number, at[key], value)
    path = folder / f"filled-{language}.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("table", TABLES)
def test_each_heading_is_known_to_the_import(language: str, table: str) -> None:
    for column in template_columns(table, language):
        meaning = recognise_heading(column.heading, TABLE_KINDS[table], table == "projects")
        wanted = (column.field, 2 if column.key.endswith("-2") else 0)
        assert (meaning.field, meaning.number) == wanted, column.heading
        assert (meaning.currency, meaning.flow, meaning.period) == ("", "", None), column.heading


@pytest.mark.parametrize("language", LOCALES)
def test_what_can_be_chosen_reads_back_to_its_code(
    language: str, template: Callable[[str], bytes], tmp_path: Path
) -> None:
    """Every entry of every list that a project or an amount can have, each in a row of its own."""
    projects: list[dict[str, Any]] = []
    amounts: list[dict[str, Any]] = []
    areas: list[dict[str, Any]] = []
    wanted: dict[str, tuple[str, str]] = {}

    def add(name: str, code: str, **cells: Any) -> str:
        identifier = f"{name}/{code}"
        wanted[identifier] = name, code
        projects.append({"identifier": identifier, "title": f"A project of {identifier}", **cells})
        return identifier

    for name, key in (
        ("country", "country"), ("region", "region"), ("sector", "sector"), ("status", "status"), ("currency", "currency"),
        ("language", "language"),
    ):  # fmt: skip
        for code, label in choices(name, language).items():
            add(name, code, **{key: label})
    for code, label in choices("organisation-type", language).items():
        add("organisation-type", code, donor="Hill Fund", **{"donor-type": label})
    for code, label in choices("related-type", language).items():
        add("related-type", code, related="X-1", **{"related-type": label})
    for code, label in choices("sector-vocabulary", language).items():
        add("sector-vocabulary", code, sector="12220", **{"sector-vocabulary": label})
    for code, label in choices("flow", language).items():
        day = {"period-start": date(2020, 1, 1), "period-end": date(2020, 12, 31)} if not code.isdigit() else {
            "transaction-date": date(2020, 1, 1)
        }  # fmt: skip
        identifier = add("flow", code)
        amounts.append({"identifier": identifier, "transaction-type": label, "value": 5, "currency": "EUR", **day})
    for code, label in choices("area", language).items():
        areas.append({"identifier": add("area", code), "areas": label})

    found = read_files(fill(template(language), tmp_path, projects=projects, transactions=amounts, areas=areas))
    assert errors_of(found) == []
    read = {record.identifier: READ[wanted[record.identifier][0]](record) for record in found}
    assert read == {identifier: code for identifier, (_, code) in wanted.items()}


READ: dict[str, Callable[[ActivityRecord], str]] = {
    "country": lambda record: record.countries[0].code,
    "region": lambda record: record.countries[0].code,
    "sector": lambda record: record.sectors[0].code,
    "sector-vocabulary": lambda record: record.sectors[0].vocabulary,
    "status": lambda record: record.status,
    "currency": lambda record: record.currency,
    "language": lambda record: record.language,
    "organisation-type": lambda record: record.organisations[0][1].type,
    "related-type": lambda record: record.related[0][0],
    "flow": lambda record: record.flows[0].kind,
    "area": lambda record: f"{record.areas[0].framework}/{record.areas[0].code}",
}


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_several_entries_of_a_list_read_back_in_their_order(data: st.DataObject) -> None:
    """What people join with semicolons, with shares beside it."""
    language = data.draw(st.sampled_from(LOCALES))
    countries = choices("country", language) | choices("region", language)
    chosen = data.draw(st.lists(st.sampled_from(list(countries)), min_size=2, max_size=4, unique=True))
    pieces = read_pieces("; ".join(f"{countries[code]} 25%" for code in chosen), is_place)
    assert [match_country(name) or match_region(name) for name, _ in pieces] == chosen
    sectors = choices("sector", language)
    chosen = data.draw(st.lists(st.sampled_from(list(sectors)), min_size=2, max_size=4, unique=True))
    assert [_read_sector(name)[0] for name, _ in read_pieces("; ".join(map(sectors.get, chosen)), _is_sector)] == chosen  # type: ignore[arg-type]


def test_an_empty_template_holds_no_project(template: Callable[[str], bytes], tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    for language in LOCALES:
        path.write_bytes(template(language))
        with pytest.raises(FileRefused) as refused:
            read_files(path)
        assert [issue.code for issue in refused.value.issues] == ["no-projects"], language  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", LOCALES)
def test_its_examples_are_rows_as_the_import_would_read_them(
    language: str, template: Callable[[str], bytes], tmp_path: Path
) -> None:
    """The examples, moved to the tables that they show, make one project without an issue."""
    examples = load_workbook(BytesIO(template(language)))[template_word("sheets", "examples", language)]
    rows = [list(row) for row in examples.iter_rows(values_only=True)]
    assert rows[0][0] == UNREAD_MARK
    book = Workbook()
    book.remove(book.active)
    for table in TABLES:
        name = template_word("sheets", table, language)
        first = next(number for number, row in enumerate(rows) if row[0] == name and not any(row[1:]))
        sheet = book.create_sheet(name)
        for row in rows[first + 1 :]:
            if not any(row):
                break
            sheet.append(row)
    path = tmp_path / "examples.xlsx"
    book.save(path)
    (record,) = read_files(path)
    assert [(issue.code, issue.message) for issue in record.issues] == []
    assert ([part.code for part in record.countries], len(record.flows), len(record.areas)) == (["KH", "LA"], 3, 2)


def test_cells_offer_lists_and_say_what_to_do(template: Callable[[str], bytes]) -> None:
    book = load_workbook(BytesIO(template("fr")))
    assert book.sheetnames == ["Projets", "Transactions", "Domaines", "Exemples", "Notes", "Lists"]
    assert [sheet.title for sheet in book if sheet.sheet_state != "visible"] == ["Lists"]
    projects = book["Projets"]
    assert projects.freeze_panes == "A2"
    at = {cell.value: cell for cell in projects[1]}
    assert all(cell.comment.text for cell in at.values())
    rules = {str(rule.sqref).split(":")[0]: rule for rule in projects.data_validations.dataValidation}
    status, country, start = (
        rules[f"{at[name].column_letter}2"] for name in ("Statut", "Pays", "Date de début prévue")
    )
    assert (status.type, status.errorStyle, country.errorStyle) == ("list", None, "warning")  # None: entry is refused
    offered = book["Lists"][status.formula1.removeprefix("Lists!").replace("$", "")]
    assert [cell.value for (cell,) in offered] == list(choices("status", "fr").values())
    assert "date" in start.error
    assert start.type == "date"
    assert book["Lists"].max_row > 250


def test_arabic_sheets_read_from_right_to_left(template: Callable[[str], bytes]) -> None:
    assert all(sheet.sheet_view.rightToLeft for sheet in load_workbook(BytesIO(template("ar"))))
    assert not any(sheet.sheet_view.rightToLeft for sheet in load_workbook(BytesIO(template("pt"))))


def test_a_language_that_it_is_not_in_is_english(template: Callable[[str], bytes]) -> None:
    assert load_workbook(BytesIO(template("km"))).sheetnames[0] == "Projects"
