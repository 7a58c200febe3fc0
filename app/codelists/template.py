"""The words of the workbook to fill in, in six languages, from `data/template.yaml`.

Exports write them and importers read them: this is the one place that knows both.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from app.codelists.reading import DATA, language_of

# What the first cell of a sheet says that is ours and holds nothing to import (notes, examples, issues).
UNREAD_MARK = "Tessera: this sheet is not imported"


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """One column: `field` is the importer's name for it, `key` tells a second column of the field apart."""

    key: str
    heading: str
    note: str
    is_folded: bool

    @property
    def field(self) -> str:
        return self.key.removesuffix("-2")


def template_columns(table: str, language: str) -> list[TemplateColumn]:
    """The columns of `projects`, `transactions` or `areas`, in their order."""
    language, notes = language_of(language), _words()["notes"]
    return [
        TemplateColumn(key, said[language], notes[said["note"]][language], "more" in said)
        for key, said in _words()["columns"][table].items()
    ]


def template_word(section: str, key: str, language: str) -> str:
    """A word of the sections sheets, statuses, flows, refusals or example; '' for a key that has none."""
    said: Mapping[str, str] = _words()[section].get(key, {})
    return said.get(language_of(language), "")


def template_guide(language: str) -> list[str]:
    """The sentences of the Notes sheet."""
    return [said[language_of(language)] for said in _words()["guide"]]


@cache
def template_wordings(section: str) -> dict[str, str]:
    """Wording -> key in all languages, for a section as the importer's words.yaml names it (`headings.activity`)."""
    return dict(_wordings(section))


def _wordings(section: str) -> Iterator[tuple[str, str]]:
    kind, _, table_kind = section.partition(".")
    if kind == "headings":
        yield from _spread(_headings(table_kind))
    elif section in ("statuses", "flows"):
        yield from _spread(_words()[section])
    elif section == "sheets":
        yield from _spread({"transaction": _words()["sheets"]["transactions"]})


def _headings(table_kind: str) -> dict[str, Mapping[str, Any]]:
    """The columns that a project has, or those that only an amount has."""
    columns = _words()["columns"]
    of_projects = {**columns["areas"], **columns["projects"]}
    if table_kind == "activity":
        return {key: said for key, said in of_projects.items() if not key.endswith("-2")}
    of_amounts = {key: said for key, said in columns["transactions"].items() if key not in of_projects}
    return of_amounts if table_kind == "transaction" else {}


def _spread(said: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for key, words in said.items():
        yield from ((str(word), key) for name, word in words.items() if name not in ("note", "more"))


@cache
def _words() -> dict[str, Any]:
    text = (DATA / "template.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 (both are safe)
    return loaded
