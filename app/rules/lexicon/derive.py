"""A word list for a framework that has none: from what its areas are called, and from areas that they answer to."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from app.frameworks import Area, AreaMatch, Framework
from app.rules.folded_text import fold_words
from app.rules.lexicon import Lexicon, build_lexicon, lay_over, read_lexicon_file, read_lexicons

ALIKE = ("exact", "close", "narrow")  # the words of a wider or merely related area would say too much
SHORTEST_WORD = 4
COMMON = 3  # a word in the titles of more areas than this tells none of them apart
PAIR = 1.0
SUMMARY_PAIR = 0.5

_JOINTS = re.compile(r"[,;:()/]|\s[-\u2013\u2014]\s|\.\s")


def derive_lexicon(
    framework: Framework, matches: Iterable[AreaMatch] = (), overrides: dict[str, Any] | None = None
) -> Lexicon:
    """The word list of a framework without a file of its own. `matches`: the crosswalk, read in both directions;
    `overrides`: a coordinator's lists, laid over it as in `load_lexicon`."""
    matches = tuple(matches)
    used = Counter(word for area in framework.areas for word in {*_title_words(area)})
    common = {word for word, areas in used.items() if areas > COMMON}
    content: dict[str, Any] = {"version": framework.version, "words": {}, "areas": {}}
    for area in framework.areas:
        pairs = [*_pairs(area, common, content["words"])]
        like = [*dict.fromkeys(_alike(framework.key, area.code, matches))]
        content["areas"][area.code] = {"terms": {"titles": _whole_titles(area)}, "pairs": pairs, "like": like}
    files = {key: read_lexicon_file(key) for key in read_lexicons()}
    return build_lexicon(framework.key, lay_over(content, overrides or {}), files)


def _alike(key: str, code: str, matches: Iterable[AreaMatch]) -> Iterator[str]:
    """The areas with words of their own that an area answers to."""
    backwards = {"narrow": "broad", "broad": "narrow"}
    for one in matches:
        there = (one.other_framework, one.other_area, one.match)
        back = (one.framework, one.area, backwards.get(one.match, one.match))
        for here, (other, area, match) in (((one.framework, one.area), there), (there[:2], back)):
            if here == (key, code) and match in ALIKE and area in read_lexicon_file(other).get("areas", {}):
                yield f"{other}/{area}"


def _whole_titles(area: Area) -> list[str]:
    """The parts of its titles that are more than one word long, or the title if it is one word."""
    parts = [fold_words(part).split() for title in _titles(area) for part in _JOINTS.split(title)]
    return [" ".join(part) for part in parts if len(part) > 1 or (part and len(part[0]) > 2 * SHORTEST_WORD)]


def _pairs(area: Area, common: set[str], groups: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Neighbouring words of the titles and the summary that must stand near one another; adds them to `groups`."""
    for weight, texts in ((PAIR, _titles(area)), (SUMMARY_PAIR, [area.summary])):
        for text in texts:
            for part in _JOINTS.split(text):
                words = [word for word in _content_words(part) if word not in common]
                for one, other in pairwise(words):
                    groups.update({f"derived {word}": {"titles": [_stem(word)]} for word in (one, other)})
                    yield {"of": [f"derived {one}", f"derived {other}"], "within": 6, "weight": weight}


def _titles(area: Area) -> list[str]:
    return [area.title, *area.titles.values()]


def _title_words(area: Area) -> list[str]:
    return [word for title in _titles(area) for word in _content_words(title)]


def _content_words(text: str) -> Sequence[str]:
    idle = {fold_words(phrase).strip() for phrase in read_lexicons()["words"].groups["function_words"]}
    return [word for word in fold_words(text).split() if len(word) >= SHORTEST_WORD and word not in idle]


def _stem(word: str) -> str:
    """The word with any ending: `families` is met as family, `education` as educators."""
    return f"{word[: max(SHORTEST_WORD, len(word) - 3)].removesuffix('s')}*"
