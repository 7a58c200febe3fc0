"""Change a project by hand: a version like any other, brought by an import of its own that can be taken back."""

from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from sqlalchemy import Connection

from app import database
from app.errors import Busy, InvalidInput, NotAllowed
from app.models.packed import unpack_record
from app.queries import project
from app.queries.bulk import take_short_turn
from app.queries.record_writer import lock_activities
from app.rules.compare import is_same_record, parse_record
from app.rules.merge_edits import Clash, find_clashes, merge_edits
from app.rules.permissions import Viewer, may_change
from app.services.fill_record import fill_record
from app.services.project_form import Problem, ProjectForm, read_form
from app.services.suggest_areas import suggest_soon
from app.services.write_by_hand import HandRefused, Origin, write_by_hand

MINE, THEIRS = "mine", "theirs"


@dataclass(slots=True)
class Edited:
    """What became of a form. Without problems and clashes it is in: `import_id` is the import that brought it,
    None where it says what was there already. `clashes`: parts that somebody else changed meanwhile."""

    activity_id: int | None = None
    import_id: int | None = None
    problems: list[Problem] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)


def open_project_form(connection: Connection, viewer: Viewer, number: int, locale: str) -> tuple[Any, ProjectForm]:
    """The project's row and the form as it stands. Raises NotFound, NotAllowed."""
    row = _may_edit(connection, viewer, number)
    form = read_form(_record(connection, row.version_id), locale)
    form.version = row.version_id
    return row, form


def edit_project(viewer: Viewer, number: int, form: ProjectForm, locale: str = "en") -> Edited:
    """Carry out what the form changes, or say why not; `form` then tells its writer's next try what was seen.

    Raises NotFound, NotAllowed, InvalidInput.
    """
    try:
        with database.write_briefly() as connection:
            take_short_turn(connection)
            lock_activities(connection, [number])
            found = _edit(connection, viewer, number, form, locale)
    except HandRefused as refusal:
        return Edited(number, problems=refusal.problems)
    except Busy as refusal:
        return Edited(number, problems=[Problem("", str(refusal))])
    if found.import_id is not None:
        suggest_soon(found.import_id)
    return found


def _edit(connection: Connection, viewer: Viewer, number: int, form: ProjectForm, locale: str) -> Edited:
    row = _may_edit(connection, viewer, number)
    before = _opened_with(connection, number, form.version)
    current = before if before.id == row.version_id else project.read_version(connection, row.version_id)
    element = parse_record(unpack_record(before.record))
    base = read_form(element, locale)
    form.hidden = base.hidden
    if problems := fill_record(element, base, form):
        return Edited(number, problems=problems)
    if current is not before:
        merged = _merge(form, before, current, etree.tostring(element, encoding="utf-8"))
        if isinstance(merged, list):
            return Edited(number, clashes=merged)
        element = merged
    if is_same_record(unpack_record(current.record), etree.tostring(element, encoding="utf-8")):
        return Edited(number)
    origins = [Origin.of(current)] if current is before else [Origin.of(current), Origin.of(before)]
    return Edited(number, write_by_hand(connection, viewer, row.owner_ref, element, origins))


def _may_edit(connection: Connection, viewer: Viewer, number: int) -> Any:
    row = project.get_project(connection, viewer, number)
    if not may_change(viewer, row.owner_id):
        raise NotAllowed("Only editors of the organisation that brought this project may edit it.")
    return row


def _record(connection: Connection, version_id: int) -> etree._Element:
    return parse_record(unpack_record(project.read_version(connection, version_id).record))


def _opened_with(connection: Connection, number: int, version_id: int | None) -> Any:
    """The version that a form was opened with."""
    found = project.find_version(connection, version_id) if version_id else None
    if found is None or found.activity_id != number or found.record is None:
        raise InvalidInput("This form is not of this project, or too old. Open the project and edit it from there.")
    return found


def _merge(form: ProjectForm, before: Any, current: Any, mine: bytes) -> etree._Element | list[Clash]:
    """What both want; or what they both changed, for the writer to choose once they have seen it."""
    earlier, theirs = (unpack_record(one.record) for one in (before, current))
    clashes = find_clashes(earlier, theirs, mine)
    has_seen = form.seen == current.id
    form.seen = current.id
    if clashes and not (has_seen and all(form.chosen.get(one.part.field) in (MINE, THEIRS) for one in clashes)):
        return clashes
    keep = {one.part.field for one in clashes if form.chosen[one.part.field] == THEIRS}
    return merge_edits(earlier, theirs, mine, keep)
