"""The search for likely pairs over the whole database: what it reads, and the proposals that it leaves."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, bindparam, delete, exists, or_, select

from app.models.activity import ActivityCountry
from app.models.link import ActivityLink, TwinLook
from app.queries.activities import ACTIVITY
from app.queries.bulk import fetch_plain, in_chunks, insert_models, one_of, take_ids
from app.queries.claims import ANSWER, LINK
from app.rules.twin_evidence import Likeness
from app.rules.twins import Titled

LOOK = TwinLook.__table__  # type: ignore[attr-defined]
COUNTRY = ActivityCountry.__table__  # type: ignore[attr-defined]
_KEY = (LINK.c.identifier, LINK.c.reporter_id, LINK.c.other_identifier, LINK.c.other_reporter_id)
Key = tuple[str, int, str, int]


def list_unseen(connection: Connection, limit: int | None = None) -> list[tuple[int, int]]:
    """(id, version) of current activities that the search has not seen as they are now."""
    a = ACTIVITY.c
    query = select(a.id, a.version_id).outerjoin(LOOK, LOOK.c.activity_id == a.id)
    query = query.where(a.state == "current", or_(LOOK.c.version_id.is_(None), LOOK.c.version_id != a.version_id))
    return [(number, version) for number, version in connection.execute(query.order_by(a.id).limit(limit))]


def read_titled(connection: Connection) -> list[Titled]:
    """Every current activity, as far as its title, reporter, countries and years go."""
    a, places = ACTIVITY.c, dict[int, list[str]]()
    for number, code in fetch_plain(connection, select(COUNTRY.c.activity_id, COUNTRY.c.code)):
        places.setdefault(number, []).append(code)
    query = select(a.id, a.title, a.reporter_id, a.start, a.end).where(a.state == "current").order_by(a.id)
    return [
        Titled(number, title, reporter, frozenset(places.get(number, ())), *_years(start, end))
        for number, title, reporter, start, end in fetch_plain(connection, query)
    ]


def _years(*days: date | str | None) -> tuple[int | None, int | None]:
    """First and last year; of a driver that gives days as text, too."""
    years = [int(str(day)[:4]) for day in days if day]
    return min(years, default=None), max(years, default=None)


def read_proposed(connection: Connection, ids: Sequence[int]) -> dict[Key, tuple[int, bool]]:
    """The stored pairs of these activities -> (number, whether somebody ever answered)."""
    k, a, found = LINK.c, ACTIVITY.c, dict[Key, tuple[int, bool]]()
    answered = exists().where(ANSWER.c.link_id == k.id)
    for some in in_chunks(ids):
        chosen = one_of(a.id, some)
        for identifier, reporter in ((k.identifier, k.reporter_id), (k.other_identifier, k.other_reporter_id)):
            query = select(k.id, answered, *_KEY).join(
                ACTIVITY, (a.identifier == identifier) & (a.reporter_id == reporter)
            )
            for number, is_answered, *key in connection.execute(query.where(chosen)):
                found[(key[0], key[1], key[2], key[3])] = (number, bool(is_answered))
    return found


def write_proposals(
    connection: Connection, found: Mapping[Key, Likeness], stored: Mapping[Key, tuple[int, bool]]
) -> int:
    """Add what is new, bring the evidence up to date of what is there, drop proposals that nothing speaks for any
    more and that nobody answered; how many are new."""
    told = {key: json.dumps(one.evidence, ensure_ascii=False) for key, one in found.items()}
    new = sorted(key for key in found if key not in stored)
    first = take_ids(connection, "activity_link", len(new))
    insert_models(connection, ActivityLink, [
        (number, *key, "proposed", "same", found[key].leads, found[key].points, told[key], None, None, 0)
        for number, key in enumerate(new, first)
    ])  # fmt: skip
    kept = [{"number": stored[key][0], "said": told[key], "how": found[key].points} for key in found if key in stored]
    if kept:
        change = LINK.update().where(LINK.c.id == bindparam("number"))
        connection.execute(change.values(evidence=bindparam("said"), points=bindparam("how")), kept)
    gone = [number for key, (number, is_answered) in stored.items() if key not in found and not is_answered]
    for some in in_chunks(gone):
        connection.execute(delete(LINK).where(one_of(LINK.c.id, some)))
    return len(new)


def note_seen(connection: Connection, seen: Iterable[tuple[int, int]]) -> None:
    """The search has seen these activities in these versions."""
    rows = list(seen)
    for some in in_chunks([number for number, _ in rows]):
        connection.execute(delete(LOOK).where(one_of(LOOK.c.activity_id, some)))
    insert_models(connection, TwinLook, rows)
