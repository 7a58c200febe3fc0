"""For whoever runs the machine: does the process live, can it work."""

from fastapi import APIRouter, Response
from sqlalchemy.exc import SQLAlchemyError

from app import database
from app.services.migrate_database import is_migrated
from app.settings import settings

router = APIRouter()


@router.get("/healthz")
def show_health() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/readyz")
def show_readiness(response: Response) -> dict[str, str]:
    """Ready when the database answers and is at this version."""
    try:
        with database.read(settings().database_url) as connection:
            status = "ok" if is_migrated(connection) else "the database is not migrated: run tessera migrate"
    except SQLAlchemyError:
        status = "the database does not answer"
    response.status_code = 200 if status == "ok" else 503
    return {"status": status}
