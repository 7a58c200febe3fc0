"""Brings app/locales/*/messages.po up to date with the texts of templates, routers and services, and of what they show.

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

APP = Path(__file__).parent.parent / "app"
METHODS = [
    ("templates/**.html", "jinja2"),
    ("routers/**.py", "python"),
    ("services/**.py", "python"),
    ("main.py", "python"),
]
OPTIONS = {"templates/**.html": {"trimmed": "true"}}
# Lists whose names pages show; those of sectors and regions are too long to be translated here.
CODELISTS = (
    "ActivityStatus", "ActivityDateType", "DescriptionType", "OrganisationRole", "OrganisationType",
    "RelatedActivityType", "ResultType", "SectorVocabulary", "TransactionType",
)  # fmt: skip


def extract_texts() -> Catalog:
    """Every text of templates, routers and services, in the order of the files, then the texts of rules and code lists."""
    found = Catalog(project="Tessera", charset="utf-8")
    texts = extract_from_dir(APP, METHODS, OPTIONS)
    for file, _line, message, comments, context in sorted(texts, key=lambda text: text[:2]):
        found.add(message, locations=[(file, 0)], auto_comments=comments, context=context)
    for text in (NO_MONEY, ONE_DONOR, *EXPLANATIONS.values()):
        found.add(text)
    for codelist in CODELISTS:
        for code in codes(codelist, withdrawn=True):
            found.add(name_of(codelist, code))
    return found


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
