"""The form of a good practice: texts and choices as a browser sends them, and the practice that they mean."""

from collections.abc import Sequence

from app.models.practice_document import PracticeDocument
from app.services.line_form import Form, read_documents, write_documents

TEXTS = ("title", "description", "results", "lessons", "conditions", "evidence", "contact", "visibility")
LISTS = ("countries", "areas")


def practice_form_of(practice: PracticeDocument) -> Form:
    """The fields of a stored practice, or of an empty one."""
    form: Form = {name: [getattr(practice, name)] for name in TEXTS}
    form |= {name: list(getattr(practice, name)) for name in LISTS}
    return form | {"projects": ["\n".join(practice.projects)], "documents": [write_documents(practice.documents)]}


def read_practice_form(sent: Sequence[tuple[str, str]]) -> tuple[PracticeDocument, Form]:
    """The practice, and the form as it was sent, to be shown again."""
    form: Form = {name: [] for name in practice_form_of(PracticeDocument(""))}
    for name, value in sent:
        form.setdefault(name, []).append(value.strip())
    texts = {name: next(iter(form[name]), "") for name in (*TEXTS, "projects", "documents")}
    lists = {name: tuple(dict.fromkeys(filter(None, form[name]))) for name in LISTS}
    projects = tuple(dict.fromkeys(filter(None, map(str.strip, texts.pop("projects").splitlines()))))
    documents = read_documents(texts.pop("documents"))
    return PracticeDocument(
        **texts, countries=lists["countries"], areas=lists["areas"], projects=projects, documents=documents
    ), form
