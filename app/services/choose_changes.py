"""Choose what of a preview to write: leave projects out, keep stored values of chosen fields."""

from collections.abc import Mapping, Set

from app import database
from app.errors import ImportConflict
from app.models.worded import worded
from app.queries.staged_rows import staged_positions, write_choices
from app.rules.permissions import Viewer
from app.services.stage_again import open_unsettled


def choose_changes(
    viewer: Viewer, import_id: int, left_out: Set[int], kept: Mapping[int, Set[str]], shown: Set[int] | None = None
) -> None:
    """Note the choice for each project (ProjectChange.id) and field (Change.field); confirm_import carries it out.

    `shown` are the projects that the form showed: choices about others stay as they are (None: about all).
    Raises NotFound, NotAllowed, ImportConflict.
    """
    with database.write() as connection:
        run = open_unsettled(connection, viewer, import_id)
        if run.state != "previewed":
            raise ImportConflict(
                worded(
                    "Import %(number)s is %(state)s; only of a preview something can be chosen.",
                    number=import_id,
                    state=run.state,
                )
            )
        chosen = staged_positions(connection, import_id) if shown is None else shown
        write_choices(connection, import_id, chosen, left_out, kept)
