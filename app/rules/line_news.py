"""What there is to tell about funding lines: from what was seen at the last look and what is there now.

Our own rule. A look compares whole results, so nothing is missed between two looks; what is told gets a key that is the
same for the same change, so nothing is told twice.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

NewsKind = Literal["new", "deadline-moved", "amount-changed", "closing-soon", "withdrawn", "back"]
THERE, ELSEWHERE, WITHDRAWN = "there", "elsewhere", "withdrawn"


class Facts(NamedTuple):
    """A line as it is now. `closes`: the instant ("" for none); `closes_said`: as the donor wrote it."""

    version: int
    closes: str
    closes_said: str
    money: str
    is_soon: bool


class Mark(NamedTuple):
    """What was seen of a line. `told_soon`: the deadline of which was told that it is near; `gone`: how often it was
    withdrawn."""

    closes: str
    closes_said: str
    money: str
    told_soon: str
    state: str
    gone: int = 0


class News(NamedTuple):
    """One thing to tell; `key` names it among all news of one search."""

    line_id: int
    kind: NewsKind
    before: str
    after: str
    key: str


def mark_of(facts: Facts) -> Mark:
    """A line that its reader has seen on the page: nothing of it is left to tell."""
    return Mark(facts.closes, facts.closes_said, facts.money, facts.closes if facts.is_soon else "", THERE)


def list_news(
    seen: Mapping[int, Mark], found: Mapping[int, Facts], elsewhere: Mapping[int, Facts]
) -> tuple[list[News], dict[int, Mark]]:
    """What is new, and what has now been seen. `elsewhere`: lines seen before that the result no longer holds but that
    its reader may still see: their last change is told, too (a deadline may have moved out of the search)."""
    news: list[News] = []
    after = dict(seen)
    for line, facts in found.items():
        before = seen.get(line)
        news += _changes(line, before, facts) if before else [News(line, "new", "", facts.closes_said, f"{line}:new")]
        told = before.told_soon if before else ""
        if facts.is_soon and facts.closes != told:
            news.append(News(line, "closing-soon", "", facts.closes_said, f"{line}:closing-soon:{facts.closes}"))
            told = facts.closes
        after[line] = Mark(facts.closes, facts.closes_said, facts.money, told, THERE, before.gone if before else 0)
    for line, before in seen.items():
        if line in found or before.state != THERE:
            continue
        if line in elsewhere:
            news += _changes(line, before, elsewhere[line])
            now = elsewhere[line]
            after[line] = Mark(now.closes, now.closes_said, now.money, before.told_soon, ELSEWHERE, before.gone)
        else:
            news.append(News(line, "withdrawn", before.closes_said, "", f"{line}:withdrawn:{before.gone}"))
            after[line] = before._replace(state=WITHDRAWN, gone=before.gone + 1)
    return news, after


def _changes(line: int, before: Mark, now: Facts) -> list[News]:
    found = []
    if before.state == WITHDRAWN:
        found.append(News(line, "back", "", now.closes_said, f"{line}:back:{before.gone}"))
    if before.closes != now.closes:
        key = f"{line}:deadline-moved:{now.version}"
        found.append(News(line, "deadline-moved", before.closes_said, now.closes_said, key))
    if before.money != now.money:
        found.append(News(line, "amount-changed", before.money, now.money, f"{line}:amount-changed:{now.version}"))
    return found
