"""Agreements as a table: a line for each party."""

from collections.abc import Sequence

from app.services.list_agreements import AgreementLine
from app.services.overlap_tables import money
from app.services.place_names import place_name
from app.settings import settings
from exports.table import Cell, Table


def agreements_table(lines: Sequence[AgreementLine]) -> Table:
    """What each agreement says, and what the data say of each party since."""
    currency = settings().base_currency
    headings = [
        "Agreement", "State", "Decided on", "Due", "Late", "Framework", "Country", "Country name", "Area",
        "What was agreed", "Organisation", "Name", "Part", "Follow-up", f"Years before ({currency})",
        f"That year ({currency})", f"Years since ({currency})", "Projects then", "Projects now", "Until",
    ]  # fmt: skip
    rows: list[list[Cell]] = []
    for line in lines:
        row = line.row
        head: list[Cell] = [
            row.id, row.state, row.decided_on, row.due, "late" if line.is_late else "", line.framework.key,
            row.country, place_name(row.country), line.area.code if line.area else "", row.description,
        ]  # fmt: skip
        for one in line.parties:
            found = one.found
            rows.append([
                *head, one.ref, one.name, one.role, found.verdict, money(found.before), money(found.year),
                money(found.since), found.then, found.now, found.until,
            ])  # fmt: skip
        if not line.parties:
            rows.append(head + [None] * (len(headings) - len(head)))
    return Table("Agreements", headings, rows)
