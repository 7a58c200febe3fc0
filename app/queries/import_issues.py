"""Issues of an import, as its page filters them."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Select, case, func, select

from app.models.issue import Issue
from app.queries.imports import ISSUE, LEVELS, issue_of


def count_issues(connection: Connection, import_id: int) -> list[Any]:
    """How many there are of each kind: (level, code, count), most first."""
    c = ISSUE.c
    query = select(c.level, c.code, func.count().label("count")).where(c.import_id == import_id)
    return list(connection.execute(query.group_by(c.level, c.code).order_by(func.count().desc(), c.level, c.code)))


def find_issues(connection: Connection, import_id: int, level: str, code: str, limit: int, offset: int) -> list[Issue]:
    """A page of the issues of one level and code ('' for any), errors first, each in file order."""
    return [issue_of(row) for row in connection.execute(_chosen(import_id, level, code).limit(limit).offset(offset))]


def read_issues(connection: Connection, import_id: int, level: str, code: str) -> Iterator[Issue]:
    """All of them, one at a time."""
    yield from map(issue_of, connection.execute(_chosen(import_id, level, code)))


def _chosen(import_id: int, level: str, code: str) -> Select[Any]:
    query = select(ISSUE).where(ISSUE.c.import_id == import_id)
    if level:
        query = query.where(ISSUE.c.level == level)
    if code:
        query = query.where(ISSUE.c.code == code)
    return query.order_by(case(LEVELS, value=ISSUE.c.level, else_=len(LEVELS)), ISSUE.c.id)
