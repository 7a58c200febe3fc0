"""A snapshot as the report that it was: every page and file is made of it as of a report of today."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.queries import snapshots
from app.rules.frozen_money import FrozenMoney
from app.services.frozen_document import unpack_document
from app.services.report_meeting import Meeting
from app.services.report_overlap import OverlapReport


@dataclass(slots=True)
class OpenedSnapshot:
    """`row`: who froze it, when and why; `formulas`: how its figures were made, by the method of its time."""

    row: Any
    report: OverlapReport
    meeting: Meeting
    method: str
    formulas: dict[str, str]


def open_snapshot(connection: Connection, number: int) -> OpenedSnapshot:
    """The frozen report. Raises NotFound."""
    row = snapshots.get_snapshot(connection, number)
    content = unpack_document(bytes(row.document))
    report: OverlapReport = content["report"]
    report.areas = report.framework.by_id
    report.cells = {(cell.country, cell.area, cell.donor): cell for cell in report.figures.cells}
    return OpenedSnapshot(row, report, content["meeting"], content["method"], content["formulas"])


def open_money(snapshot: OpenedSnapshot) -> FrozenMoney:
    """The amounts that the frozen report adds up."""
    money: FrozenMoney = unpack_document(bytes(snapshot.row.money))
    return money
