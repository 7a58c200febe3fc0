"""The history of imports."""

from collections.abc import Sequence
from dataclasses import fields, replace
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, case, delete, select, update

from app.errors import NotFound
from app.models.activity import ActivityVersion
from app.models.import_run import IN_FORCE, ImportFile, ImportIssue, ImportRun
from app.models.issue import Issue
from app.models.organisation import Organisation
from app.models.record import Party
from app.models.worded import Worded, pack_wording, unpack_wording, worded
from app.queries.bulk import insert_models, one_of, take_ids
from app.queries.organisations import Directory
from app.queries.users import USER

RUN = ImportRun.__table__  # type: ignore[attr-defined]
FILE = ImportFile.__table__  # type: ignore[attr-defined]
ISSUE = ImportIssue.__table__  # type: ignore[attr-defined]
VERSION = ActivityVersion.__table__  # type: ignore[attr-defined]
ORGANISATION = Organisation.__table__  # type: ignore[attr-defined]
LEVELS = {"error": 0, "warning": 1, "info": 2}
_FIELDS_OF = attrgetter(*(field.name for field in fields(Issue)))  # level, code, message, hint, sheet, row, ...


_BLANK = {
    **dict.fromkeys(("read", "new", "changed", "unchanged", "removed", "rejected", "done", "total"), 0),
    **dict.fromkeys(("issue_counts", "answers", "mode_effects", "totals"), "{}"),
    "questions": "[]", "keep_good": False, "asked_format": "auto", "profile": "default", "files_digest": "",
}  # fmt: skip


def insert_run(connection: Connection, **values: Any) -> int:
    """A new entry; its number. Numbers grow by one, refused imports included."""
    number = take_ids(connection, "import_run", 1)
    connection.execute(RUN.insert().values(id=number, **{**_BLANK, **values}))
    return number


def update_run(connection: Connection, number: int, **values: Any) -> None:
    connection.execute(update(RUN).where(RUN.c.id == number).values(**values))


def insert_issues(connection: Connection, number: int, issues: Sequence[Issue]) -> None:
    first = take_ids(connection, "import_issue", len(issues))
    rows = [
        (key, number, *map(_plain, _FIELDS_OF(issue)), pack_wording(message=issue.message, hint=issue.hint))
        for key, issue in enumerate(issues, first)
    ]
    insert_models(connection, ImportIssue, rows)


def _plain(value: Any) -> Any:
    """A database takes texts that are just that."""
    return str(value) if isinstance(value, Worded) else value


def issue_of(row: Any) -> Issue:
    """The issue that a row holds, with its texts as they were put together."""
    issue = Issue(*_FIELDS_OF(row))
    if not row.wording:
        return issue
    texts = unpack_wording(row.wording)
    return replace(issue, message=texts.get("message", issue.message), hint=texts.get("hint", issue.hint))


def organisation_id(connection: Connection, ref: str) -> int:
    """The id of the organisation with this reference, made if nobody has named it yet."""
    directory = Directory(connection)
    party = Party(ref, "")
    directory.learn([party])
    return directory.id_of(party)


def get_run(connection: Connection, number: int, *, lock: bool = False) -> Any:
    """One import's row; with `lock`, nobody else settles it until this transaction ends. Raises NotFound."""
    query = select(RUN).where(RUN.c.id == number)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound(worded("There is no import %(number)s.", number=number))
    return row


def list_runs(connection: Connection, owner_id: int | None = None, limit: int = 200) -> list[Any]:
    """Imports, newest first; of one owner where given. Each with `who`: the e-mail address of its sender, or None."""
    joined = RUN.outerjoin(USER, USER.c.id == RUN.c.user_id)
    query = select(RUN, USER.c.email.label("who")).select_from(joined).order_by(RUN.c.id.desc()).limit(limit)
    if owner_id is not None:
        query = query.where(RUN.c.owner_id == owner_id)
    return list(connection.execute(query))


def list_issues(connection: Connection, number: int) -> list[Issue]:
    """Issues of one import in file order: errors first, then warnings, then the rest."""
    order = case(LEVELS, value=ISSUE.c.level, else_=len(LEVELS))
    query = select(ISSUE).where(ISSUE.c.import_id == number).order_by(order, ISSUE.c.id)
    return [issue_of(row) for row in connection.execute(query)]


def delete_issues(connection: Connection, number: int) -> None:
    connection.execute(delete(ISSUE).where(ISSUE.c.import_id == number))


def insert_files(connection: Connection, number: int, files: Sequence[tuple[str, str, int]]) -> None:
    """Note the files (name, SHA-256, size) of an import."""
    rows = [(number, position, *file) for position, file in enumerate(files)]
    insert_models(connection, ImportFile, rows)


def list_files(connection: Connection, number: int) -> list[Any]:
    """The files of an import in the order in which they were given."""
    return list(connection.execute(select(FILE).where(FILE.c.import_id == number).order_by(FILE.c.position)))


def same_import(connection: Connection, run: Any) -> int | None:
    """The last committed import of the same files for the same owner, made before this one."""
    c = RUN.c
    same = (c.files_digest == run.files_digest) & (c.owner_id == run.owner_id) & c.state.in_(IN_FORCE)
    query = select(c.id).where(same, c.id < run.id).order_by(c.id.desc()).limit(1)
    return connection.execute(query).scalar() if run.files_digest else None


def organisation_ref(connection: Connection, number: int | None) -> str | None:
    """The reference of an organisation, None for none."""
    return connection.execute(select(ORGANISATION.c.ref).where(ORGANISATION.c.id == number)).scalar()


def list_versions(connection: Connection, import_id: int, change: str, limit: int | None = None) -> list[Any]:
    """The versions that an import brought, of one kind of change, without their records."""
    columns = [column for column in VERSION.c if column.name not in ("record", "places")]
    query = select(*columns).where(VERSION.c.import_id == import_id, VERSION.c.change == change)
    return list(connection.execute(query.order_by(VERSION.c.id).limit(limit)))


def read_versions(connection: Connection, numbers: Sequence[int]) -> list[Any]:
    """Whole versions by number, in order."""
    chosen = one_of(VERSION.c.id, numbers)
    return list(connection.execute(select(VERSION).where(chosen).order_by(VERSION.c.id)))


def later_imports(connection: Connection, import_id: int) -> list[int]:
    """Committed imports that changed again what this one changed."""
    mine = select(VERSION.c.id).where(VERSION.c.import_id == import_id, VERSION.c.activity_id.is_not(None))
    query = (
        select(VERSION.c.import_id).where(VERSION.c.previous_id.in_(mine)).join(RUN, RUN.c.id == VERSION.c.import_id)
    )
    return sorted(set(connection.execute(query.where(RUN.c.state.in_(IN_FORCE))).scalars()))


def list_changed(connection: Connection, import_id: int) -> list[int]:
    """The activities that an import brought, changed or archived."""
    query = select(VERSION.c.activity_id).where(VERSION.c.import_id == import_id, VERSION.c.activity_id.is_not(None))
    return sorted(set(connection.execute(query).scalars()))
