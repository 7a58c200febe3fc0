"""The amounts of a spreadsheet: each counts once, at its day, from its row."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.models.record import Part
from tests.importers.sheet_files import (
    Rows,
    ask_files,
    errors_of,
    flows,
    issues_of,
    read_files,
    read_rows,
    write_csv,
    write_workbook,
)


def test_transactions_are_joined_on_the_project_id(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "p.xlsx",
        Projects=[
            ["Project ID", "Title", "Currency", "Total disbursed", "Total commitment"],
            ["P1", "One", "USD", 30, 100],
            ["P2", "Two", "USD", 5, ""],
        ],
        Transactions=[
            ["Project ID", "Type", "Date", "Amount"],
            ["P1", "Disbursement", date(2019, 1, 2), 10],
            ["P1", "D", date(2019, 2, 2), 10],
            ["P9", "C", date(2019, 2, 2), 10],
        ],
    )
    records = read_files(path)
    assert flows(records[:1])[0] == ("3", "2019-01-02", "", Decimal(10), "USD", "Transactions!2")
    assert [f.kind for f in records[0].flows] == ["3", "3", "2"]
    (differs,) = issues_of(records, "total-differs")
    assert (differs.cell, differs.level) == ("D2", "warning")
    assert "30" in differs.message
    assert "20" in differs.message
    (unknown,) = issues_of(records, "project-unknown")
    assert (unknown.sheet, unknown.cell, unknown.value) == ("Transactions", "A4", "P9")


def test_a_year_alone_dates_a_transaction_on_its_first_day_and_is_said_once(tmp_path: Path) -> None:
    projects = write_csv(tmp_path / "projects.csv", "project_id,project_title\nP1,One\n")
    names = ["isodate", "year", "value_code", "currency", "value"]
    text = ",".join(["project_id", *(f"transaction_{name}" for name in names)]) + "\n"
    transactions = write_csv(
        tmp_path / "transactions.csv", text + "P1,,2014,C,USD,46000000.0\nP1,,2013,C,USD,516456.920428\n"
    )
    records = read_files(transactions, projects)
    assert flows(records) == [
        ("2", "2014-01-01", "", Decimal("46000000.0"), "USD", "transactions.csv!2"),
        ("2", "2013-01-01", "", Decimal("516456.920428"), "USD", "transactions.csv!3"),
    ]
    (issue,) = issues_of(records, "date-year-only")
    assert (issue.sheet, issue.cell) == ("transactions.csv", "C1")


def test_amounts_by_year_say_what_was_assumed_after_the_title_of_the_sheet(tmp_path: Path) -> None:
    rows: Rows = [
        ["Disbursements of the ministry"],
        ["ID", "Title", "Currency", "2019", "FY 2020/21", "Total"],
        ["P1", "One", "USD", 10, 20, 31.5],
    ]
    records = read_rows(tmp_path, rows, fiscal_year_start="4")
    assert [(f[0], f[1], f[3]) for f in flows(records)] == [("3", "2019-12-31", 10), ("3", "2021-03-31", 20)]
    assert {i.cell for i in issues_of(records, "flow-assumed")} == {"D2", "E2", "F2"}
    assert len(issues_of(records, "total-differs")) == 1


def test_totals_alone_become_one_amount_each(tmp_path: Path) -> None:
    rows: Rows = [
        [
            "ID",
            "Title",
            "Start date",
            "End date",
            "Signature date",
            "Currency",
            "Total commitment",
            "Total disbursed",
            "Total budget",
        ],
        ["P1", "One", date(2018, 5, 1), date(2020, 5, 1), date(2018, 2, 3), "USD", 100, 60, 90],
        ["P2", "Two", "", "", "", "USD", 100, "", ""],
    ]
    records = read_rows(tmp_path, rows)
    assert [f[:4] for f in flows(records)] == [
        ("budget", "2018-05-01", "2020-05-01", 90),
        ("2", "2018-02-03", "", 100),
        ("3", "2018-05-01", "", 60),
        ("2", "None", "", 100),
    ]
    assert {i.cell for i in issues_of(records, "amount-dated")} == {"G1", "H1", "I1"}
    assert [i.row for i in issues_of(records, "date-missing")] == [3]


def test_rows_of_one_project_are_merged_or_contradict(tmp_path: Path) -> None:
    rows: Rows = [
        ["ID", "Title", "Country", "Currency", "Total budget"],
        ["P1", "One", "Kenya", "USD", 100],
        ["P1", "One", "Uganda", "", 100],
        ["P2", "Two", "Kenya", "USD", 100],
        ["P2", "Two!!", "Kenya", "USD", 50],
    ]
    records = read_rows(tmp_path, rows)
    assert [p.code for p in records[0].countries] == ["KE", "UG"]
    assert [f.value for f in records[0].flows] == [100]
    (issue,) = issues_of(records, "rows-contradict")
    assert (issue.cell, issue.activity) == ("E5", "P2")
    assert "Projects!4" in issue.message
    assert "Projects!5" in issue.message


def test_two_columns_of_the_same_total_count_once(tmp_path: Path) -> None:
    rows: Rows = [["ID", "Title", "Currency", "Total commitment", "Amount"], ["P1", "One", "USD", 100, 100]]
    assert [f.value for f in read_rows(tmp_path, rows, flows={"Amount": "2"})[0].flows] == [100]


def test_a_flat_list_holds_projects_and_their_transactions(tmp_path: Path) -> None:
    headings = ["ID", "Title", "Donor", "Country", "Year", "Currency", "Commitment", "Disbursement"]
    first = ["P1", "One", "Norad", "Mali", 2019, "USD", 100, 10]
    rows: Rows = [headings, first, ["P1", "One", "Sida", "Mali", 2020, "USD", "", 20]]
    (record,) = read_rows(tmp_path, rows)
    assert [party.name for _, party in record.organisations] == ["Norad", "Sida"]
    assert [(f[0], f[1], f[3], f[5]) for f in flows([record])] == [
        ("2", "2019-01-01", 100, "Projects!2"),
        ("3", "2019-01-01", 10, "Projects!2"),
        ("3", "2020-01-01", 20, "Projects!3"),
    ]


def test_a_total_repeated_on_every_transaction_counts_once(tmp_path: Path) -> None:
    own = ["Transaction date", "Transaction type", "Transaction value"]
    first = ["P1", "One", date(2019, 1, 1), "D", 10, "USD", 50]
    second = ["P1", "One", date(2019, 2, 1), "D", 20, "USD", 50]
    rows: Rows = [["ID", "Title", *own, "Currency", "Total commitment"], first, second]
    (record,) = read_rows(tmp_path, rows)
    assert sorted((f.kind, str(f.value)) for f in record.flows) == [
        ("2", "50"),
        ("3", "10"),
        ("3", "20"),
    ]


def test_budgets_by_period_in_a_sheet_of_their_own(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "p.xlsx",
        Projects=[["ID", "Title", "Currency"], ["P1", "One", "USD"]],
        Budgets=[["ID", "Start", "End", "Value"], ["P1", date(2019, 7, 1), date(2020, 6, 30), 10]],
    )
    (budget,) = flows(read_files(path))
    assert budget == ("budget", "2019-07-01", "2020-06-30", Decimal(10), "USD", "Budgets!2")


def test_the_owner_says_once_in_which_month_the_fiscal_year_starts(tmp_path: Path) -> None:
    rows: Rows = [["ID", "Title", "Currency", "Budget FY 2019/20"], ["P1", "One", "USD", 100]]
    records = read_rows(tmp_path, rows, fiscal_year_start=4)
    assert [f[:3] for f in flows(records)] == [("budget", "2019-04-01", "2020-03-31")]


def test_budgets_and_forecasts_in_a_transactions_sheet_have_periods(tmp_path: Path) -> None:
    first, last = date(2019, 7, 1), date(2020, 6, 30)
    path = write_workbook(
        tmp_path / "p.xlsx",
        Projects=[["ID", "Title", "Currency", "Total budget"], ["P1", "One", "USD", 25]],
        Transactions=[
            ["ID", "Type", "Date", "Period start", "Period end", "Amount"],
            ["P1", "Budget", "", first, last, 10],
            ["P1", "Budget, revised", "", first, last, 15],
            ["P1", "Planned disbursement", "", first, last, 20],
            ["P1", "Disbursement", "", first, last, 5],
        ],
    )
    records = read_files(path)
    assert flows(records) == [
        ("budget", "2019-07-01", "2020-06-30", Decimal(10), "USD", "Transactions!2"),
        ("budget-revised", "2019-07-01", "2020-06-30", Decimal(15), "USD", "Transactions!3"),
        ("planned", "2019-07-01", "2020-06-30", Decimal(20), "USD", "Transactions!4"),
        ("3", "2019-07-01", "", Decimal(5), "USD", "Transactions!5"),
    ]
    assert errors_of(records) == []
    assert [issue.cell for issue in issues_of(records, "date-year-only")] == ["D1"]


def test_revised_budgets_in_columns_by_year(tmp_path: Path) -> None:
    rows: Rows = [["ID", "Title", "Budget 2019 (EUR)", "Revised budget 2019 (EUR)"], ["P1", "One", 10, 15]]
    assert [flow[:2] for flow in flows(read_rows(tmp_path, rows))] == [
        ("budget", "2019-01-01"),
        ("budget-revised", "2019-01-01"),
    ]


@pytest.mark.parametrize(
    ("heading", "value"),
    [
        ("Our share in USD", "12,5OO"),
        ("Budget line", 1250),
        ("Population 2019", 1250),
        ("Contribution of volunteers", "much"),
    ],
)
def test_what_is_no_money_is_kept_and_said(tmp_path: Path, heading: str, value: Any) -> None:
    records = read_rows(tmp_path, [["ID", "Title", heading], ["P1", "One", value]])
    (issue,) = issues_of(records, "column-unknown")
    assert (issue.level, issue.column, issue.cell) == ("info", heading, "C1")
    assert flows(records) == []
    assert f'name="{heading}">{value}<'.encode() in records[0].xml


def test_sums_of_an_export_are_no_new_money(tmp_path: Path) -> None:
    rows: Rows = [["ID", "Title", "Currency", "Sum of commitments"], ["P1", "One", "EUR", 1250]]
    records = read_rows(tmp_path, rows)
    assert flows(records) == []
    assert [issue.level for issue in issues_of(records, "column-unknown")] == ["info"]


def test_what_belongs_to_transactions_is_kept_in_a_table_of_projects(tmp_path: Path) -> None:
    rows: Rows = [["ID", "Title", "Country", "Provider", "Period start"], ["P1", "One", "Kenya", "Norad", 2019]]
    (record,) = read_rows(tmp_path, rows)
    assert {issue.column for issue in issues_of([record], "column-unknown")} == {"Provider", "Period start"}
    assert b'name="Provider">Norad<' in record.xml


def test_a_transaction_may_name_its_own_sectors_and_countries(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "p.xlsx",
        Projects=[["ID", "Title", "Currency", "Country"], ["P1", "One", "USD", "Kenya"]],
        Transactions=[
            [
                "ID",
                "Type",
                "Date",
                "Amount",
                "Transaction country",
                "Transaction sector",
                "Transaction sector vocabulary",
            ],
            ["P1", "D", date(2019, 1, 2), 10, "Uganda 60%; Mali 40%", "15160; Health, school", "1; 99"],
            ["P1", "D", date(2019, 1, 3), 10, "Kenia-land", "", ""],
        ],
    )
    records = read_files(path, countries={"Kenia-land": "keep"})
    first, second = records[0].flows
    assert first.countries == (Part("UG", Decimal(60)), Part("ML", Decimal(40)))
    assert first.sectors == (Part("15160", None, "1"), Part("Health, school", None, "99"))
    assert second.countries == ()
    assert b">Kenia-land<" in records[0].xml
    assert [question.path for question in ask_files(path)] == [("countries", "Kenia-land")]
