"""The words that point to an area: data, read from the YAML files beside this module.

One file a framework, named after its key; `relevance.yaml` says which projects are about children and
exploitation at all; `words.yaml` holds words that several files combine; `cues.yaml` tells aims from
background; `weights.yaml` holds the numbers. In a file:

- `version` names its state, which a change moves on;
- `terms` (weight 1) and `hints` (weight 0.5: one alone suggests nothing) list phrases by language;
- `pairs` name two groups of words of which one each must stand within `within` words (8 unless told);
  where the first stands decides how much the pair counts;
- `like` takes over the terms of areas of other files; `sectors` gives weights to DAC purpose codes;
- `many_countries` is the weight added for a project in three countries or more;
- `beside` and `alone` name groups of words without which the area is not suggested beside others, or alone;
- `words` defines groups for pairs.

`florence-2008.npz` is no list of words: see app/rules/word_parts.py.

In a phrase, `(a|b)` stands for either, `(a|)` may be absent, and `*` at the end of a word
matches the rest of that word. Accents, case and Arabic prefixes make no difference.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from app.errors import NotFound
from app.rules.lexicon.shapes import AreaWords, Lexicon, Rule, Span, Weights
from app.rules.lexicon.vocabulary import Vocabulary

__all__ = [
    "SHARED_FILES", "AreaWords", "Lexicon", "Rule", "Span", "Vocabulary", "Weights", "build_lexicon",
    "expand_phrase", "lay_over", "load_lexicon", "read_lexicon_file", "read_lexicons", "read_weights",
]  # fmt: skip

FOLDER = Path(__file__).parent
SHARED_FILES = ("relevance", "words", "cues")
WEIGHTS = "weights"
Content = Mapping[str, Any]

_INNERMOST_GROUP = re.compile(r"\(([^()]*)\)")


def load_lexicon(framework: str, overrides: Content | None = None) -> Lexicon:
    """The word list of a framework, with a coordinator's own lists in the place of the file's.

    `overrides` has the shape of a file and names only what differs, such as
    `{"version": "ours-3", "areas": {"N3": {"terms": {"en": ["legal clinic*"]}}}}`; a list replaces a list.
    Raises NotFound for a framework without a word list.
    """
    if framework not in _read_files():
        raise NotFound(f"There is no word list for the framework {framework!r}, so nothing can be suggested.")
    if not overrides:
        return read_lexicons()[framework]
    return build_lexicon(framework, lay_over(_read_files()[framework], overrides), _read_files())


def read_lexicon_file(framework: str) -> Content:
    """The file of a framework as it stands, for an editor; `{}` if it has none."""
    return _read_files().get(framework, {})


@cache
def read_lexicons() -> dict[str, Lexicon]:
    """Every word list by its key, those of SHARED_FILES among them."""
    files = _read_files()
    return {key: build_lexicon(key, content, files) for key, content in files.items() if key != WEIGHTS}


@cache
def read_weights() -> Weights:
    """The numbers with which phrases are weighed."""
    return Weights(**_read_files()[WEIGHTS])


def build_lexicon(key: str, content: Content, others: Mapping[str, Content]) -> Lexicon:
    """A word list from the content of a file; `others` holds the files that `like` refers to."""
    groups = {name: _phrases(words) for name, words in content.get("words", {}).items()}
    areas = {code: _with_likeness(area, others) for code, area in content.get("areas", {}).items()}
    for code, area in areas.items():
        for kind in ("terms", "hints"):
            if any(area[kind]):
                groups[f"{key}/{code}/{kind}"] = frozenset().union(*map(_phrases, area[kind]))
    words = tuple(_area_words(key, code, area, groups) for code, area in areas.items())
    return Lexicon(key, str(content["version"]), words, groups)


def expand_phrase(phrase: str) -> Iterator[str]:
    """Every phrase that a pattern with `(a|b)` stands for; groups may hold groups."""
    group = _INNERMOST_GROUP.search(phrase)
    if group is None:
        yield " ".join(phrase.split())
        return
    for choice in group[1].split("|"):
        yield from expand_phrase(phrase[: group.start()] + choice + phrase[group.end() :])


@cache
def _read_files() -> dict[str, dict[str, Any]]:
    files = sorted(FOLDER.glob("*.yaml"))
    return {file.stem: yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader) for file in files}


def lay_over(below: Content, above: Content) -> dict[str, Any]:
    """`below` with what `above` says in its place, however deep; a list replaces a list."""
    laid = {key: lay_over(below[key], value) if isinstance(value, Mapping) and key in below else value
            for key, value in above.items()}  # fmt: skip
    return {**below, **laid}


def _phrases(by_language: Mapping[str, Iterable[str]]) -> frozenset[str]:
    listed = itertools.chain.from_iterable(by_language.values())
    return frozenset(itertools.chain.from_iterable(map(expand_phrase, listed)))


def _with_likeness(area: Content, others: Mapping[str, Content]) -> dict[str, Any]:
    """The area, its lists of terms, hints and pairs followed by those of the areas that it is like."""
    alike = [area]
    for other in area.get("like", ()):
        key, code = other.split("/")
        alike.append(others[key]["areas"][code])
    lists: dict[str, Any] = {kind: [one.get(kind, {}) for one in alike] for kind in ("terms", "hints")}
    return {**area, **lists, "pairs": [pair for one in alike for pair in one.get("pairs", ())]}


def _area_words(key: str, code: str, area: Content, groups: Mapping[str, Any]) -> AreaWords:
    weights = {f"{key}/{code}/terms": 1.0, f"{key}/{code}/hints": 0.5}
    rules = [Rule(weight, group) for group, weight in weights.items() if group in groups]
    for pair in area["pairs"]:
        group, partner = pair["of"]
        rules.append(Rule(pair.get("weight", 1.0), group, partner, pair.get("within", 8)))
    sectors = {str(sector): weight for sector, weight in area.get("sectors", {}).items()}
    more = (area.get("many_countries", 0.0), area.get("beside", ""), area.get("alone", ""))
    return AreaWords(code, tuple(dict.fromkeys(rules)), sectors, *more)
