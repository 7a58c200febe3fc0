"""The dates of rows that are one project each: the same elements as build_activity makes."""

from collections.abc import Sequence
from typing import NamedTuple

from importers.build_activity import one_day
from importers.clean import Cell
from importers.headings import Heading
from importers.plain_columns import Known, Rows, set_apart
from importers.tables import Row, Table

DATES = ("start-planned", "start", "start-actual", "end-planned", "end", "end-actual")


class Days(NamedTuple):
    """What the dates of a project make: XML (None: the slow way decides), and the days by IATI's kind of date."""

    xml: str | None
    days: dict[str, str]


_ODD = Days(None, {})


class PlainDates:
    """The columns of dates of a table."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.names = [name for name in DATES if name in table.by_field]
        self.columns = [self._compile(table.by_field[name][0], is_end=name.startswith("end")) for name in self.names]

    def read(self, rows: Rows, statuses: Sequence[str]) -> list[Days]:
        """What each row's dates make; which date a start or an end is depends on the status."""
        days = [known.each([row[column] for row in rows]) for column, known in self.columns]
        kinds = {status: _list_kinds(self.names, status) for status in set(statuses)}
        return [_join(kinds[status], found) for status, *found in zip(statuses, *days, strict=True)]

    def _compile(self, heading: Heading, *, is_end: bool) -> tuple[int, Known]:
        def read_day(cell: Cell) -> str | None:
            """The day of a cell, '' where it is blank; None where there is something to say or to ask."""
            alone = Row(self.table, 0, [*[""] * heading.column, cell])
            if not alone.said(heading):
                return ""
            with set_apart(self.table):
                return one_day(alone, heading, is_end=is_end) or None

        return heading.column, Known(read_day)


def _list_kinds(names: list[str], status: str) -> list[tuple[str, bool]]:
    """IATI's kind of date of each column, and whether it yields to another column of that kind."""
    usual = {"start": "1" if status == "1" else "2", "end": "4" if status in ("3", "4") else "3"}
    kinds = {"start-planned": "1", "start-actual": "2", "end-planned": "3", "end-actual": "4", **usual}
    return [(kinds[name], name in usual) for name in names]


def _join(kinds: list[tuple[str, bool]], found: list[str | None]) -> Days:
    days: dict[str, str] = {}
    for (kind, yields), day in zip(kinds, found, strict=True):
        if day is None:
            return _ODD
        if day and not (yields and kind in days):
            days[kind] = day
    start, end = days.get("2") or days.get("1"), days.get("4") or days.get("3")
    if start and end and end < start:
        return _ODD
    return Days("".join([f'<activity-date iso-date="{days[kind]}" type="{kind}"/>' for kind in sorted(days)]), days)
