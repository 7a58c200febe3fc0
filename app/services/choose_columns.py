"""Correct how the sheets and columns of a file were understood, and read it again."""

from collections.abc import Mapping

from app import database
from app.errors import InvalidInput
from app.models.worded import worded
from app.rules.answers import Path
from app.rules.permissions import Viewer
from app.services.stage_again import answer_and_stage, open_unsettled
from app.services.work_on_job import WAKE
from importers.proposals import FIELDS, KINDS
from importers.questions import KEEP

MOST_ROWS = 100_000  # in which headings can stand


def choose_columns(
    viewer: Viewer,
    import_id: int,
    columns: Mapping[str, str],
    sheets: Mapping[str, str] | None = None,
    header_rows: Mapping[str, str] | None = None,
) -> None:
    """Remember which field each heading means (heading as the file has it -> field name, or "keep"), what each sheet
    holds (its name -> a key of KINDS), and in which row its headings stand (from 1); stage again.

    Raises NotFound, NotAllowed, InvalidInput, ImportConflict.
    """
    _check(columns, sheets or {}, header_rows or {})
    given: dict[Path, str] = {("headings", heading): field for heading, field in columns.items()}
    given |= {("sheets", name): kind for name, kind in (sheets or {}).items()}
    given |= {("header_rows", name): str(int(number)) for name, number in (header_rows or {}).items()}
    if not given:
        raise InvalidInput("Choose another reading of at least one column or sheet.")
    with database.write() as connection:
        answer_and_stage(connection, open_unsettled(connection, viewer, import_id), given)
    WAKE.set()


def _check(columns: Mapping[str, str], sheets: Mapping[str, str], header_rows: Mapping[str, str]) -> None:
    for heading, field in columns.items():
        if field not in FIELDS and field != KEEP:
            raise InvalidInput(
                worded("“%(field)s” is not a field that “%(heading)s” could be.", field=field, heading=heading)
            )
    for name, kind in sheets.items():
        if kind not in KINDS:
            raise InvalidInput(
                worded(
                    "“%(kind)s” is nothing that the sheet “%(name)s” could hold. It is one of: %(choices)s.",
                    kind=kind,
                    name=name,
                    choices=", ".join(KINDS),
                )
            )
    for name, number in header_rows.items():
        if not (number.isascii() and number.isdigit() and 0 < int(number[:9]) <= MOST_ROWS):
            raise InvalidInput(
                worded(
                    "“%(number)s” is no row in which the headings of “%(name)s” could stand. Rows count from 1.",
                    number=number,
                    name=name,
                )
            )
