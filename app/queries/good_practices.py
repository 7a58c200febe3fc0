"""Good practices as the database holds them: reading, searching, writing."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, insert, or_, select, true, update

from app.errors import NotFound
from app.models.good_practice import GoodPractice
from app.models.line_document import SHARED
from app.models.organisation import Organisation
from app.models.practice_document import PracticeDocument, practice_of
from app.queries.activities import ACTIVITY, activities_visible_to
from app.queries.bulk import one_of
from app.queries.folded_search import has_words, lists
from app.rules.folded_text import fold_words
from app.rules.permissions import Viewer

PRACTICE = GoodPractice.__table__  # type: ignore[attr-defined]
ORGANISATION = Organisation.__table__  # type: ignore[attr-defined]
LISTS = ("countries", "areas", "projects", "documents")
_SEARCHED = ("title", "description", "results", "lessons", "conditions")
_NAMES = tuple(field.name for field in fields(PracticeDocument))


@dataclass(frozen=True, slots=True)
class PracticeFilter:
    """Which practices. `areas`: any of these answers; `organisation`: whose, by reference; `project`: an identifier."""

    words: str = ""
    country: str = ""
    areas: tuple[str, ...] = ()
    evidence: str = ""
    organisation: str = ""
    project: str = ""


def practices_visible_to(viewer: Viewer, *columns: Any) -> Select[Any]:
    """Current practices that are shared, or that the viewer's organisation keeps; the operator sees all. The one door."""
    joined = PRACTICE.join(ORGANISATION, ORGANISATION.c.id == PRACTICE.c.owner_id)
    return select(*columns).select_from(joined).where(PRACTICE.c.state == "current", _visible(viewer))


def _visible(viewer: Viewer) -> ColumnElement[bool]:
    if viewer.is_operator:
        return true()
    return or_(PRACTICE.c.visibility == SHARED, PRACTICE.c.owner_id == viewer.organisation_id)


def _whole(viewer: Viewer) -> Select[Any]:
    owner = (ORGANISATION.c.ref.label("owner_ref"), ORGANISATION.c.name.label("owner_name"))
    return practices_visible_to(viewer, PRACTICE, *owner)


def document_of(_: Connection, row: Any) -> PracticeDocument:
    """The practice of a row."""
    values = row._mapping
    return practice_of({name: json.loads(values[name]) if name in LISTS else values[name] for name in _NAMES})


def get_practice(connection: Connection, viewer: Viewer | None, number: int) -> Any:
    """The row of a practice with owner_ref and owner_name. Raises NotFound."""
    row = connection.execute(_whole(viewer).where(PRACTICE.c.id == number)).first() if viewer else None
    if row is None:
        raise NotFound("There is no such good practice, or it is not shared with you.")
    return row


def list_practices(
    connection: Connection, viewer: Viewer, asked: PracticeFilter, limit: int | None = None, offset: int = 0,
    after: int | None = None,
) -> list[Any]:  # fmt: skip
    """The practices that `asked` describes, what changed last in front; with `after`, by id and only those beyond it."""
    query = _whole(viewer).where(*_conditions(asked))
    if after is None:
        query = query.order_by(PRACTICE.c.updated_at.desc(), PRACTICE.c.id.desc())
    else:
        query = query.where(PRACTICE.c.id > after).order_by(PRACTICE.c.id)
    return list(connection.execute(query.limit(limit).offset(offset or None)))


def count_practices(connection: Connection, viewer: Viewer, asked: PracticeFilter) -> int:
    query = practices_visible_to(viewer, func.count()).where(*_conditions(asked))
    return int(connection.execute(query).scalar_one())


def list_owners(connection: Connection, viewer: Viewer) -> list[tuple[str, str]]:
    """(ref, name) of the organisations that tell of a practice, by name."""
    o = ORGANISATION.c
    query = practices_visible_to(viewer, o.ref, o.name).distinct().order_by(o.name, o.ref)
    return [(ref, name) for ref, name in connection.execute(query)]


def _conditions(asked: PracticeFilter) -> Iterator[ColumnElement[bool]]:
    c = PRACTICE.c
    if asked.words.strip():
        yield has_words(c.words, asked.words)
    if asked.country:
        yield lists(c.countries, asked.country)
    if asked.areas:
        yield lists(c.areas, *asked.areas)
    if asked.evidence:
        yield c.evidence == asked.evidence
    if asked.organisation:
        yield ORGANISATION.c.ref == asked.organisation
    if asked.project:
        yield lists(c.projects, asked.project)


def find_projects(
    connection: Connection, viewer: Viewer, practice: PracticeDocument
) -> dict[str, list[tuple[int, str]]]:
    """identifier -> (id, title) of the projects that the practice names, as far as the viewer may see them."""
    a, found = ACTIVITY.c, {identifier: list[tuple[int, str]]() for identifier in practice.projects}
    query = activities_visible_to(viewer, a.identifier, a.id, a.title).where(one_of(a.identifier, practice.projects))
    for identifier, number, title in connection.execute(query.order_by(a.id)):
        found[identifier].append((number, title))
    return found


def find_practice_id(connection: Connection, owner_id: int, title: str) -> int | None:
    """The current practice of this organisation with this title."""
    c = PRACTICE.c
    query = select(c.id).where(c.owner_id == owner_id, c.title == title, c.state == "current")
    found: int | None = connection.execute(query).scalar()
    return found


def list_own_ids(connection: Connection, owner_id: int, state: str = "current") -> list[int]:
    """The practices of an organisation, current or removed."""
    query = select(PRACTICE.c.id).where(PRACTICE.c.owner_id == owner_id, PRACTICE.c.state == state)
    return list(connection.execute(query.order_by(PRACTICE.c.id)).scalars())


# --- writing -------------------------------------------------------------------------------


def lock_practice(connection: Connection, number: int) -> Any:
    """The row of a practice, current or removed, for writing; `reference` is its title. Raises NotFound."""
    query = select(PRACTICE, PRACTICE.c.title.label("reference")).where(PRACTICE.c.id == number)
    row = connection.execute(query.with_for_update()).first()
    if row is None:
        raise NotFound("There is no such good practice.")
    return row


def write_practice(
    connection: Connection, practice: PracticeDocument, number: int | None, owner_id: int, now: datetime
) -> int:
    """Write a checked practice, new or in the place of `number`; its id."""
    columns = practice.as_json()
    columns |= {name: json.dumps(columns[name], ensure_ascii=False) for name in LISTS}
    columns |= {
        "owner_id": owner_id, "state": "current", "updated_at": now,
        "words": "".join(fold_words(columns[name]) for name in _SEARCHED),
    }  # fmt: skip
    if number is None:
        new = insert(PRACTICE).values(**columns, version=1, created_at=now).returning(PRACTICE.c.id)
        return int(connection.execute(new).scalar_one())
    changed = update(PRACTICE).where(PRACTICE.c.id == number)
    connection.execute(changed.values(**columns, version=PRACTICE.c.version + 1))
    return number


def set_practice_state(connection: Connection, number: int, state: str, at: datetime) -> None:
    """Take it out of every list (removed) or bring it back (current)."""
    changed = update(PRACTICE).where(PRACTICE.c.id == number)
    connection.execute(changed.values(state=state, updated_at=at, version=PRACTICE.c.version + 1))
