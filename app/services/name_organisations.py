"""Put the organisations that an import's IATI organisation files name into the directory."""

from typing import Any

from sqlalchemy import Connection

from app.queries import imports
from app.queries.organisations import Directory
from app.services.keep_file import kept_path
from importers import registry
from importers.base import Source
from importers.iati_organisations import IatiOrganisations


def name_organisations(connection: Connection, run: Any) -> None:
    """Learn them from the kept files of the import `run`; the staging of a preview keeps activities only."""
    if IatiOrganisations.key not in run.format.split("+"):
        return
    sources = [Source(kept_path(file.sha256), file.name) for file in imports.list_files(connection, run.id)]
    _, reading = registry.read(sources, run.asked_format)
    directory = Directory(connection)
    for reported in reading:
        directory.learn(reported.parties)
