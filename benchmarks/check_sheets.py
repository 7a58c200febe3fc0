"""Whether what is stored of tables (spreadsheets, CSV, JSON) equals the files: projects, transactions, sums by type,
currency and year.

The files' own figures come by plain csv, json and calamine, with none of the product's reading. Where a file leaves
something open, the answer that a person would give is given here, and how many questions there were is printed.
Run: python -m benchmarks.check_sheets FOLDER (with files as in ../shared/data)
"""

import csv
import json
import os
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from unicodedata import normalize

from python_calamine import CalamineWorkbook

from benchmarks.check_counts import Sums, count_stored

Row = dict[str, Any]
Money = tuple[str, str, str, str]  # type, currency, year, amount


@dataclass
class Counted:
    """What a file says: its rows, the ids of its projects, its amounts."""

    rows: int = 0
    projects: set[Any] = field(default_factory=set)
    money: list[Money] = field(default_factory=list)

    @property
    def sums(self) -> Sums:
        sums: Sums = defaultdict(Decimal)
        for kind, currency, year, amount in self.money:
            sums[kind, currency, year] += Decimal(amount)
        return dict(sums)


def rows_of_csv(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def rows_of_sheet(path: Path, name: str) -> Iterator[Row]:
    headings, *rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(name).to_python()
    for row in rows:
        yield {str(heading): cell for heading, cell in zip(headings, row, strict=True) if heading}


def count_crs(path: Path) -> Counted:
    found = Counted()
    for row in rows_of_sheet(path, "Data"):
        found.rows += 1
        found.projects.add((row["donorcode"], row["crsid"]))
        for kind, column in (("2", "usd_commitment"), ("3", "usd_disbursement")):
            if row[column]:
                found.money.append((kind, "USD", str(int(row["Year"])), repr(row[column])))
    return found


def count_fts(path: Path) -> Counted:
    found = Counted()
    kinds = {"commitment": "2", "paid": "3", "pledge": "12"}
    for row in rows_of_csv(path):
        found.rows += 1
        found.projects.add(row["id"])
        if row["boundary"] == "incoming" and row["amountUSD"] != "0":
            found.money.append((kinds[row["status"]], "USD", row["date"][:4], row["amountUSD"]))
    return found


def count_presence(path: Path) -> Counted:
    found = Counted()
    columns = ("Donor Name", "Program Partner Name", "Implementing Partner Name", "Cluster", "Activity")
    for row in rows_of_csv(path):
        found.rows += 1
        key = tuple("".join(filter(str.isalnum, normalize("NFKD", row[column].casefold()))) for column in columns)
        if any(key):
            found.projects.add(key)
    return found


def count_grants_sheet(path: Path) -> Counted:
    found = Counted()
    for row in rows_of_sheet(path, "grants"):
        found.rows += 1
        found.projects.add(row["Identifier"])
        found.money.append(("2", row["Currency"], str(row["Award Date"])[:4], repr(row["Amount Awarded"])))
    return found


def count_grants_json(path: Path) -> Counted:
    """Spending without a date of its own counts at the planned start, else on the day of the award."""
    found = Counted()
    for grant in json.loads(path.read_text(encoding="utf-8"), parse_float=str)["grants"]:
        found.rows += 1
        found.projects.add(grant["id"])
        award = grant["awardDate"][-4:]
        planned = grant.get("plannedDates", [{}])[0].get("startDate", "")
        found.money.append(("2", grant["currency"], award, grant["amountAwarded"]))
        if Decimal(grant["amountDisbursed"]):
            start = re.findall(r"\d{4}", planned)
            found.money.append(("3", grant["currency"], start[0] if start else award, grant["amountDisbursed"]))
    return found


def count_pair(folder: Path) -> Counted:
    found = Counted()
    for row in rows_of_csv(folder / "projects.csv"):
        found.rows += 1
        found.projects.add(row["project_id"])
    for row in rows_of_csv(folder / "transactions.csv"):
        found.rows += 1
        kind = {"C": "2", "D": "3"}[row["transaction_value_code"]]
        found.money.append((kind, row["transaction_currency"], row["transaction_year"], row["transaction_value"]))
    found.rows += sum(1 for _ in rows_of_csv(folder / "locations.csv"))
    return found


def count_flattened(folder: Path) -> Counted:
    found = Counted()
    for row in rows_of_csv(folder / "main.csv"):
        found.rows += 1
        found.projects.add(row["iati-identifier"])
    for row in rows_of_csv(folder / "transactions.csv"):
        found.rows += 1
        day = row["transaction/0/transaction-date/@iso-date"]
        found.money.append((row["transaction/0/transaction-type/@code"], "EUR", day[:4], row["transaction/0/value"]))
    return found


def count_publisher_workbook(path: Path) -> Counted:
    found = Counted()
    workbook = CalamineWorkbook.from_path(str(path))
    for name in set(workbook.sheet_names) - {"Instructions", "Options"}:
        for row in rows_of_sheet(path, name):
            found.rows += 1
            found.projects |= {row["Activity Identifier"]} - {""}
            if row.get("Value Value"):
                kind, currency = (
                    str(row[column]).split(" - ")[0] for column in ("Transaction Type Code", "Value Currency")
                )
                found.money.append((kind, currency, str(row["Transaction Date Date"])[:4], repr(row["Value Value"])))
    return found


def count_publisher_csv(path: Path) -> Counted:
    found = Counted()
    for row in rows_of_csv(path):
        found.rows += 1
        found.projects |= {row["Activity Identifier"]} - {""}
        if row["Transaction Value"]:
            found.money.append((row["Transaction Type"], "BSD", row["Transaction Date"][-4:], row["Transaction Value"]))
    return found


@dataclass(frozen=True)
class Case:
    """Files that are imported together, how they are counted, and what a person answers."""

    name: str
    files: tuple[str, ...]
    count: Callable[[Path], Counted]
    answers: dict[str, Any] = field(default_factory=dict)


CASES = (
    Case("oecd-crs/denmark-2010.xlsx", ("",), count_crs),
    Case("fts/fts-2026.csv", ("",), count_fts),
    Case("3w/ethiopia-2025-08.csv", ("",), count_presence, {"countries": {"ET": "ET"}}),
    Case("360giving/lloyds-2010-2015.xlsx", ("",), count_grants_sheet),
    Case("360giving/baring.json", ("",), count_grants_json),
    Case("pair-bangladesh", ("projects.csv", "transactions.csv", "locations.csv"), count_pair),
    Case("spreadsheets/iati-publisher-activity.xlsx", ("",), count_publisher_workbook),
    Case("spreadsheets/iati-publisher-complete.csv", ("",), count_publisher_csv),
    Case("spreadsheets/flatten-tool-headings", ("main.csv", "transactions.csv"), count_flattened, {"currency": "EUR"}),
)


def import_case(paths: list[Path], answers: dict[str, Any]) -> tuple[str, int, tuple[int, int, Sums]]:
    """The state of the import, how many questions it had before the answers, and what is stored."""
    from app.services.import_portfolio import ImportRequest, import_portfolio
    from app.services.migrate_database import migrate_database
    from app.settings import settings
    from importers.base import Source
    from importers.registry import read

    _, reading = read([Source(path, path.name) for path in paths])
    questions = sum(len(reported.questions) for reported in reading)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TESSERA_DATA_DIR"] = folder
        settings.cache_clear()
        migrate_database()
        sources = [Source(path, path.name, answers) for path in paths]
        result = import_portfolio(ImportRequest(sources, owner="XX-TEST", suggest=False))
        return result.state, questions, count_stored()


def is_equal(stored: tuple[int, int, Sums], wanted: Counted) -> bool:
    """Stored amounts have twelve decimals: one more digit of a file may differ in the last of them."""
    activities, transactions, sums = stored
    if (activities, transactions, sums.keys()) != (len(wanted.projects), len(wanted.money), wanted.sums.keys()):
        return False
    return all(abs(sums[key] - total) < Decimal("1e-12") * len(wanted.money) for key, total in wanted.sums.items())


def check(folder: Path, case: Case) -> bool:
    path = folder / case.name
    wanted = case.count(path)
    state, questions, stored = import_case([path / name if name else path for name in case.files], case.answers)
    equal = state == "committed" and is_equal(stored, wanted)
    totals: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for (kind, currency, _), amount in wanted.sums.items():
        totals[kind, currency] += amount
    shown = ", ".join(f"{currency} {total:,.2f} (type {kind})" for (kind, currency), total in sorted(totals.items()))
    print(f"{'equal' if equal else 'DIFFERENT':<10}{case.name:<36}{wanted.rows:>6} rows {len(wanted.projects):>5} projects "
          f"{len(wanted.money):>6} transactions {questions} questions  {shown or 'no money'}")  # fmt: skip
    if not equal:
        print(
            f"{'':<10}stored: {state}, {stored[0]} projects, {stored[1]} transactions, {sum(stored[2].values(), Decimal(0))}"
        )
    return equal


if __name__ == "__main__":
    os.environ.pop("TESSERA_DATABASE_URL", None)
    results = [check(Path(sys.argv[1]), case) for case in CASES]
    sys.exit(0 if all(results) else 1)
