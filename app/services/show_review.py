"""One project of the review queue with all that a decision about its areas needs."""

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from app.models.packed import unpack_record
from app.queries import project, reviews
from app.queries.frameworks import StoredArea, StoredFramework, get_framework
from app.queries.portfolio import PortfolioFilter, conditions_of
from app.queries.reviews import QueueFilter
from app.rules.effective_areas import REJECTED
from app.rules.marked_text import Piece, compare_texts, mark_words
from app.rules.permissions import Viewer, may_change
from app.rules.terminology import find_discouraged
from app.services.record_details import record_details

LONGEST_SHOWN = 12_000  # characters of one text


@dataclass(frozen=True, slots=True)
class ReviewAsked:
    """The filters of the queue in the words of its address; `at` is the project to show."""

    framework: str = ""
    country: str = ""
    organisation: str = ""
    words: str = ""
    kind: str = ""
    at: int | None = None


@dataclass(frozen=True, slots=True)
class ReviewedArea:
    """An area that is suggested, confirmed or rejected; `share` in percent."""

    area: StoredArea
    state: str
    source: str
    share: Decimal | None
    confidence: str
    evidence: list[str]
    is_retired: bool


@dataclass(frozen=True, slots=True)
class ShownText:
    """One text of the record, its evidence marked."""

    heading: str
    language: str
    pieces: list[Piece]


@dataclass(slots=True)
class ReviewedProject:
    """The project in front of the reviewer."""

    row: Any
    title: list[Piece]
    why: list[str]
    areas: list[ReviewedArea]
    addable: list[StoredArea]
    texts: list[ShownText]
    money: dict[str, int]
    places: list[Any]
    sectors: list[Any]
    difference: list[Piece]
    discouraged: list[tuple[str, str]]
    comments: list[Any]
    asked_by: int | None
    asked_of: int | None
    colleagues: list[Any] = field(default_factory=list)
    may_decide: bool = False


@dataclass(slots=True)
class ReviewPage:
    """The queue as asked for, and the project in it that is shown; None where none waits."""

    framework: StoredFramework
    count: int
    next: int | None
    previous: int | None
    project: ReviewedProject | None


def queue_filter(connection: Connection, framework: StoredFramework, asked: ReviewAsked) -> QueueFilter:
    """`asked` as the queries take it."""
    wanted = PortfolioFilter(
        words=asked.words, country=asked.country, organisation=asked.organisation, framework_id=framework.id
    )
    return QueueFilter(framework.id, asked.kind, tuple(conditions_of(connection, wanted)))


def show_review(connection: Connection, viewer: Viewer, asked: ReviewAsked, locale: str = "en") -> ReviewPage:
    """The queue and the project asked for, or the first. Raises NotFound."""
    framework = get_framework(connection, asked.framework)
    chosen = queue_filter(connection, framework, asked)
    at, after, before = reviews.find_place(connection, viewer, chosen, asked.at)
    shown = None if at is None else _project(connection, viewer, framework, at, locale)
    return ReviewPage(framework, reviews.count_queue(connection, viewer, chosen), after, before, shown)


def _project(
    connection: Connection, viewer: Viewer, framework: StoredFramework, number: int, locale: str
) -> ReviewedProject:
    row = project.get_project(connection, viewer, number)
    version = project.read_version(connection, row.version_id)
    review = reviews.get_review(connection, number, framework.id)
    mapped = [one for one in project.read_mappings(connection, number) if one.framework_id == framework.id]
    areas = [_area(framework, one) for one in mapped]
    counted = {one.area.id for one in areas if one.state != REJECTED}
    evidence = [word for one in areas for word in one.evidence]
    texts = _texts(unpack_record(version.record), evidence, locale)
    may_decide = may_change(viewer, row.owner_id)
    return ReviewedProject(
        row, mark_words(row.title, evidence), review.why.split() if review else [], areas,
        [one for one in framework.areas if one.id not in counted],
        texts, reviews.read_money(connection, number), project.read_places(connection, number),
        project.read_sectors(connection, number), _difference(connection, row, review),
        find_discouraged("\n".join(piece.text for one in texts for piece in one.pieces)),
        reviews.list_comments(connection, number, framework.id),
        review.asked_by if review else None, review.asked_of if review else None,
        reviews.list_colleagues(connection, row.owner_id, viewer.user_id) if may_decide else [], may_decide,
    )  # fmt: skip


def _area(framework: StoredFramework, row: Any) -> ReviewedArea:
    return ReviewedArea(
        framework.by_id[row.area_id], row.state, row.source,
        None if row.share is None else (Decimal(row.share) / 10_000).normalize(), row.confidence,
        json.loads(row.evidence or "[]"), row.area_id in {one.id for one in framework.retired},
    )  # fmt: skip


def _texts(xml: bytes, evidence: list[str], locale: str) -> list[ShownText]:
    """Titles, descriptions, and the titles of results and indicators."""
    details = record_details(xml, locale)
    said = [("", language, text) for language, text in details.titles[1:]]
    said += details.descriptions
    for result in details.results:
        titles = [result.title, result.description, *(indicator.title for indicator in result.indicators)]
        said.append((result.kind, "", "\n".join(filter(None, titles))))
    return [
        ShownText(kind, language, mark_words(text[:LONGEST_SHOWN], evidence)) for kind, language, text in said if text
    ]


def _difference(connection: Connection, row: Any, review: Any) -> list[Piece]:
    if review is None or "text-changed" not in review.why.split():
        return []
    versions = (review.decided_version_id, row.version_id)
    return compare_texts(*(reviews.read_text(connection, number) for number in versions))
