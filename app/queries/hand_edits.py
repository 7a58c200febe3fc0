"""What people edited by hand, so that an import that writes over it says so."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, exists, select

from app.models.import_run import IN_FORCE
from app.models.issue import Issue
from app.models.packed import unpack_record
from app.models.worded import worded
from app.queries.bulk import in_chunks, one_of
from app.queries.imports import RUN, VERSION
from app.queries.users import USER
from app.rules.compare import Change, differences

BY_HAND = "by-hand"  # the format of the import that an edit on a page is


class Overwriting(NamedTuple):
    """A project that an import changes: the stored XML and what it becomes."""

    activity_id: int
    identifier: str
    before: bytes
    after: bytes


def has_hand_edits(connection: Connection) -> bool:
    """Whether anybody ever edited a project by hand."""
    return bool(connection.execute(select(exists().where(RUN.c.format == BY_HAND))).scalar())


def warn_of_overwriting(connection: Connection, changing: Iterable[Overwriting]) -> list[Issue]:
    """One warning for each field whose present value was written by hand and that changes."""
    by_id = {one.activity_id: one for one in changing}
    issues: list[Issue] = []
    written: set[tuple[int, str]] = set()
    for edit in _edits(connection, list(by_id)):
        one = by_id[edit.activity_id]
        overwritten = {change.field: change for change in differences(one.before, one.after)}
        for field, value in _values_written(connection, edit).items():
            change = overwritten.get(field)
            if change is not None and change.before == value.after and (edit.activity_id, field) not in written:
                written.add((edit.activity_id, field))
                issues.append(_warning(one, change, edit))
    return issues


def _edits(connection: Connection, ids: list[int]) -> Iterator[Any]:
    """Versions of these activities that were written by hand, the newest first, with who and when."""
    for some in in_chunks(ids):
        query = (
            select(VERSION.c.activity_id, VERSION.c.previous_id, VERSION.c.record, RUN.c.created_at, USER.c.email)
            .join(RUN, RUN.c.id == VERSION.c.import_id)
            .outerjoin(USER, USER.c.id == RUN.c.user_id)
            .where(one_of(VERSION.c.activity_id, some), VERSION.c.record.is_not(None))
            .where(RUN.c.format == BY_HAND, RUN.c.state.in_(IN_FORCE))
            .order_by(VERSION.c.id.desc())
        )
        yield from connection.execute(query).all()


def _values_written(connection: Connection, edit: Any) -> dict[str, Change]:
    """What an edit changed, by field; a project that was made by hand as a whole is compared with nothing."""
    before = None
    if edit.previous_id is not None:
        before = connection.execute(select(VERSION.c.record).where(VERSION.c.id == edit.previous_id)).scalar()
    earlier = unpack_record(before) if before else b"<iati-activity/>"
    return {change.field: change for change in differences(earlier, unpack_record(edit.record))}


def _warning(one: Overwriting, change: Change, edit: Any) -> Issue:
    day = edit.created_at.date().isoformat()
    message = (
        worded(
            "“%(field)s” was edited by hand by %(who)s on %(day)s; this file changes it.",
            field=change.field,
            who=edit.email,
            day=day,
        )
        if edit.email
        else worded(
            "“%(field)s” was edited by hand by the operator on %(day)s; this file changes it.",
            field=change.field,
            day=day,
        )
    )
    return Issue(
        "warning", "edited-by-hand", message,
        "To keep what was written by hand, choose in the preview to keep the stored value.",
        activity=one.identifier, column=change.field, value=change.before,
    )  # fmt: skip
