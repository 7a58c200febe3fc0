"""Import files from the operator's own disk."""

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Connection

from app import database
from app.errors import NotFound
from app.queries.heading_profiles import DEFAULT, get_answers, read_profile
from app.queries.imports import organisation_id
from app.queries.organisations import organisation_by_ref
from app.rules.answers import merge_answers, parse_path
from app.services.import_portfolio import ImportRequest, ImportResult, Mode, import_portfolio
from app.services.keep_file import keep_path
from app.services.preview_import import preview_import
from app.services.queue_import import ImportOrder
from app.services.remember_answers import put_answers, remember_answers
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
    answers: Mapping[str, str] | None = None,
) -> ImportResult:
    """Import the files together, with what `owner` (an organisation's reference) answered before.

    `answers` (path as `write_path` writes it -> value) are remembered for the owner, in the mapping of that name.
    Raises NotFound for a `mapping` that nobody remembered, InvalidInput for an answer to nothing.
    """
    given = {parse_path(path): value for path, value in (answers or {}).items()}
    profile = mapping or DEFAULT
    own = put_answers({}, given)
    if owner and given:
        with database.write() as connection:
            remember_answers(connection, organisation_id(connection, owner), profile, given)
        own = {}
    with database.read() as connection:
        if mapping:
            _check_mapping(connection, owner or "", mapping)
        remembered = get_answers(connection, owner, profile) if owner else {}
    files = tuple(keep_path(path, path.name) for path in paths)
    if preview:
        return preview_import(ImportOrder(files, owner, format_key, mode, keep_good, user_id, profile, own))
    everything = merge_answers(remembered, own)
    sources = [Source(path, path.name, everything) for path in paths]
    return import_portfolio(
        ImportRequest(sources, owner, format_key, mode, keep_good=keep_good, user_id=user_id, files=files)
    )


def _check_mapping(connection: Connection, owner: str, mapping: str) -> None:
    organisation = organisation_by_ref(connection, owner)
    if organisation is None or read_profile(connection, organisation.id, mapping) is None:
        raise NotFound(f"There is no remembered mapping “{mapping}” of {owner or 'nobody: name the owner by --as'}.")
