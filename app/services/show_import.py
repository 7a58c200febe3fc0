"""One import for its page: what it would change or has changed, project by project."""

from dataclasses import dataclass
from typing import Any

from lxml import etree
from sqlalchemy import Connection

from app.models.packed import unpack_record
from app.models.read_record import read_record
from app.models.record import Reported
from app.queries import imports
from app.rules.compare import Change, differences, merge_partial, parse_record

SHOWN = 200


@dataclass(frozen=True, slots=True)
class ChangedActivity:
    """A project that an import changes, with each part before and after."""

    identifier: str
    title: str
    changes: list[Change]


@dataclass(frozen=True, slots=True)
class ImportPage:
    """An import with the first SHOWN projects of each kind."""

    run: Any
    owner: str | None
    issues: list[Any]
    new: list[tuple[str, str]]
    changed: list[ChangedActivity]
    removed: list[str]


def show_import(connection: Connection, import_id: int) -> ImportPage:
    """Raises NotFound."""
    run = imports.get_run(connection, import_id)
    # A staged partial report is shown as it would be once it is laid over what is stored.
    is_laid_over = run.state == "previewed" and run.mode == "update"
    new = imports.list_versions(connection, import_id, "new", SHOWN)
    changed = imports.list_versions(connection, import_id, "changed", SHOWN)
    removed = imports.list_versions(connection, import_id, "removed", SHOWN)
    return ImportPage(
        run,
        imports.organisation_ref(connection, run.owner_id),
        imports.list_issues(connection, import_id),
        [
            (row.identifier, _title(unpack_record(row.record)))
            for row in imports.read_versions(connection, [v.id for v in new])
        ],
        _changed(connection, changed, is_laid_over),
        [version.identifier for version in removed],
    )


def _title(xml: bytes) -> str:
    return read_record(Reported(parse_record(xml), xml, places=[])).title


def _changed(connection: Connection, versions: list[Any], is_laid_over: bool) -> list[ChangedActivity]:
    numbers = [number for v in versions for number in (v.id, v.previous_id)]
    rows = {row.id: row for row in imports.read_versions(connection, numbers)}
    found = []
    for version in versions:
        before, after = (unpack_record(rows[number].record) for number in (version.previous_id, version.id))
        if version.partial and is_laid_over:
            after = etree.tostring(merge_partial(parse_record(before), parse_record(after)))
        found.append(ChangedActivity(version.identifier, _title(after), differences(before, after)))
    return found
