"""Write one record that somebody made on a page, as the import of a file is written."""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from lxml import etree
from sqlalchemy import Connection

from app.errors import ImportConflict
from app.models.issue import Issue
from app.models.packed import unpack_record
from app.models.record import Reported
from app.queries import imports
from app.queries.audit import note_action
from app.queries.bulk import bump_data_version
from app.queries.hand_edits import BY_HAND
from app.queries.record_writer import RecordWriter
from app.rules.compare import canonical, money_elements, parse_record
from app.rules.permissions import Viewer
from app.services.project_form import Problem
from app.services.word_issue import word_issue


@dataclass(frozen=True, slots=True)
class Origin:
    """A version that a record by hand is made of: its XML, and where its amounts stood in which file."""

    xml: bytes
    places: list[str]
    file_name: str

    @classmethod
    def of(cls, version: Any) -> "Origin":
        """Of a version's row with the name and format of its import."""
        is_by_hand = version.format == BY_HAND
        return cls(unpack_record(version.record), version.places.split("\n"), "" if is_by_hand else version.file_name)


class HandRefused(Exception):
    """The checks of an import speak against a record; rolls its writing back."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


def write_by_hand(
    connection: Connection, viewer: Viewer, owner: str, element: etree._Element, origins: Sequence[Origin] = ()
) -> int:
    """Store the record as one import of one project; the import's number.

    `origins` are the versions that it is made of; none for a new project. Raises HandRefused, ImportConflict.
    """
    xml = etree.tostring(element, encoding="utf-8")
    now = datetime.now(UTC)
    run_id = imports.insert_run(
        connection, owner_id=imports.organisation_id(connection, owner), user_id=viewer.user_id, state="committed",
        format=BY_HAND, mode="update", file_name=element.findtext("iati-identifier") or "", file_size=len(xml),
        created_at=now, finished_at=now,
    )  # fmt: skip
    writer = RecordWriter(connection, run_id, owner, "update")
    issues = writer.take([Reported(element, xml, places=_places(element, origins))])
    _check(writer, issues, is_new=not origins)
    writer.finish()
    bump_data_version(connection)
    # Whoever edits by hand sees what was written by hand before: nobody has to be warned.
    told = [issue for issue in issues if issue.code != "edited-by-hand"]
    imports.insert_issues(connection, run_id, told)
    counted = json.dumps(Counter(issue.code for issue in told))
    imports.update_run(connection, run_id, issue_counts=counted, **asdict(writer.counts))
    note_action(connection, viewer.user_id, "add by hand" if not origins else "edit by hand", f"import {run_id}")
    return run_id


def _check(writer: RecordWriter, issues: Sequence[Issue], *, is_new: bool) -> None:
    if writer.counts.rejected:
        told = [word_issue(one) for one in issues if one.level == "error"]
        raise HandRefused([Problem("", f"{one.message} {one.hint}") for one in told])
    if (writer.counts.new, writer.counts.changed) != ((1, 0) if is_new else (0, 1)):
        raise ImportConflict(
            "This project has changed hands since it was opened. Open it again and edit it from there."
        )


def _places(element: etree._Element, origins: Sequence[Origin]) -> list[str]:
    """Where each amount stands: an unchanged one in the file that brought it, one written here nowhere."""
    known: defaultdict[bytes, list[str]] = defaultdict(list)
    for origin in origins:
        for one, place in zip(money_elements(parse_record(origin.xml)), origin.places[1:], strict=False):
            known[canonical(one)].append(_full_place(origin.file_name, place))
    found = []
    for one in money_elements(element):
        places = known[canonical(one)]
        found.append(places.pop(0) if places else "")
    return ["", *found]


def _full_place(file_name: str, place: str) -> str:
    """A place that names its file, since the import that holds it now is not of that file."""
    is_full = not file_name or not place or place.startswith(f"{file_name}!")
    return place if is_full else f"{file_name}!{place}"
