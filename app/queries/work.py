"""How much there is, and how much of it waits: for whoever watches the machine."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from app.models.import_run import ImportRun
from app.models.job import Job
from app.queries.activities import ACTIVITY

JOB = Job.__table__  # type: ignore[attr-defined]
RUN = ImportRun.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Work:
    """`jobs`: (kind, state, count); `imports`: (state, count); `waited`: seconds of the oldest job that waits, 0 for none."""

    jobs: list[Any]
    imports: list[Any]
    waited: float
    activities: int


def measure_work(connection: Connection) -> Work:
    """Counts over the whole database."""
    count = func.count().label("count")
    jobs = connection.execute(select(JOB.c.kind, JOB.c.state, count).group_by(JOB.c.kind, JOB.c.state)).all()
    imports = connection.execute(select(RUN.c.state, count).group_by(RUN.c.state)).all()
    oldest = connection.execute(select(func.min(JOB.c.created_at)).where(JOB.c.state == "waiting")).scalar()
    current = select(func.count()).where(ACTIVITY.c.state == "current")
    activities = int(connection.execute(current).scalar_one())
    if oldest is None:
        return Work(list(jobs), list(imports), 0.0, activities)
    began = oldest if oldest.tzinfo else oldest.replace(tzinfo=UTC)
    return Work(list(jobs), list(imports), (datetime.now(UTC) - began).total_seconds(), activities)


def list_work(connection: Connection, limit: int) -> list[Any]:
    """Jobs that wait, run or were given up, the newest first."""
    query = select(JOB).where(JOB.c.state != "done").order_by(JOB.c.id.desc())
    return list(connection.execute(query.limit(limit)))


def stored_bytes(connection: Connection) -> int:
    """How large the database is on its disk."""
    if connection.dialect.name == "sqlite":
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        return int(pages) * int(connection.exec_driver_sql("PRAGMA page_size").scalar_one())
    return int(connection.execute(select(func.pg_database_size(func.current_database()))).scalar_one())
