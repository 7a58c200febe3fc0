"""Texts for people that are put together here and said elsewhere, in the language of whoever reads them."""

import json
from collections.abc import Iterable
from typing import Any


class Worded(str):
    """An English text that knows how it was made: a template with `%(name)s`, and the facts in it.

    A fact that is itself a Worded is translated, too; every other fact is shown as it is. Without facts the template
    is the text itself.
    """

    __slots__ = ("facts", "template")
    template: str
    facts: dict[str, str]

    def __new__(cls, template: str, facts: dict[str, str]) -> "Worded":
        made = super().__new__(cls, template % facts if facts else template)
        made.template, made.facts = template, facts
        return made

    def __reduce__(self) -> tuple[type, tuple[str, dict[str, str]]]:
        return type(self), (self.template, self.facts)


def worded(template: str, /, **facts: object) -> Worded:
    """The text of `template` with these facts: worded("Row %(number)s is blank.", number=7)."""
    return Worded(template, {name: fact if isinstance(fact, Worded) else str(fact) for name, fact in facts.items()})


def phrase(text: str) -> str:
    """Marks a text that stands apart from where it is said, so that it gets into the catalogues."""
    return text


def as_worded(text: str) -> Worded:
    """A text as a fact that is to be translated."""
    return text if isinstance(text, Worded) else Worded(text, {})


def pack_wording(**texts: str) -> str | None:
    """How these texts were put together, as JSON; None where none was."""
    found = {name: _pack(text) for name, text in texts.items() if isinstance(text, Worded) and text.facts}
    return json.dumps(found, ensure_ascii=False) if found else None


def _pack(text: str) -> Any:
    if not isinstance(text, Worded):
        return text
    return [text.template, {name: _pack(fact) for name, fact in text.facts.items()}]


def unpack_wording(packed: str | None) -> dict[str, Worded]:
    """The texts of `pack_wording`."""
    return {name: _unpack(text) for name, text in json.loads(packed).items()} if packed else {}


def _unpack(text: Any) -> Any:
    if isinstance(text, str):
        return text
    template, facts = text
    return Worded(template, {name: _unpack(fact) for name, fact in facts.items()})


def listed(texts: Iterable[str]) -> Worded:
    """Texts one after the other, with commas."""
    facts = {str(number): text for number, text in enumerate(texts)}
    return Worded(", ".join(f"%({number})s" for number in facts), facts)
