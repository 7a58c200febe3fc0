"""What a project does counts more than why it is needed: how much each word of a text counts.

A title says what a project is about; sentences of aims and activities what it does; sentences of need and
background what is wrong in the world. Words after "including" only name a thing, words after "does not
cover" leave it out. Which words tell is data: lexicon/cues.yaml.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from app.rules.folded_text import WrittenWords
from app.rules.lexicon.shapes import Span, Weights

LONGEST_TITLE = 40  # words; a first paragraph longer than this is none
LONGEST_REACH = 15  # words that "does not cover" and "including" reach over
NOUN_REACH = 4  # "lack of support": no aim begins so soon after a word of need
REASON_REACH = 5  # words that "affected by" reaches over

_NEW_SECTION = re.compile(r"\s\|\s|\n")
_SENTENCE_END = re.compile(r"[.!?\u061f](?:[\s\"')\u00bb\u201d]|$)|[\n|\u2022\u00b7]")
_CLAUSE_END = re.compile(r"[;\u061b]")


class Sections(NamedTuple):
    """For each word: how much it counts, and the number of the clause in which it stands; the length of the title."""

    weights: list[float]
    clauses: list[int]
    title: int


def weigh_sections(written: WrittenWords, found: Mapping[str, list[Span]], weights: Weights) -> Sections:
    """Weigh the words of a text in which these cues were found."""
    clauses, starts, title = _divide(written)
    cues = {span.first: kind for kind in ("background", "aim") for span in found.get(f"cues/{kind}/terms", ())}
    counted: list[float] = []
    state = "plain"
    for start, end in zip(starts, [*starts[1:], len(written)], strict=True):
        state = next((cues[word] for word in range(start, end) if word in cues), state)
        since = -NOUN_REACH
        for word in range(start, end):
            if word - since >= NOUN_REACH:
                state = cues.get(word, state)
            since = word if cues.get(word) == "background" else since
            counted.append(weights.sections["title" if word < title else state])
        state = "aim" if state == "aim" else "plain"  # need and background last no longer than their sentence
    for kind, factor, reach in (
        ("excluded", 0.0, LONGEST_REACH),
        ("mention", weights.sections["mention"], LONGEST_REACH),
        ("reason", weights.sections["background"], REASON_REACH),
    ):
        for span in found.get(f"cues/{kind}/terms", ()):
            _weaken(counted, clauses, span, factor, reach)
    return Sections(counted, clauses, title)


def _weaken(counted: list[float], clauses: list[int], span: Span, factor: float, reach: int) -> None:
    """Let the words after a cue, up to the end of its clause, count less."""
    for word in range(span.last + 1, min(len(counted), span.last + 1 + reach)):
        if clauses[word] == clauses[span.first]:
            counted[word] *= factor


def _divide(written: WrittenWords) -> tuple[list[int], list[int], int]:
    """The clause of each word, the words that begin a sentence, and how many words the title has."""
    clauses, starts = [], [0] if len(written) else []
    clause = title = 0
    for word in range(len(written)):
        clauses.append(clause)
        gap = written.gap_after(word)
        if len(gap) < 2 and gap not in ("\n", ";"):
            continue
        if not title and _NEW_SECTION.search(gap):
            title = word + 1
        if (_SENTENCE_END.search(gap) or _is_number(written, word, gap)) and word + 1 < len(written):
            starts.append(word + 1)
            clause += 1
        elif _CLAUSE_END.search(gap):
            clause += 1
    return clauses, starts, title if title <= LONGEST_TITLE else 0


def _is_number(written: WrittenWords, word: int, gap: str) -> bool:
    """Whether a word is the number of an item in a list: `2)`."""
    return gap.startswith(")") and written.quote(word, word).isdecimal()
