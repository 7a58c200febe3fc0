"""Brings app/locales/*/messages.po up to date with the texts of templates, routers and services, and of what they show:
the issues of importers and checks among it.

New texts come in without a translation, texts that nobody uses go; says how many still lack one.
With --check it changes nothing and fails if a catalogue is not up to date or not complete.
"""

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from app.codelists import codes, name_of
from app.rules.indices import NO_MONEY, ONE_DONOR
from app.rules.netting import EXPLANATIONS
from importers.layouts import list_layouts

APP = Path(__file__).parent.parent / "app"
METHODS = [
    ("templates/**.html", "jinja2"),
    ("routers/**.py", "python"),
    ("services/**.py", "python"),
    ("main.py", "python"),
]
# Where issues are made, and which arguments there are texts for people. A text that is put together is one of `worded`.
ISSUES = [(f"{room}/**.py", "python") for room in ("models", "rules", "queries", "services", "routers")]
IMPORTERS = EXPORTS = [("**.py", "python")]
MARKS: dict[str, tuple[int, ...]] = {"worded": (1,), "phrase": (1,)}
# What pages say of refusals stands where each is raised.
REFUSALS = (
    "Refused", "NotFound", "NotAllowed", "SignInNeeded", "InvalidInput", "FileRefused", "ImportConflict", "Busy",
    "AddressRefused", "UploadTooLarge", "WrongSignIn", "AccountClosed", "TooManyTries", "NotShown", "ProviderFailed",
    "ClaimConflict", "DecisionConflict", "SearchChanged",
)  # fmt: skip
MAKERS: dict[str, tuple[int, ...]] = {
    "Issue": (3, 4), "refuse_file": (2, 3), "Unclear": (2, 3), "note": (3, 4), "say_once": (4, 5), "_warn_at": (3, 4),
    "_note_unknown": (2,), "read": (3,), "many": (3,), "Fault": (4, 5), "error": (3, 4), **dict.fromkeys(REFUSALS, (1,)),
}  # fmt: skip
OPTIONS = {"templates/**.html": {"trimmed": "true"}}
# Lists whose names pages show; those of sectors and regions are too long to be translated here.
CODELISTS = (
    "ActivityStatus", "ActivityDateType", "DescriptionType", "OrganisationRole", "OrganisationType",
    "RelatedActivityType", "ResultType", "SectorVocabulary", "TransactionType",
)  # fmt: skip


def extract_texts() -> Catalog:
    """Every text of templates, routers and services, in the order of the files, then the texts of rules and code lists."""
    found = Catalog(project="Tessera", charset="utf-8")
    texts = [*extract_from_dir(APP, METHODS, OPTIONS), *extract_from_dir(APP.parent / "exports", EXPORTS)]
    for file, _line, message, comments, context in sorted(texts, key=lambda text: text[:2]):
        found.add(message, locations=[(file, 0)], auto_comments=comments, context=context)
    for text in (*issue_texts(), *question_texts()):
        found.add(text)
    for text in (NO_MONEY, ONE_DONOR, *EXPLANATIONS.values()):
        found.add(text)
    for codelist in CODELISTS:
        for code in codes(codelist, withdrawn=True):
            found.add(name_of(codelist, code))
    return found


def issue_texts() -> list[str]:
    """The texts of issues and checks, in the order of the files."""
    # One keyword with two positions would be a plural to Babel: each position is looked for by itself.
    passes = [MARKS, *({name: at[n : n + 1] for name, at in MAKERS.items() if len(at) > n} for n in (0, 1))]
    found: list[tuple[str, int, str]] = []
    for keywords in passes:
        for folder, methods in ((APP, ISSUES), (APP.parent / "importers", IMPORTERS)):
            texts = extract_from_dir(folder, methods, keywords=keywords)
            found += [(f"{folder.name}/{file}", line, text) for file, line, text, *_ in texts if isinstance(text, str)]
    return [text for _, _, text in sorted(found) if text.strip()]


def question_texts() -> list[str]:
    """What known layouts ask."""
    return [layout.country_question.text for layout in list_layouts() if layout.country_question]


def is_translated(message: Message) -> bool:
    """Whether every form of the text has a translation."""
    return all(message.string) if isinstance(message.string, (list, tuple)) else bool(message.string)


def updated(path: Path, texts: Catalog) -> tuple[bytes, list[str]]:
    """The catalogue at `path` with exactly these texts, and those without a translation."""
    locale = path.parent.name
    with path.open("rb") as stream:
        catalog = read_po(stream, locale=locale)
    catalog.update(texts, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    out = BytesIO()
    write_po(out, catalog, width=110, omit_header=False, no_location=True)
    return out.getvalue(), [str(message.id) for message in catalog if message.id and not is_translated(message)]


def main() -> int:
    is_check = "--check" in sys.argv
    texts = extract_texts()
    failures = 0
    for path in sorted(APP.glob("locales/*/messages.po")):
        content, missing = updated(path, texts)
        is_current = path.read_bytes() == content
        print(f"{path.parent.name}: {len(texts)} texts, {len(missing)} without a translation")
        failures += is_check and (bool(missing) or not is_current)
        if not is_check:
            path.write_bytes(content)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
