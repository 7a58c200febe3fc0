"""Two people change the same record: what both of them touched, and the record that both wanted."""

from collections.abc import Set
from copy import deepcopy
from dataclasses import dataclass

from lxml import etree

from app.rules.compare import Change, differences, keep_stored, parse_record


@dataclass(frozen=True, slots=True)
class Clash:
    """A part that two people changed to different ends: how it was, and what each of them wants."""

    part: Change
    before: str
    theirs: str
    mine: str


def find_clashes(before: bytes, theirs: bytes, mine: bytes) -> list[Clash]:
    """The parts that both changed since `before`, and not in the same way."""
    yours = {change.field: change for change in differences(before, theirs)}
    differing = {change.field for change in differences(theirs, mine)}
    return [
        Clash(change, change.before, yours[change.field].after, change.after)
        for change in differences(before, mine)
        if change.field in yours and change.field in differing
    ]


def merge_edits(before: bytes, theirs: bytes, mine: bytes, keep_theirs: Set[str]) -> etree._Element:
    """`mine` with the parts that only they changed, and those in `keep_theirs`."""
    changed_by_me = {change.field for change in differences(before, mine)}
    from_them = {change.field for change in differences(before, theirs)} - changed_by_me | keep_theirs
    merged = deepcopy(parse_record(mine))
    keep_stored(parse_record(theirs), merged, from_them, is_partial=False)
    return merged
