"""How the columns of an import's sheets are understood, for its owner to correct."""

from sqlalchemy import Connection

from app.queries import imports
from app.rules.permissions import Viewer
from app.services.open_import import open_import
from app.services.stage_import import list_sources
from importers.proposals import SheetProposal, propose


def propose_columns(connection: Connection, viewer: Viewer, import_id: int) -> list[SheetProposal]:
    """One proposal for each sheet; none for files that are no spreadsheets or are not kept any more.

    Raises NotFound.
    """
    run = open_import(connection, viewer, import_id)
    sources = list_sources(connection, run, imports.organisation_ref(connection, run.owner_id))
    if run.format == "iati-xml" or not all(source.path.is_file() for source in sources):
        return []
    return propose(list(sources))
