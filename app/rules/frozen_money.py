"""The amounts behind a report, as a snapshot keeps them: enough to say later what changed and why."""

from dataclasses import dataclass, field
from typing import NamedTuple

AREA_UNKNOWN = 0  # the area id of money whose area nobody has said


class MoneyRow(NamedTuple):
    """What one project gives for one donor, area, country and year, in hundredths of the base currency.

    `reasons`: (code, identifier of the project where the money counts instead, '' where not everybody may see it).
    """

    project: int
    country: str
    area: int
    donor: int
    year: int
    gross: int
    net: int
    reasons: tuple[tuple[str, str], ...] = ()


class Payment(NamedTuple):
    """One amount as reported, with the rate that turned it into `cents` of the base currency (None: no rate)."""

    kind: str
    start: str
    end: str
    amount: str
    currency: str
    rate: str
    rate_date: str
    rate_source: str
    cents: int | None
    place: str = ""


class MappedShare(NamedTuple):
    """One area of a project: its share in millionths (None: equal) and whether somebody confirmed it."""

    area: int
    share: int | None
    state: str


@dataclass(slots=True)
class FrozenProject:
    """A project of a report; without identifier and title where its owner did not share it with everybody."""

    identifier: str = ""
    title: str = ""
    areas: tuple[MappedShare, ...] = ()
    payments: tuple[Payment, ...] = ()


@dataclass(slots=True)
class FrozenMoney:
    """The projects of a report and all their amounts; `area` 0: no area is known."""

    projects: dict[int, FrozenProject] = field(default_factory=dict)
    rows: list[MoneyRow] = field(default_factory=list)
