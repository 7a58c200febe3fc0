"""Enter an import in the history and queue its staging."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from app.errors import InvalidInput
from app.queries import imports
from app.queries.heading_profiles import DEFAULT
from app.queries.jobs import add_job
from app.services.import_outcome import Mode
from app.services.keep_file import KeptFile, digest_files

STAGE = "stage-import"  # the kind of the job


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """What is to be staged: kept files, for the organisation with the reference `owner` (or nobody's yet).

    `answers` are those for this import alone; the owner's own are read from `profile` when the files are.
    """

    files: tuple[KeptFile, ...]
    owner: str | None = None
    format: str = "auto"
    mode: Mode = "update"
    keep_good: bool = False
    user_id: int | None = None
    profile: str = DEFAULT
    answers: dict[str, Any] = field(default_factory=dict)


def queue_import(connection: Connection, order: ImportOrder) -> tuple[int, int]:
    """The numbers of the import and of its job. Raises InvalidInput."""
    check_mode(order.mode, keep_good=order.keep_good)
    number = imports.insert_run(
        connection,
        owner_id=imports.organisation_id(connection, order.owner) if order.owner else None,
        user_id=order.user_id,
        state="queued",
        format="" if order.format == "auto" else order.format,
        asked_format=order.format,
        mode=order.mode,
        keep_good=order.keep_good,
        profile=order.profile,
        answers=json.dumps(order.answers, ensure_ascii=False),
        file_name=", ".join(file.name for file in order.files),
        file_size=sum(file.size for file in order.files),
        files_digest=digest_files(order.files),
        created_at=datetime.now(UTC),
    )
    imports.insert_files(connection, number, [(file.name, file.sha256, file.size) for file in order.files])
    return number, queue_staging(connection, number)


def queue_staging(connection: Connection, import_id: int) -> int:
    """Have an import staged (again); the number of the job."""
    return add_job(connection, STAGE, {"import_id": import_id}, import_id=import_id, dedupe_key=f"{STAGE} {import_id}")


def check_mode(mode: Mode, *, keep_good: bool) -> None:
    """Raises InvalidInput for what can't go together."""
    if mode == "replace" and keep_good:
        raise InvalidInput("--keep-good can't go with --mode replace: projects left out would be removed.")
