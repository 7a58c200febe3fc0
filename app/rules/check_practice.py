"""What is wrong in a good practice before it is stored: each with the field, why, and what to do.

Many people read it, so it never holds what may tell who a child is, or where a shelter stands (rules/personal_data).
"""

from collections.abc import Collection, Iterator

from app.models.line_document import PRIVATE, SHARED
from app.models.practice_document import EVALUATED, EVIDENCE, REPLICATED, PracticeDocument
from app.models.worded import phrase, worded
from app.rules.check_funding import (
    Fault,
    check_address,
    check_areas,
    check_places,
    check_visibility,
    error,
)
from app.rules.text_care import say_old_wording, say_personal

LONGEST_TITLE, LONGEST_TEXT = 300, 20_000
MOST_NAMED = 200  # projects or documents
TEXTS = ("title", "description", "results", "lessons", "conditions", "contact")
_NEEDED = {
    "title": (phrase("The good practice has no title."), phrase("Say in a few words what was done.")),
    "description": (
        phrase("It is not said what was done."),
        phrase("Say what was done, with whom, for how long: so that others could do it, too."),
    ),
    "results": (
        phrase("It is not said what came of it."),
        phrase("Say what changed, and how you know; or that it is too early to tell."),
    ),
}


def check_practice(practice: PracticeDocument, known_areas: Collection[str]) -> list[Fault]:
    """Everything at once. `known_areas`: FRAMEWORK/CODE of every area that there is."""
    return [
        *_texts(practice), *_evidence(practice), *check_areas("areas", practice.areas, known_areas.__contains__),
        *check_places("countries", practice.countries), *check_visibility(practice.visibility, (PRIVATE, SHARED)),
    ]  # fmt: skip


def _texts(practice: PracticeDocument) -> Iterator[Fault]:
    for name, (missing, remedy) in _NEEDED.items():
        if not getattr(practice, name).strip():
            yield error(f"{name}-missing", name, missing, remedy)
    if not practice.areas:
        yield error("areas-missing", "areas", "It has no area.", "Choose at least one, so that others find it.")
    for name in TEXTS:
        written = getattr(practice, name)
        most = LONGEST_TITLE if name == "title" else LONGEST_TEXT
        if len(written) > most:
            too_long = worded("This text has more than %(most)s letters.", most=most)
            yield error("text-too-long", name, too_long, "Shorten it, and name a document for the rest.")
        for _, personal in say_personal(written):
            yield error("personal-data", name, personal, "Take the words out: whoever signs in can read this.")
        for _, old, instead in say_old_wording(written):
            yield Fault("warning", "old-wording", name, old, instead)


def _evidence(practice: PracticeDocument) -> Iterator[Fault]:
    if practice.evidence not in EVIDENCE:
        hint = worded("Choose one of: %(levels)s.", levels=", ".join(EVIDENCE))
        words = worded("“%(value)s” is no level of evidence.", value=practice.evidence)
        yield error("evidence-unknown", "evidence", words, hint)
    elif practice.evidence in (EVALUATED, REPLICATED) and not practice.documents:
        remedy = phrase("Name the evaluation with its address, or choose a lower level.")
        yield error("evidence-unnamed", "documents", "The evaluation is not named.", remedy)
    for _, address in practice.documents:
        yield from check_address("documents", address)
    for name in ("projects", "documents"):
        if len(getattr(practice, name)) > MOST_NAMED:
            words = worded("There are more than %(most)s here.", most=MOST_NAMED)
            yield error("too-many", name, words, "Name those that tell most.")
