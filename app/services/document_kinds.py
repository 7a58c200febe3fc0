"""Funding lines, plans and good practices are entered, removed and brought back in one way, and the first two imported:
here is what differs."""

from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.models.line_document import LineDocument, line_of
from app.models.plan_document import PlanDocument, plan_of
from app.models.practice_document import PracticeDocument, practice_of
from app.queries import funding_lines, good_practices, plans
from app.rates import Rates
from app.rules.check_funding import Fault
from app.rules.check_line import check_line
from app.rules.check_plan import check_plan
from app.rules.check_practice import check_practice
from app.rules.permissions import Viewer
from app.services.store_line import change_line_state, find_same_call, store_line
from app.services.store_plan import store_plan

Document = LineDocument | PlanDocument | PracticeDocument


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of document: how it is checked, found, read and written. `said`: what people call it; `named_by`: the field
    that tells one from others of its organisation.

    `get` asks who looks on, `lock` gives removed ones too; both raise NotFound.
    """

    name: str
    said: str
    parse: Callable[[dict[str, Any]], Any]
    get: Callable[[Connection, Viewer | None, int], Any]
    lock: Callable[[Connection, int], Any]
    find: Callable[[Connection, int, str], int | None]
    list_ids: Callable[..., list[int]]
    read: Callable[[Connection, Any], Any]
    check: Callable[[Connection, Any, int | None, datetime, Set[str]], list[Fault]]
    store: Callable[[Connection, Any, int | None, int, Rates, datetime], int]
    set_state: Callable[[Connection, int, str, datetime], None]
    named_by: str = "reference"


def _read_line(_: Connection, row: Any) -> LineDocument:
    return funding_lines.document_of(row)


def _check_line(
    connection: Connection, line: LineDocument, number: int | None, now: datetime, known: Set[str]
) -> list[Fault]:
    return [*check_line(line, now, known), *find_same_call(connection, line, number)]


def _check_plan(_: Connection, plan: PlanDocument, __: int | None, ___: datetime, known: Set[str]) -> list[Fault]:
    return check_plan(plan, known)


def _check_practice(
    _: Connection, practice: PracticeDocument, __: int | None, ___: datetime, known: Set[str]
) -> list[Fault]:
    return check_practice(practice, known)


def _store_practice(
    connection: Connection, practice: PracticeDocument, number: int | None, owner_id: int, _: Rates, now: datetime
) -> int:
    return good_practices.write_practice(connection, practice, number, owner_id, now)


LINE = Kind(
    "line", "funding line", line_of, funding_lines.get_line, funding_lines.lock_line, funding_lines.find_line_id,
    funding_lines.list_own_ids, _read_line, _check_line, store_line, change_line_state,
)  # fmt: skip
PLAN = Kind(
    "plan", "plan", plan_of, plans.get_plan, plans.lock_plan, plans.find_plan_id, plans.list_own_ids, plans.document_of,
    _check_plan, store_plan, plans.set_plan_state,
)  # fmt: skip
PRACTICE = Kind(
    "practice", "good practice", practice_of, good_practices.get_practice, good_practices.lock_practice,
    good_practices.find_practice_id, good_practices.list_own_ids, good_practices.document_of, _check_practice,
    _store_practice, good_practices.set_practice_state, named_by="title",
)  # fmt: skip
BY_NAME = {kind.name: kind for kind in (LINE, PLAN)}  # those that are imported
_KINDS: dict[type[Document], Kind] = {LineDocument: LINE, PlanDocument: PLAN, PracticeDocument: PRACTICE}


def kind_of(document: Document) -> Kind:
    return _KINDS[type(document)]
