"""Correct how the columns of a sheet were understood, and read it again."""

from collections.abc import Mapping

from app import database
from app.errors import InvalidInput
from app.rules.permissions import Viewer
from app.services.stage_again import answer_and_stage, open_unsettled
from app.services.work_on_job import WAKE
from importers.proposals import FIELDS
from importers.questions import KEEP


def choose_columns(viewer: Viewer, import_id: int, columns: Mapping[str, str]) -> None:
    """Remember which field each heading means (heading as the file has it -> field name, or "keep"); stage again.

    Raises NotFound, NotAllowed, InvalidInput, ImportConflict.
    """
    if not columns:
        raise InvalidInput("Choose at least one column.")
    for heading, field in columns.items():
        if field not in FIELDS and field != KEEP:
            raise InvalidInput(f"“{field}” is not a field that “{heading}” could be.")
    with database.write() as connection:
        run = open_unsettled(connection, viewer, import_id)
        answer_and_stage(connection, run, {("headings", heading): field for heading, field in columns.items()})
    WAKE.set()
