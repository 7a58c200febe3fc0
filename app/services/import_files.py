"""Import files from the operator's own disk."""

from pathlib import Path
from typing import Any

from app import database
from app.queries.heading_profiles import get_answers
from app.services.import_portfolio import ImportRequest, ImportResult, Mode, import_portfolio
from importers.base import Source


def import_files(
    paths: list[Path],
    *,
    owner: str | None = None,
    format_key: str = "auto",
    mode: Mode = "update",
    mapping: str | None = None,
    preview: bool = False,
    keep_good: bool = False,
    user_id: int | None = None,
) -> ImportResult:
    """Import the files together, with what `owner` (an organisation's reference) answered before.

    Raises NotFound for a `mapping` that nobody remembered.
    """
    answers: dict[str, Any] = {}
    if owner:
        with database.read() as connection:
            answers = get_answers(connection, owner, mapping)
    sources = [Source(path, path.name, answers) for path in paths]
    return import_portfolio(ImportRequest(sources, owner, format_key, mode, preview, keep_good, user_id=user_id))
