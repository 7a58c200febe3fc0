"""Issues that say the same of different places, as one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.models.issue import Issue
from app.models.worded import Worded

FIRST = 5
# What differs from one place to the next: what stands in quotes, numbers, codes with digits.
_VARYING = re.compile(r"“[^”]*”|\S*\d\S*")


@dataclass(frozen=True, slots=True)
class Group:
    """`message` and `hint` have … where the issues differ; `first` are the first of them."""

    level: str
    code: str
    message: str
    hint: str
    count: int
    first: list[Issue]


def group_issues(issues: Iterable[Issue]) -> list[Group]:
    """Groups in the order of their first issue; one that stands alone keeps its own words."""
    found: dict[tuple[str, str, str], list[Issue]] = {}
    for issue in issues:
        found.setdefault((issue.level, issue.code, _pattern(issue.message)), []).append(issue)
    return [
        Group(level, code, _common([one.message for one in some]), _common([one.hint for one in some]), len(some), some[:FIRST])
        for (level, code, _), some in found.items()
    ]  # fmt: skip


def _pattern(text: str) -> str:
    """What texts have in common that say the same."""
    return text.template if isinstance(text, Worded) and text.facts else _VARYING.sub("…", text)


def _common(texts: list[str]) -> str:
    """The words of the texts, where all say the same; else with … for what differs."""
    first = texts[0]
    if all(text == first for text in texts):
        return first
    alike = [text for text in texts if isinstance(text, Worded) and text.template == getattr(first, "template", None)]
    if len(alike) < len(texts):
        return _VARYING.sub("…", first)
    facts = {name: {text.facts[name] for text in alike} for name in alike[0].facts}
    return Worded(alike[0].template, {name: some.pop() if len(some) == 1 else "…" for name, some in facts.items()})
