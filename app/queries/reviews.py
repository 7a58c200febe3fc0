"""The queue of projects whose areas wait for a person: kept right after each change, read page by page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, func, or_, select, tuple_, update

from app.models.activity import Activity, ActivityVersion
from app.models.allocation import ALL_MONEY, Allocation
from app.models.framework import Area
from app.models.mapping import AreaMapping
from app.models.packed import unpack_record
from app.models.read_record import read_record
from app.models.record import Reported
from app.models.review import MappingReview, ReviewComment
from app.models.user import User
from app.queries.activities import activities_visible_to
from app.queries.bulk import in_chunks, insert_models, one_of, take_ids
from app.queries.users import IS_OPEN
from app.rules.compare import parse_record
from app.rules.effective_areas import CONFIRMED, SUGGESTED
from app.rules.permissions import ADMIN, Viewer
from app.rules.project_words import read_project_words
from app.rules.review_priority import uncertain_money

ACTIVITY = Activity.__table__  # type: ignore[attr-defined]
VERSION = ActivityVersion.__table__  # type: ignore[attr-defined]
ALLOCATION = Allocation.__table__  # type: ignore[attr-defined]
AREA = Area.__table__  # type: ignore[attr-defined]
MAPPING = AreaMapping.__table__  # type: ignore[attr-defined]
REVIEW = MappingReview.__table__  # type: ignore[attr-defined]
COMMENT = ReviewComment.__table__  # type: ignore[attr-defined]
USER = User.__table__  # type: ignore[attr-defined]
COUNTED = 10_000
Key = tuple[int, int]


@dataclass(slots=True)
class _Open:
    """What is known of one project in one framework while its row is made anew."""

    suggested: list[tuple[int | None, Decimal | None]] = field(default_factory=list)
    why: set[str] = field(default_factory=set)
    decided_version_id: int | None = None
    asked_by: int | None = None
    asked_of: int | None = None


# --- keeping ---------------------------------------------------------------------------------


def refresh_reviews(connection: Connection, ids: Sequence[int]) -> None:
    """Make the rows of these activities anew from their mappings, money and texts; what people asked stays."""
    for some in in_chunks(ids):
        found: dict[Key, _Open] = {}
        _add_flags(connection, found, some)
        _add_suggested(connection, found, some)
        _add_retired(connection, found, some)
        connection.execute(delete(REVIEW).where(one_of(REVIEW.c.activity_id, some)))
        if found:
            _write(connection, found)


def fill_reviews(connection: Connection) -> None:
    """Make the queue of a database that had suggestions before it had a queue."""
    if connection.execute(select(REVIEW.c.activity_id).limit(1)).first() is None:
        waiting = select(MAPPING.c.activity_id).where(MAPPING.c.state == SUGGESTED).distinct()
        refresh_reviews(connection, list(connection.execute(waiting).scalars()))


def _add_flags(connection: Connection, found: dict[Key, _Open], some: Sequence[int]) -> None:
    r = REVIEW.c
    rows = connection.execute(
        select(r.activity_id, r.framework_id, r.decided_version_id, r.asked_by, r.asked_of)
        .where(one_of(r.activity_id, some), or_(r.decided_version_id.is_not(None), r.asked_by.is_not(None)))
    )  # fmt: skip
    for activity, framework, decided, by, of in rows:
        one = found.setdefault((activity, framework), _Open())
        one.decided_version_id, one.asked_by, one.asked_of = decided, by, of
        one.why |= {"opinion"} if by else set()


def _add_suggested(connection: Connection, found: dict[Key, _Open], some: Sequence[int]) -> None:
    m = MAPPING.c
    query = select(m.activity_id, m.framework_id, m.share, m.confidence)
    for activity, framework, share, confidence in connection.execute(
        query.where(one_of(m.activity_id, some), m.state == SUGGESTED)
    ):
        one = found.setdefault((activity, framework), _Open())
        one.suggested.append((share, _parse_confidence(confidence)))
        one.why.add("suggested")


def _add_retired(connection: Connection, found: dict[Key, _Open], some: Sequence[int]) -> None:
    """Projects that somebody mapped to an area which the framework no longer has."""
    m = MAPPING.c
    query = select(m.activity_id, m.framework_id).join(AREA, AREA.c.id == m.area_id)
    query = query.where(one_of(m.activity_id, some), m.state == CONFIRMED, AREA.c.retired.is_(True))
    for activity, framework in connection.execute(query.distinct()):
        found.setdefault((activity, framework), _Open()).why.add("retired")


def _write(connection: Connection, found: dict[Key, _Open]) -> None:
    some = sorted({activity for activity, _ in found})
    a = ACTIVITY.c
    query = select(a.id, a.owner_id, a.version_id, a.state).where(one_of(a.id, some))
    activities = {row.id: row for row in connection.execute(query)}
    money = _money_of(connection, some)
    rows = []
    for (number, framework), one in found.items():
        activity = activities[number]
        if activity.state == "current":
            if _has_new_text(connection, one.decided_version_id, activity.version_id):
                one.why.add("text-changed")
        else:
            one.why.clear()
        only_suggested = one.why == {"suggested"}
        priority = uncertain_money(money.get(number, 0), one.suggested if only_suggested else ())
        rows.append((number, framework, activity.owner_id, bool(one.why), priority if one.why else 0,
                     " ".join(sorted(one.why)), one.decided_version_id, one.asked_by, one.asked_of))  # fmt: skip
    insert_models(connection, MappingReview, rows)


def read_money(connection: Connection, activity_id: int) -> dict[str, int]:
    """flow type -> net money of a project."""
    c = ALLOCATION.c
    query = select(c.flow_type, func.sum(c.net)).where(c.activity_id == activity_id, c.framework_id == ALL_MONEY)
    return {flow: int(cents) for flow, cents in connection.execute(query.group_by(c.flow_type))}


def _money_of(connection: Connection, some: Sequence[int]) -> dict[int, int]:
    """The largest of a project's net commitments, disbursements and budgets."""
    c = ALLOCATION.c
    query = select(c.activity_id, func.sum(c.net)).where(one_of(c.activity_id, some), c.framework_id == ALL_MONEY)
    found: dict[int, int] = {}
    for activity, cents in connection.execute(query.group_by(c.activity_id, c.flow_type)):
        found[activity] = max(found.get(activity, 0), int(cents))
    return found


def _parse_confidence(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


def _has_new_text(connection: Connection, decided: int | None, present: int) -> bool:
    if decided is None or decided == present:
        return False
    return read_text(connection, decided) != read_text(connection, present)


def read_text(connection: Connection, version_id: int) -> str:
    """The words of a version from which areas are suggested, a line each; '' where it has no record."""
    packed = connection.execute(select(VERSION.c.record).where(VERSION.c.id == version_id)).scalar()
    if packed is None:
        return ""
    xml = unpack_record(packed)
    return read_project_words(read_record(Reported(parse_record(xml), xml, places=[]))).text


# --- reading ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which of the queue; `kind`: '' all, changed (texts), opinion (asked of the viewer), retired (areas).

    `chosen` are conditions on activities, as the list of projects makes them.
    """

    framework_id: int
    kind: str = ""
    chosen: tuple[ColumnElement[bool], ...] = ()


def count_queue(connection: Connection, viewer: Viewer, asked: QueueFilter) -> int:
    """How many projects wait, counted up to COUNTED + 1."""
    query = _queue(viewer, asked, REVIEW.c.activity_id).limit(COUNTED + 1)
    return int(connection.execute(select(func.count()).select_from(query.subquery())).scalar_one())


def find_place(connection: Connection, viewer: Viewer, asked: QueueFilter, at: int | None) -> tuple[int | None, ...]:
    """(present, next, previous) of the queue; the present is `at`, whether it waits or not, or the first."""
    r = REVIEW.c
    if at is None:
        at = connection.execute(_ordered(_queue(viewer, asked, r.activity_id), forward=True)).scalar()
        if at is None:
            return None, None, None
    here = select(r.priority).where(r.activity_id == at, r.framework_id == asked.framework_id)
    place = (connection.execute(here).scalar() or 0, at)
    key = tuple_(r.priority, r.activity_id)
    query = _queue(viewer, asked, r.activity_id)
    after = connection.execute(_ordered(query.where(key < place), forward=True)).scalar()
    before = connection.execute(_ordered(query.where(key > place), forward=False)).scalar()
    return at, after, before


def get_review(connection: Connection, activity_id: int, framework_id: int) -> Any:
    """The row of a project in a framework, or None."""
    r = REVIEW.c
    return connection.execute(
        select(REVIEW).where(r.activity_id == activity_id, r.framework_id == framework_id)
    ).one_or_none()


def _ordered(query: Select[Any], *, forward: bool) -> Select[Any]:
    r = REVIEW.c
    order = (r.priority.desc(), r.activity_id.desc()) if forward else (r.priority, r.activity_id)
    return query.order_by(*order).limit(1)


def _queue(viewer: Viewer, asked: QueueFilter, *columns: Any) -> Select[Any]:
    """Projects whose areas the viewer's organisation decides on; for admins, of every organisation."""
    r = REVIEW.c
    query = activities_visible_to(viewer, *columns).join(REVIEW, r.activity_id == ACTIVITY.c.id)
    query = query.where(r.framework_id == asked.framework_id, r.is_open.is_(True), *asked.chosen)
    if viewer.role != ADMIN:
        query = query.where(r.owner_id == viewer.organisation_id)
    if asked.kind == "opinion":
        return query.where(asked_of_viewer(viewer))
    words = {"changed": "text-changed", "retired": "retired"}
    return query.where(r.why.contains(words[asked.kind])) if asked.kind in words else query


def asked_of_viewer(viewer: Viewer) -> ColumnElement[bool]:
    """Whether a second opinion is wanted of the viewer: by name, or of anybody but the one who asks."""
    r = REVIEW.c
    anybody = and_(r.asked_of.is_(None), r.asked_by != viewer.user_id)
    return and_(r.asked_by.is_not(None), or_(r.asked_of == viewer.user_id, anybody))


def decidable_ids(
    connection: Connection, viewer: Viewer, chosen: tuple[ColumnElement[bool], ...], limit: int
) -> list[int]:
    """Ids of the projects that `chosen` finds and on whose areas the viewer may decide."""
    query = activities_visible_to(viewer, ACTIVITY.c.id).where(*chosen)
    if viewer.role != ADMIN:
        query = query.where(ACTIVITY.c.owner_id == viewer.organisation_id)
    return list(connection.execute(query.order_by(ACTIVITY.c.id).limit(limit)).scalars())


# --- flags and comments ------------------------------------------------------------------------


def mark_decided(connection: Connection, framework_id: int, versions: dict[int, int | None]) -> None:
    """Note on which version of each record a person has decided; a wish for a second opinion is met by that."""
    for number, version in versions.items():
        flags = {"decided_version_id": version, "asked_by": None, "asked_of": None}
        _set_flags(connection, number, framework_id, flags)


def ask_opinion(connection: Connection, activity_id: int, framework_id: int, by: int | None, of: int | None) -> None:
    """Put a project on a colleague's list (`of` None: on that of all colleagues), or with `by` None off it."""
    _set_flags(connection, activity_id, framework_id, {"asked_by": by, "asked_of": of})


def _set_flags(connection: Connection, number: int, framework_id: int, flags: dict[str, int | None]) -> None:
    r = REVIEW.c
    done = connection.execute(
        update(REVIEW).where(r.activity_id == number, r.framework_id == framework_id).values(**flags)
    )
    if not done.rowcount:
        owner = select(ACTIVITY.c.owner_id).where(ACTIVITY.c.id == number).scalar_subquery()
        keys = {"activity_id": number, "framework_id": framework_id, "owner_id": owner}
        connection.execute(REVIEW.insert().values(**keys, is_open=False, priority=0, why="", **flags))


def insert_comment(connection: Connection, **values: Any) -> None:
    connection.execute(COMMENT.insert().values(id=take_ids(connection, "review_comment", 1), **values))


def list_comments(connection: Connection, activity_id: int, framework_id: int) -> list[Any]:
    """(text, at, author) of each, oldest first."""
    c = COMMENT.c
    query = select(c.text, c.at, func.coalesce(func.nullif(USER.c.name, ""), USER.c.email).label("author"))
    query = query.outerjoin(USER, USER.c.id == c.user_id)
    return list(
        connection.execute(query.where(c.activity_id == activity_id, c.framework_id == framework_id).order_by(c.id))
    )


def list_colleagues(connection: Connection, organisation_id: int, but: int | None) -> list[Any]:
    """(id, name) of the people of an organisation who may decide on areas, but one."""
    u = USER.c
    query = select(u.id, func.coalesce(func.nullif(u.name, ""), u.email).label("name"))
    query = query.where(u.organisation_id == organisation_id, u.role != "reader", IS_OPEN, u.id != (but or 0))
    return list(connection.execute(query.order_by("name")))
