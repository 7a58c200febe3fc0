"""Accept one area for all projects that a search finds: first looked at, then carried out."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from sqlalchemy import Connection

from app.errors import InvalidInput, NotAllowed, NotFound, Refused
from app.models.worded import worded
from app.queries import portfolio
from app.queries.bulk import wait_for_turn
from app.queries.decisions import Mapped, MappedRow, read_mapped
from app.queries.frameworks import StoredArea, StoredFramework, get_framework
from app.queries.jobs import add_job
from app.queries.portfolio import PortfolioFilter, ProjectRow
from app.queries.reviews import decidable_ids
from app.rules.effective_areas import CONFIRMED, SUGGESTED
from app.rules.permissions import Viewer, may_import
from app.services.show_review import ReviewAsked
from app.services.work_on_job import WAKE
from app.services.write_decisions import decided_row, settle_others, write_decisions

MOST = 1_000
AT_ONCE = 300  # projects; more take over a second
DECIDE = "decide"  # the kind of the job
PREVIEWED = 50
Others = Literal["leave", "reject"]


class SearchChanged(Refused):
    """What a search finds is not what was looked at."""

    code = "search-changed"


@dataclass(slots=True)
class FoundProjects:
    """What a bulk decision would do: `ids` get the area; in `settled` a person has said something about it before."""

    framework: StoredFramework
    area: StoredArea | None
    ids: list[int]
    settled: int
    rows: list[ProjectRow]
    is_searched: bool

    @property
    def digest(self) -> str:
        """Stands for just these projects."""
        return hashlib.blake2b(repr(self.ids).encode(), digest_size=12).hexdigest()


def preview_found(connection: Connection, viewer: Viewer, asked: ReviewAsked, area: str) -> FoundProjects:
    """The viewer's projects that the search finds, the first PREVIEWED with details. Raises NotFound, NotAllowed,
    InvalidInput for more than MOST."""
    if not may_import(viewer):
        raise NotAllowed("Only editors and admins decide on areas.")
    framework = get_framework(connection, asked.framework)
    chosen = next((one for one in framework.areas if one.code == area), None)
    if area and chosen is None:
        raise NotFound(
            worded("%(short_title)s has no area %(area)s in force.", short_title=framework.short_title, area=area)
        )
    if not (asked.words.strip() or asked.country or asked.organisation):
        return FoundProjects(framework, chosen, [], 0, [], is_searched=False)
    wanted = PortfolioFilter(words=asked.words, country=asked.country, organisation=asked.organisation)
    ids = decidable_ids(connection, viewer, tuple(portfolio.conditions_of(connection, wanted)), MOST + 1)
    if len(ids) > MOST:
        raise InvalidInput(
            worded("That finds more than %(most)s projects. Add a word, a country or an organisation.", most=MOST)
        )
    mapped = read_mapped(connection, framework.id, ids)
    open_ids = [number for number in ids if chosen is None or not _is_settled(mapped[number], chosen.id)]
    rows = list(portfolio.read_rows(connection, open_ids[:PREVIEWED], framework.id))
    return FoundProjects(framework, chosen, open_ids, len(ids) - len(open_ids), rows, is_searched=True)


def _is_settled(rows: list[MappedRow], area_id: int) -> bool:
    """Whether a person has confirmed or rejected this area of the project before."""
    return any(row.area_id == area_id and row.source == "person" for row in rows)


def decide_found(
    connection: Connection, viewer: Viewer, asked: ReviewAsked, area: str, digest: str, others: Others = "leave"
) -> int | None:
    """Confirm the area for all projects that were looked at: at once, or in the background where that takes more than
    a second; the number of the job then. `others`: what becomes of other suggestions there. Raises SearchChanged
    where the search finds others by now, and what preview_found raises."""
    wait_for_turn(connection)
    found = preview_found(connection, viewer, asked, area)
    if found.area is None:
        raise InvalidInput("Choose an area first.")
    if digest != found.digest:
        raise SearchChanged(
            worded("The search finds %(count)s projects by now. Look at them again, then accept.", count=len(found.ids))
        )
    order = BulkOrder(found.framework.id, found.area.id, area, found.ids, others)
    if len(found.ids) <= AT_ONCE:
        decide_some(connection, viewer, order, found.ids)
        return None
    WAKE.set()
    return add_job(connection, DECIDE, {"user_id": viewer.user_id, "order": asdict(order)})


@dataclass(frozen=True, slots=True)
class BulkOrder:
    """One area for many projects, as the arguments of a job keep it."""

    framework_id: int
    area_id: int
    code: str
    ids: list[int]
    others: Others


def decide_some(
    connection: Connection, viewer: Viewer, order: BulkOrder, ids: Sequence[int], batch: int | None = None
) -> int | None:
    """Confirm the area for some of the projects, leaving out those where a person has decided on it since."""
    mapped = read_mapped(connection, order.framework_id, ids)
    after: Mapped = {number: _with_area(rows, order.area_id, order.others, viewer) for number, rows in mapped.items()
                     if not _is_settled(rows, order.area_id)}  # fmt: skip
    note = f"area confirmed: {order.code}, with {len(order.ids) - 1} other projects"
    if not after:
        return batch
    return write_decisions(connection, viewer, order.framework_id, after, dict.fromkeys(after, note), batch)


def _with_area(rows: list[MappedRow], area_id: int, others: Others, viewer: Viewer) -> list[MappedRow]:
    stored = next((row for row in rows if row.area_id == area_id), None)
    kept = [row for row in rows if row.area_id != area_id]
    if others == "reject":
        suggested = [row for row in kept if row.state == SUGGESTED]
        kept = [row for row in kept if row.state != SUGGESTED] + settle_others(suggested, set(), viewer)
    # Its share stays open: only whoever looks at the single project can say.
    return [*kept, decided_row(area_id, CONFIRMED, None, viewer, stored)]
