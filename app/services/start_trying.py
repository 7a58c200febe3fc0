"""Have changed words tried on all stored projects in the background, where these are too many to wait for."""

from dataclasses import asdict

from app import database
from app.queries.jobs import add_job
from app.rules.permissions import Viewer
from app.services.edit_lexicon import WordList
from app.services.work_on_job import WAKE

TRY_WORDS = "try-words"  # the kind of the job


def start_trying(viewer: Viewer, changed: WordList) -> int:
    """The number of the job; `changed` is as `preview_words` took it."""
    with database.write() as connection:
        job = add_job(connection, TRY_WORDS, {"user_id": viewer.user_id, "changed": asdict(changed)})
    WAKE.set()
    return job
