"""Issues that say the same of different places, as one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

FIRST = 5
# What differs from one place to the next: what stands in quotes, numbers, codes with digits.
_VARYING = re.compile(r"“[^”]*”|\S*\d\S*")


@dataclass(frozen=True, slots=True)
class Group:
    """`message` has … where the issues differ; `first` are the first of them."""

    level: str
    code: str
    message: str
    hint: str
    count: int
    first: list[Any]


def group_issues(issues: Iterable[Any]) -> list[Group]:
    """Groups in the order of their first issue; one that stands alone keeps its own words."""
    found: dict[tuple[str, str, str], list[Any]] = {}
    for issue in issues:
        found.setdefault((issue.level, issue.code, _VARYING.sub("…", issue.message)), []).append(issue)
    return [
        Group(level, code, _common(pattern, some), _common(_VARYING.sub("…", some[0].hint), some, "hint"), len(some), some[:FIRST])
        for (level, code, pattern), some in found.items()
    ]  # fmt: skip


def _common(pattern: str, issues: list[Any], name: str = "message") -> str:
    """The words of the issues, where all say the same."""
    first = str(getattr(issues[0], name))
    return first if all(getattr(issue, name) == first for issue in issues) else pattern
