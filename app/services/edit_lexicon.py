"""The words behind suggestions: looked at by area and language, changed after a look at what that would alter."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from app.errors import InvalidInput, NotAllowed, NotFound
from app.models.read_record import read_words
from app.models.worded import worded
from app.queries import portfolio
from app.queries.audit import note_action
from app.queries.lexicons import lexicon_with, read_overrides, write_override
from app.queries.records import iterate_records
from app.rules.lexicon import expand_phrase, lay_over, read_lexicon_file
from app.rules.permissions import Viewer, may_edit_frameworks
from app.rules.project_words import read_project_words
from app.rules.suggest import suggest_all, suggestible_frameworks
from app.services.suggest_areas import queue_suggesting
from app.services.work_on_job import WAKE

LANGUAGES = ("en", "fr", "es", "it", "pt", "ar")
KINDS = ("terms", "hints")
TRIED = 300  # stored projects that a preview looks at while somebody waits
EXAMPLES = 20
MOST_PHRASES, LONGEST_PHRASE, MOST_EXPANDED = 500, 300, 400


@dataclass(frozen=True, slots=True)
class WordList:
    """One list: the phrases that speak for an area in one language, one a line."""

    lexicon: str
    area: str
    language: str
    kind: str
    phrases: str
    is_ours: bool = False


@dataclass(frozen=True, slots=True)
class Altered:
    """A stored project whose suggestions would change; codes of areas."""

    id: int
    title: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(slots=True)
class LexiconPreview:
    """What a change would do: `found` stored projects have words of it, `tried` of them were looked at."""

    added: list[str]
    removed: list[str]
    found: int = 0
    tried: int = 0
    altered: list[Altered] = field(default_factory=list)
    count: int = 0


def list_words(connection: Connection, viewer: Viewer, lexicon: str) -> list[WordList]:
    """Every list of a framework, empty ones too. Raises NotFound, NotAllowed."""
    _may(viewer)
    if lexicon not in suggestible_frameworks():
        raise NotFound(worded("There is no word list for the framework %(lexicon)s.", lexicon=lexicon))
    ours = read_overrides(connection).get(lexicon, {})
    laid = lay_over(read_lexicon_file(lexicon), ours)
    return [
        WordList(lexicon, code, language, kind, "\n".join(map(str, area.get(kind, {}).get(language, ()))),
                 language in ours.get("areas", {}).get(code, {}).get(kind, {}))
        for code, area in laid["areas"].items()
        for kind in KINDS
        for language in LANGUAGES
    ]  # fmt: skip


def preview_words(connection: Connection, viewer: Viewer, changed: WordList) -> LexiconPreview:
    """What of stored projects the changed list would alter; of more than TRIED, only the first are looked at.
    Raises NotFound, NotAllowed, InvalidInput."""
    return next(try_words(connection, viewer, changed))


def try_words(connection: Connection, viewer: Viewer, changed: WordList) -> Iterator[LexiconPreview]:
    """The same preview, again and again, after each TRIED projects until all were looked at."""
    changed, present = _checked(connection, viewer, changed)
    before, after = (set(one.phrases.splitlines()) for one in (present, changed))
    ids = _touched(connection, viewer, before ^ after)
    preview = LexiconPreview(sorted(after - before), sorted(before - after), len(ids))
    old, new = _lexicons(connection, changed)
    for start in range(0, max(len(ids), 1), TRIED):
        for rows in iterate_records(connection, ids=ids[start : start + TRIED]):
            for row in rows:
                _compare(preview, row, changed.lexicon, old, new)
        preview.tried = min(start + TRIED, len(ids))
        yield preview


def save_words(connection: Connection, viewer: Viewer, changed: WordList) -> None:
    """Put the list in the place of the present one, and have the suggestions made anew in the background; the
    built-in list again takes the change out. Raises NotFound, NotAllowed, InvalidInput."""
    changed, _ = _checked(connection, viewer, changed)
    built_in = read_lexicon_file(changed.lexicon)["areas"][changed.area].get(changed.kind, {}).get(changed.language, ())
    is_built_in = changed.phrases.splitlines() == list(map(str, built_in))
    place = (changed.lexicon, changed.area, changed.language, changed.kind)
    write_override(connection, viewer.user_id, *place, None if is_built_in else changed.phrases)
    note_action(connection, viewer.user_id, "words changed", "/".join(place))
    queue_suggesting(connection, framework=changed.lexicon)
    WAKE.set()


def _may(viewer: Viewer) -> None:
    if not may_edit_frameworks(viewer):
        raise NotAllowed("Only admins see and change the words behind suggestions.")


def _checked(connection: Connection, viewer: Viewer, changed: WordList) -> tuple[WordList, WordList]:
    """The changed list, tidied, and the present one. Raises NotFound, NotAllowed, InvalidInput."""
    place = (changed.area, changed.language, changed.kind)
    lists = {(one.area, one.language, one.kind): one for one in list_words(connection, viewer, changed.lexicon)}
    if place not in lists:
        raise NotFound(worded("There is no list %(names)s.", names="/".join(place)))
    lines = [" ".join(line.split()) for line in changed.phrases.splitlines()]
    for number, line in enumerate(lines, 1):
        if line:
            _check_phrase(line, number)
    kept = list(dict.fromkeys(filter(None, lines)))
    if len(kept) > MOST_PHRASES:
        raise InvalidInput(worded("A list has no more than %(most_phrases)s phrases.", most_phrases=MOST_PHRASES))
    return replace(changed, phrases="\n".join(kept)), lists[place]


def _check_phrase(line: str, number: int) -> None:
    plain = re.sub(r"[()|*]", "", line)
    if len(line) > LONGEST_PHRASE or len(plain.strip()) < 3:
        raise InvalidInput(
            worded(
                "Line %(number)s: a phrase has 3 to %(longest_phrase)s characters.",
                number=number,
                longest_phrase=LONGEST_PHRASE,
            )
        )
    depth = 0
    for sign in line:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth < 0 or (sign == "|" and depth == 0):
            break
    if depth != 0 or ("|" in line and "(" not in line):
        raise InvalidInput(worded("Line %(number)s: write choices as (one|other), with both brackets.", number=number))
    if re.search(r"\*\w|(?:^|\s)\*", line):
        raise InvalidInput(worded("Line %(number)s: * stands at the end of a word.", number=number))
    choices = 1
    for group in re.findall(r"\(([^()]*)\)", line):
        choices *= group.count("|") + 1
    if choices > MOST_EXPANDED or line.count("(") > 8:
        raise InvalidInput(worded("Line %(number)s: this stands for too many phrases. Make two of it.", number=number))


def _touched(connection: Connection, viewer: Viewer, phrases: set[str]) -> list[int]:
    """Stored projects in whose words one of these phrases may stand, by full text."""
    found: dict[int, None] = {}
    for phrase in sorted({one.replace("*", "").strip() for line in phrases for one in expand_phrase(line)}):
        asked = portfolio.PortfolioFilter(words=phrase)
        found.update(dict.fromkeys(portfolio.list_ids(connection, viewer, asked)))
    return sorted(found)


def _lexicons(connection: Connection, changed: WordList) -> tuple[Any, Any]:
    overrides = read_overrides(connection).get(changed.lexicon)
    words = {changed.kind: {changed.language: changed.phrases.splitlines()}}
    above = lay_over(overrides or {}, {"version": "preview", "areas": {}})
    above["areas"] = lay_over((overrides or {}).get("areas", {}), {changed.area: words})
    return lexicon_with(changed.lexicon, overrides), lexicon_with(changed.lexicon, above)


def _compare(preview: LexiconPreview, row: Any, key: str, old: Any, new: Any) -> None:
    record = read_words(row.record)
    words = read_project_words(record)
    before, after = (
        tuple(f"{area.code} {round(100 * area.share)} %" for area in found[key].areas) if key in found else ()
        for found in (suggest_all(*words, lexicons=(lexicon,)) for lexicon in (old, new))
    )
    if before != after:
        preview.count += 1
        if len(preview.altered) < EXAMPLES:
            preview.altered.append(Altered(row.activity_id, record.title, before, after))
