"""The words that spreadsheets are written with, from words.yaml, and how two spellings are compared."""

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from app.codelists.template import template_wordings

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+")
_SIGNS = {"%": " percent ", "#": " number ", "&": " and ", "№": " number "}
_NUMBER = re.compile(r"\b[Nn]\.?\s?[°º]")  # as in N° de dossier, n.º do processo


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """`text` without case, accents and punctuation: words with one space between them."""
    for sign, word in _SIGNS.items():
        text = text.replace(sign, word)
    if "°" in text or "º" in text:
        text = _NUMBER.sub(" number ", text)
    if not text.isupper():
        text = _CAMEL.sub(" ", text)
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(_WORD.findall(plain.casefold()))


@cache
def _all_words() -> dict[str, Any]:
    text = (Path(__file__).parent / "words.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 (both are safe)
    return loaded


@cache
def words(section: str) -> dict[str, str]:
    """Folded wording -> key, for one section of words.yaml ('headings.transaction', 'statuses', ...) and of our template."""
    found: Any = _all_words()
    for name in section.split("."):
        found = found[name]
    own = {fold(str(wording)): str(key) for key, wordings in found.items() for wording in wordings}
    return {fold(wording): key for wording, key in template_wordings(section).items()} | own


@cache
def section_words(section: str) -> dict[str, tuple[str, ...]]:
    """Key -> its folded wordings, for one section of words.yaml."""
    found: dict[str, tuple[str, ...]] = {}
    for wording, key in words(section).items():
        found[key] = (*found.get(key, ()), wording)
    return found


@cache
def word_set(section: str) -> frozenset[str]:
    """The folded words of a section that is a plain list ('totals', 'noise', ...)."""
    return frozenset(fold(str(word)) for word in _all_words()[section])


@cache
def shared_signs() -> dict[str, frozenset[str]]:
    """Signs that several currencies share, folded in case, with their codes: "$" -> USD, CAD, ..."""
    signs: dict[str, list[str]] = _all_words()["shared_signs"]
    return {sign: frozenset(codes) for sign, codes in signs.items()}


def shared_sign(text: str) -> str:
    """The shared sign that `text` is, as shared_signs has it; '' for everything else."""
    sign = text.strip(" .").casefold()
    return sign if sign in shared_signs() else ""
