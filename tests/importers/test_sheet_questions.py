"""What only the owner can decide is one question for the whole file; its answer is not asked again."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.models.record import Part, Party
from importers.headings import Meaning
from tests.importers.sheet_files import (
    Rows,
    ask_files,
    ask_rows,
    errors_of,
    flows,
    issues_of,
    read_files,
    read_rows,
    write_csv,
    write_workbook,
)

HEAD = ["ID", "Title", "Start date", "End date", "Currency", "Total commitment", "Country", "Status"]
PLAIN = ["P1", "One", "", "", "EUR", 100, "Kenya", "Ongoing"]


def with_cells(count: int, **cells: Any) -> Rows:
    """`count` projects that differ in their ids, with some cells of their own."""
    row = [cells.get(name.split()[0].lower(), value) for name, value in zip(HEAD, PLAIN, strict=True)]
    return [HEAD, *[[f"P{number}", *row[1:]] for number in range(count)]]


@pytest.mark.parametrize(
    ("cells", "path", "kind", "value"),
    [
        ({"start": "03/04/2019"}, ("date_order",), "date-order", "dmy"),
        ({"total": "1.500"}, ("decimal",), "decimal", ","),
        ({"currency": ""}, ("currency",), "currency", "USD"),
        ({"currency": "", "total": "$ 50"}, ("currencies", "$"), "currency-sign", "CAD"),
        ({"country": "Nigera"}, ("countries", "Nigera"), "country", "NE"),
        ({"country": "Congo"}, ("countries", "Congo"), "country", "CD"),
        ({"status": "Somewhere"}, ("statuses", "Somewhere"), "status", "2"),
    ],
)
def test_many_rows_ask_once_and_an_answer_is_not_asked_again(
    tmp_path: Path, cells: dict[str, Any], path: tuple[str, ...], kind: str, value: str
) -> None:
    rows = with_cells(40, **cells)
    (question,) = ask_rows(tmp_path, rows)
    assert (question.path, question.kind, question.count, question.sheet) == (path, kind, 40, "Projects")
    assert question.column in HEAD
    assert question.samples
    assert value in {option for option, _ in question.options}
    assert errors_of(read_rows(tmp_path, rows)) == []
    given: Any = value
    for name in reversed(path[1:]):
        given = {name: given}
    assert ask_rows(tmp_path, rows, **{path[0]: given}) == []


def test_what_can_be_read_without_the_answer_is_read(tmp_path: Path) -> None:
    rows = with_cells(2, start="03/04/2019", country="Nigera")
    records = read_rows(tmp_path, rows)
    assert [(r.title, len(r.dates), [str(f.value) for f in r.flows]) for r in records] == [("One", 0, ["100"])] * 2
    answered = read_rows(tmp_path, rows, date_order="dmy", countries={"Nigera": "NE"})
    assert (answered[0].dates, answered[0].countries) == ({"2": date(2019, 4, 3)}, [Part("NE", None)])


def test_the_nearest_names_stand_first_among_the_countries(tmp_path: Path) -> None:
    (question,) = ask_rows(tmp_path, with_cells(1, country="Nigera"))
    assert {code for code, _ in question.options[:3]} == {"NG", "NE", "keep"}
    assert len(question.options) > 200
    (record,) = read_rows(tmp_path, with_cells(1, country="Nigera"), countries={"Nigera": "keep"})
    assert record.countries == []
    assert b'name="Country">Nigera<' in record.xml


def test_a_column_of_which_nobody_knows_most_values_is_one_question(tmp_path: Path) -> None:
    rows: Rows = [["ID", "Title", "Country"], *[[f"P{n}", "One", f"Village of {n} huts"] for n in range(40)]]
    (question,) = ask_rows(tmp_path, rows)
    assert (question.path, question.kind, question.count) == (("headings", "Country"), "doubt", 40)
    assert ask_rows(tmp_path, rows, headings={"Country": "location"}) == []
    assert len(ask_rows(tmp_path, rows, headings={"Country": "country"})) == 40


def test_another_column_of_the_same_import_proves_the_order_of_dates_and_the_decimal_mark(tmp_path: Path) -> None:
    rows = with_cells(1, start="03/04/2019", end="25/12/2020")
    assert read_rows(tmp_path, rows)[0].dates["2"] == date(2019, 4, 3)
    path = write_workbook(
        tmp_path / "two.xlsx",
        Projects=with_cells(1, start="03/04/2019", total="1.500"),
        Transactions=[["ID", "Type", "Date", "Amount"], ["P0", "D", "25/12/2019", "1.234,50"]],
    )
    (record,) = read_files(path)
    assert ask_files(path) == []
    assert (record.dates["2"], [f.value for f in record.flows]) == (date(2019, 4, 3), [Decimal("1234.50"), 1500])


def test_columns_that_prove_different_orders_leave_a_third_open(tmp_path: Path) -> None:
    rows = [[*HEAD, "Signature date"], [*with_cells(1, start="25/12/2019", end="12/25/2020")[1], "03/04/2019"]]
    rows[1][HEAD.index("Total commitment")] = 10
    (question,) = ask_rows(tmp_path, rows)
    assert (question.path, question.column) == (("date_order",), "Signature date")


def test_the_currencies_of_the_file_are_offered_first_and_none_is_assumed(tmp_path: Path) -> None:
    rows: Rows = [HEAD, [*PLAIN], ["P2", "Two", "", "", "", 5, "", ""]]
    (question,) = ask_rows(tmp_path, rows)
    assert (question.options[0][0], question.suggested, question.count) == ("EUR", "EUR", 1)
    assert [len(record.flows) for record in read_rows(tmp_path, rows)] == [1, 0]
    assert not issues_of(read_rows(tmp_path, rows), "currency-missing")


@pytest.mark.parametrize("heading", ["Total commitment ($)", "Total commitment"])
def test_a_sign_stands_for_the_currency_beside_it(tmp_path: Path, heading: str) -> None:
    rows: Rows = [["ID", "Title", "Currency", heading], ["P1", "One", "CAD", "$ 50"], ["P2", "Two", "EUR", "$ 50"]]
    (question,) = ask_rows(tmp_path, rows)
    assert (question.path, question.count) == (("currencies", "$"), 1)
    assert [(f[3], f[4]) for f in flows(read_rows(tmp_path, rows))] == [(50, "CAD")]


def test_several_currencies_in_one_column_are_read_and_said_once(tmp_path: Path) -> None:
    rows: Rows = [
        ["ID", "Title", "Budget 2019"],
        ["P1", "One", "EUR 100"],
        ["P2", "Two", "$ 50"],
        ["P3", "Three", "GBP 7"],
    ]
    records = read_rows(tmp_path, rows, currencies={"$": "USD"})
    assert [(f[3], f[4]) for f in flows(records)] == [(100, "EUR"), (50, "USD"), (7, "GBP")]
    (mixed,) = issues_of(records, "currencies-mixed")
    assert (mixed.level, mixed.cell) == ("warning", "C1")


# --- what an amount is ---------------------------------------------------------------------


def test_years_that_do_not_say_what_they_are_are_one_question(tmp_path: Path) -> None:
    rows: Rows = [
        ["ID", "Title", "Currency", "2018", "2019", "2019 Q1 (D)", "Amount 2017"],
        ["P1", "One", "USD", 1, 2, 3, 4],
    ]
    first, second = ask_rows(tmp_path, rows)
    assert (first.path, first.kind, first.samples, first.count) == (
        ("flows", "amounts by period"),
        "flow",
        ("1", "2"),
        2,
    )
    assert second.path == ("flows", "amount")
    assert [(f[0], f[1], f[3]) for f in flows(read_rows(tmp_path, rows))] == [("3", "2019-03-31", 3)]
    answered = read_rows(tmp_path, rows, flows={"amounts by period": "2", "amount": "keep"})
    assert sorted((f[0], f[1], int(f[3])) for f in flows(answered)) == [
        ("2", "2018-12-31", 1),
        ("2", "2019-12-31", 2),
        ("3", "2019-03-31", 3),
    ]


@pytest.mark.parametrize("heading", ["Amount", "Total", "Montant"])
def test_an_amount_that_does_not_say_what_it_is_is_asked(tmp_path: Path, heading: str) -> None:
    rows: Rows = [["ID", "Title", "Currency", heading], ["P1", "One", "USD", 10], ["P2", "Two", "USD", 20]]
    (question,) = ask_rows(tmp_path, rows)
    assert (question.path, question.count, question.column) == (("flows", heading), 2, heading)
    assert [f[0] for f in flows(read_rows(tmp_path, rows, flows={heading: "budget"}))] == ["budget", "budget"]


def test_transactions_of_no_type_and_of_unknown_types_are_asked(tmp_path: Path) -> None:
    projects: Rows = [["ID", "Title", "Currency"], ["P1", "One", "USD"]]
    own: Rows = [["ID", "Date", "Amount"], ["P1", date(2019, 1, 2), 10], ["P1", date(2019, 1, 3), 20]]
    path = write_workbook(tmp_path / "a.xlsx", Projects=projects, Money=own)
    (question,) = ask_files(path)
    assert (question.path, question.count, question.sheet) == (("flows", "Amount"), 2, "Money")
    assert [f[0] for f in flows(read_files(path, flows={"Amount": "4"}))] == ["4", "4"]
    typed: Rows = [
        ["ID", "Type", "Date", "Amount"],
        ["P1", "Gift", date(2019, 1, 2), 10],
        ["P1", "D", date(2019, 1, 3), 20],
    ]
    path = write_workbook(tmp_path / "b.xlsx", Projects=projects, Transactions=typed)
    (question,) = ask_files(path)
    assert (question.path, question.kind, question.samples) == (("flows", "Gift"), "type", ("Gift",))
    assert [f[0] for f in flows(read_files(path))] == ["3"]
    assert [f[0] for f in flows(read_files(path, flows={"Gift": "2"}))] == ["2", "3"]


@pytest.mark.parametrize(
    ("heading", "value", "path", "answers"),
    [
        (
            "Project contribution 2019 (EUR)",
            1250,
            ("flows", "project contribution"),
            {"flows": {"project contribution": "2"}},
        ),
        ("Co-funding of partners", "1.250,00", ("headings", "Co-funding of partners"), {}),
        ("Betrag", 125000, ("headings", "Betrag"), {}),
    ],
)
def test_money_under_an_unknown_heading_is_asked(
    tmp_path: Path, heading: str, value: Any, path: tuple[str, ...], answers: dict[str, Any]
) -> None:
    rows: Rows = [["ID", "Title", heading], ["P1", "One", value], ["P2", "Two", value]]
    (question,) = ask_rows(tmp_path, rows)
    assert (question.path, question.column) == (path, heading)
    assert flows(read_rows(tmp_path, rows)) == []
    given = answers or {"headings": {heading: "commitment"}}
    assert {f[0] for f in flows(read_rows(tmp_path, rows, currency="EUR", **given))} == {"2"}
    assert ask_rows(tmp_path, rows, headings={heading: "keep"}) == []


def test_fiscal_years_are_read_when_their_first_month_is_known(tmp_path: Path) -> None:
    rows: Rows = [["ID", "Title", "Currency", "Budget FY 2019/20", "Budget FY 2019/20 Q2", "Budget FY 2021"]]
    rows.append(["P1", "One", "USD", 1, 2, 3])
    month, name = ask_rows(tmp_path, rows)
    assert (month.path, month.count, len(month.options)) == (("fiscal_year_start",), 3, 12)
    assert (name.path, name.count) == (("fiscal_year_named",), 1)
    assert flows(read_rows(tmp_path, rows)) == []
    records = read_rows(tmp_path, rows, fiscal_year_start="7", fiscal_year_named="end")
    assert [(f[1], f[2], f[3]) for f in flows(records)] == [
        ("2019-07-01", "2020-06-30", 1),
        ("2019-10-01", "2019-12-31", 2),
        ("2020-07-01", "2021-06-30", 3),
    ]


def test_an_organisation_that_was_answered_has_its_reference(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "p.xlsx",
        Projects=[["ID", "Title", "Currency", "Donor"], ["P1", "One", "EUR", "Our ECPAT; Norad"]],
        Transactions=[["ID", "Type", "Date", "Amount", "Provider"], ["P1", "D", date(2019, 1, 2), 10, "Our ECPAT"]],
    )
    (record,) = read_files(path, organisations={"Our ECPAT": "XM-1"})
    assert [(party.ref, party.name) for _, party in record.organisations] == [("XM-1", "Our ECPAT"), ("", "Norad")]
    assert record.flows[0].provider == Party("XM-1", "Our ECPAT")


def test_fiscal_years_in_cells_are_no_months(tmp_path: Path) -> None:
    rows: Rows = [["ID", "Title", "Financial year", "Currency", "Disbursement"], ["P1", "One", "2009/10", "USD", 5]]
    assert [question.path for question in ask_rows(tmp_path, rows)] == [("fiscal_year_start",)]
    assert [f[1] for f in flows(read_rows(tmp_path, rows, fiscal_year_start=4))] == ["2009-04-01"]


@pytest.mark.parametrize(
    "answers",
    [
        {"date_order": "foo", "decimal": "!", "currency": "none of your business", "fiscal_year_start": "13"},
        {"date_order": "ymd", "headings": {"Start date": "nonsense"}, "countries": {"Nigera": "XX"}},
        {"statuses": {"Somewhere": "9"}, "flows": {"Amount": "nonsense"}, "fields": {"title": "no such column"}},
        {
            "header_rows": {"Projects": "no number"},
            "sheets": {"Projects": "nonsense"},
            "headings": "nonsense",
            "currencies": 7,
        },
    ],
)
def test_answers_that_are_none_are_asked_again(tmp_path: Path, answers: dict[str, Any]) -> None:
    rows: Rows = [
        ["ID", "Title", "Start date", "Country", "Status", "Amount", "Budget FY 2019/20", "Total commitment"],
        ["P1", "One", "03/04/2019", "Nigera", "Somewhere", "EUR 5", "EUR 7", "1.500"],
    ]
    asked = {question.path for question in ask_rows(tmp_path, rows, **answers)}
    assert asked == {
        ("date_order",), ("countries", "Nigera"), ("statuses", "Somewhere"), ("flows", "Amount"), ("fiscal_year_start",), ("decimal",),
    }  # fmt: skip


# --- which column --------------------------------------------------------------------------

TITLES: Rows = [
    ["Nr.", "Kurztitel", "Langtitel", "Staat", "Betrag"],
    ["KE-001", "Water for Nairobi", "Water for all people of Nairobi", "Kenya", 90000],
    ["UG-002", "Schools in Gulu", "Schools in all of the north", "Uganda", 80000],
    ["ML-003", "Health posts Niger", "Health posts along the river Niger", "Mali", 70000],
]


def test_two_columns_that_could_be_the_title_are_asked(tmp_path: Path) -> None:
    which, money = ask_rows(tmp_path, TITLES)
    assert (which.path, which.kind) == (("fields", "title"), "field")
    assert [value for value, _ in which.options] == ["Kurztitel", "Langtitel", "keep"]
    assert money.path == ("headings", "Betrag")
    answers: dict[str, Any] = {"fields": {"title": "Langtitel"}, "headings": {"Betrag": "budget"}, "currency": "EUR"}
    assert ask_rows(tmp_path, TITLES, **answers) == []
    records = read_rows(tmp_path, TITLES, **answers)
    assert [record.title for record in records] == [row[2] for row in TITLES[1:]]
    assert [record.countries[0].code for record in records] == ["KE", "UG", "ML"]
    assert {issue.column for issue in issues_of(records, "column-by-content")} == {"Nr.", "Staat"}


def test_countries_of_an_organisation_are_not_those_of_the_project(tmp_path: Path) -> None:
    rows: Rows = [["ID", "Title", "donors_iso3"], ["P1", "One", "NOR"], ["P2", "Two", "SWE"]]
    assert [record.countries for record in read_rows(tmp_path, rows)] == [[], []]


def test_codes_say_what_they_are_under_any_heading(tmp_path: Path) -> None:
    text = "ID;Title;Valuta XX;Kode;Land;Zustand;Budget 2019\n"
    text += "P1;One;NOK;15160;KEN;Ongoing;5\nP2;Two;SEK;12220;UGA;Closed;6\n"
    records = read_files(write_csv(tmp_path / "p.csv", text))
    assert [(r.currency, r.sectors[0].code, r.countries[0].code, r.status) for r in records] == [
        ("NOK", "15160", "KE", "2"),
        ("SEK", "12220", "UG", "4"),
    ]


# --- HXL -----------------------------------------------------------------------------------


def test_hxl_tags_say_what_unknown_headings_mean(tmp_path: Path) -> None:
    rows: Rows = [
        ["Prosjektnr", "Prosjekt", "Land", "Støttemottaker", "Giver", "Beløp", "Provins", "Oppstart", "Sektor", "Farge"],
        ["#activity+id", "#activity+name", "#country+code", "#org+impl", "#org+funder", "#value+usd+committed", "#adm1+name",
         "#date+start", "#sector", "#meta+colour"],
        ["N1", "Vann", "KEN", "Lantern", "Norad", 5000, "Nakuru", date(2019, 4, 3), "15160", "red"],
    ]  # fmt: skip
    (record,) = read_rows(tmp_path, rows)
    assert (record.place, record.identifier, record.title) == ("Projects!3", "N1", "Vann")
    assert [(role, party.name) for role, party in record.organisations] == [("1", "Norad"), ("4", "Lantern")]
    assert (record.countries, record.sectors) == ([Part("KE", None)], [Part("15160", None, "1")])
    assert flows([record]) == [("2", "2019-04-03", "", 5000, "USD", "Projects!3")]
    assert b"Nakuru" in record.xml
    (unknown,) = issues_of([record], "column-unknown")
    assert (unknown.column, unknown.cell) == ("Farge", "J1")


def test_hxl_tags_alone_are_headings_and_values_without_a_flow_are_asked(tmp_path: Path) -> None:
    rows: Rows = [["#meta+id", "#activity+title", "#country", "#value+eur"], ["N1", "Vann", "Kenya", 5000]]
    (question,) = ask_rows(tmp_path, rows)
    assert question.path == ("flows", "#value+eur")
    (record,) = read_rows(tmp_path, rows, flows={"#value+eur": "3"})
    assert [(f[0], f[3], f[4]) for f in flows([record])] == [("3", 5000, "EUR")]


@pytest.mark.parametrize(
    ("tag", "field", "currency"),
    [("#value+usd", "amount", "USD"), ("#value+spent+gbp", "expenditure", "GBP"), ("#org+funder+code", "donor-ref", ""),
     ("#affected+f", "", ""), ("#geo+lat", "latitude", ""), ("#value+paid+y2019", "period-amount", "")],
)  # fmt: skip
def test_tags(tag: str, field: str, currency: str) -> None:
    from importers.hxl import read_tag

    found = read_tag(tag)
    assert isinstance(found, Meaning)
    assert (found.field, found.currency) == (field, currency)
