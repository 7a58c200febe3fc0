"""What a preview needs of a project that is new: where its importer knows that without reading the record whole."""

from dataclasses import dataclass, field
from typing import ClassVar

from app.models.issue import Issue
from app.models.record import Party

# What money is summed under: kind of flow, currency, year.
MoneyKey = tuple[str, str, int | None]


@dataclass(slots=True)
class Brief:
    """A project in short; `read_record` gives the whole of it. The importer found nothing to say of its text.

    `keys` and `digits` are its money: what each amount is summed under, one tuple for all projects that have the same, and
    the amounts themselves with commas between, nothing where there is none. `flows`: how many there are.
    """

    identifier: str
    own_title: str
    reporter: Party
    place: str
    countries: frozenset[str]
    days: tuple[str, ...]
    keys: tuple[MoneyKey | None, ...]
    digits: str
    flows: int
    issues: list[Issue] = field(default_factory=list)
    areas: ClassVar[tuple[()]] = ()  # a project that names areas is read whole

    @property
    def title(self) -> str:
        return self.own_title or self.identifier

    @property
    def has_errors(self) -> bool:
        return bool(self.issues) and any(issue.level == "error" for issue in self.issues)

    def list_places(self) -> list[str]:
        """The place of the activity and of each flow: all of them are its row."""
        return [self.place] * (1 + self.flows)

    def places(self) -> str:
        """The places, a line each, as they are kept."""
        return "\n".join(self.list_places())

    def list_years(self) -> list[int]:
        """The years of its dates and of its money."""
        counted = [key[2] for key, one in zip(self.keys, self.digits.split(","), strict=False) if key and one]
        return [int(day[:4]) for day in self.days] + [year for year in counted if year]

    def list_countries(self) -> frozenset[str]:
        return self.countries
