"""What a preview needs of a project that is new: where its importer knows that without reading the record whole."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from app.models.issue import Issue
from app.models.record import Party


@dataclass(slots=True)
class Brief:
    """A project in short; `read_record` gives the whole of it. The importer found nothing to say of its text.

    `money`: kind of flow, currency, year and amount, in the order of the record. `years`: of its dates, the first and last.
    """

    identifier: str
    own_title: str
    reporter: Party
    place: str
    countries: frozenset[str]
    years: tuple[int, ...]
    money: tuple[tuple[tuple[str, str, int | None], str], ...]
    issues: list[Issue] = field(default_factory=list)
    areas: ClassVar[tuple[()]] = ()  # a project that names areas is read whole

    @property
    def title(self) -> str:
        return self.own_title or self.identifier

    @property
    def has_errors(self) -> bool:
        return any(issue.level == "error" for issue in self.issues)

    def values(self) -> tuple[Any, ...]:
        """Its parts as plain values, of which another process makes it again."""
        return self.identifier, self.own_title, self.reporter, self.place, self.countries, self.years, self.money

    def list_places(self) -> list[str]:
        """The place of the activity and of each flow: all of them are its row."""
        return [self.place] * (1 + len(self.money))

    def places(self) -> str:
        """The places, a line each, as they are kept."""
        return "\n".join(self.list_places())

    def list_years(self) -> tuple[int, ...]:
        return self.years

    def list_countries(self) -> frozenset[str]:
        return self.countries
