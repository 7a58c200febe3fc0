"""The form of a good practice: texts and choices as a browser sends them, and the practice that they mean."""

from collections.abc import Sequence
from typing import Any

from app.models.practice_document import PracticeDocument
from app.services.line_form import Form, fields_of, first_of, read_documents, write_documents

TEXTS = ("title", "description", "results", "lessons", "conditions", "evidence", "contact", "visibility")
LISTS = ("countries", "areas")


def practice_form_of(practice: PracticeDocument) -> Form:
    """The fields of a stored practice, or of an empty one."""
    form: Form = {name: [getattr(practice, name)] for name in TEXTS}
    form |= {name: list(getattr(practice, name)) for name in LISTS}
    return form | {"projects": ["\n".join(practice.projects)], "documents": [write_documents(practice.documents)]}


def read_practice_form(sent: Sequence[tuple[str, str]]) -> tuple[PracticeDocument, Form]:
    """The practice, and the form as it was sent, to be shown again."""
    form = fields_of(sent, practice_form_of(PracticeDocument("")))
    values: dict[str, Any] = {name: first_of(form, name) for name in TEXTS}
    values |= {name: tuple(dict.fromkeys(filter(None, form[name]))) for name in LISTS}
    projects = filter(None, map(str.strip, first_of(form, "projects").splitlines()))
    values |= {"projects": tuple(dict.fromkeys(projects)), "documents": read_documents(first_of(form, "documents"))}
    return PracticeDocument(**values), form
