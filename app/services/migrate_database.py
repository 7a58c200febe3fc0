"""Bring a database to this version."""

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from app import database
from app.queries.bulk import ALONE
from app.queries.reviews import fill_reviews
from app.queries.roll_ups import fill_roll_ups
from app.services.load_frameworks import load_builtin_frameworks

FOLDER = Path(__file__).parent.parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def migrate_database(url: str | None = None) -> None:
    """Run every migration that `url` (default: the settings' database) lacks, and load the built-in data."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with database.write(url) as connection:
        connection.execution_options(**{ALONE: True})
        command.upgrade(_config(connection), "head")
        fill_roll_ups(connection)
        load_builtin_frameworks(connection)
        fill_reviews(connection)


def is_migrated(connection: Connection) -> bool:
    """Whether the database behind `connection` is at this version."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == head
