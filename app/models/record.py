"""The record: what a donor reported about one project, whole.

A record is kept as one `iati-activity` element in the shape of IATI 2.03, because that is the
field's own form: all that was read stays in it, known or not, and exports are written from it.
`ActivityRecord` is its reading: the parts that tables, rules and searches need, and no more.
Every importer, of a spreadsheet too, ends in such an element; `read_record` is the one reader.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from app.models.issue import Issue
from app.models.question import Question

if TYPE_CHECKING:
    from app.models.brief import Brief

TESSERA_NS = "https://tessera.example/ns/iati"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# On an amount: which stored one a workbook of ours says it is, whatever becomes of its date, type and value.
AMOUNT_KEY = f"{{{TESSERA_NS}}}key"
# The parts of an activity that carry money, in any order in which the file gives them.
MONEY_ELEMENTS = ("transaction", "budget", "planned-disbursement")


class Party(NamedTuple):
    """An organisation as a report names it: reference, name, OrganisationType code."""

    ref: str
    name: str
    type: str = ""


NOBODY = Party("", "")


class Part(NamedTuple):
    """One code with its percentage (None: not given); `vocabulary` as reported, or ''."""

    code: str
    percentage: Decimal | None
    vocabulary: str = ""


class AreaTag(NamedTuple):
    """An area that the file itself names; `share` is percent, `state` '' unless a suggestion."""

    framework: str
    code: str
    share: Decimal | None
    state: str = ""
    source: str = ""
    confidence: str = ""
    evidence: str = ""


@dataclass(slots=True)
class Flow:
    """One transaction, budget or planned disbursement.

    `kind`: an IATI TransactionType code, 'budget', 'budget-revised' or 'planned'. `value` is None
    where the text could not be read. `start` is the transaction's date or the period's first day.
    """

    kind: str
    start: date | None
    end: date | None
    value: Decimal | None
    currency: str
    value_date: date | None
    provider: Party | None = None
    provider_activity: str = ""
    receiver: Party | None = None
    receiver_activity: str = ""
    countries: tuple[Part, ...] = ()
    sectors: tuple[Part, ...] = ()
    place: str = ""


@dataclass(slots=True)
class ActivityRecord:
    """The reading of one record; `countries` holds countries and DAC regions together."""

    xml: bytes
    place: str = ""
    identifier: str = ""
    reporter: Party = NOBODY
    secondary: bool = False
    hierarchy: int | None = None
    last_updated: str = ""
    language: str = ""
    currency: str = ""
    titles: list[tuple[str, str]] = field(default_factory=list)
    descriptions: list[tuple[str, str]] = field(default_factory=list)
    status: str = ""
    dates: dict[str, date] = field(default_factory=dict)
    organisations: list[tuple[str, Party]] = field(default_factory=list)
    countries: list[Part] = field(default_factory=list)
    sectors: list[Part] = field(default_factory=list)
    related: list[tuple[str, str]] = field(default_factory=list)
    areas: list[AreaTag] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    needs_no_care: bool = field(default=False, compare=False)

    @property
    def own_title(self) -> str:
        """The first title; '' where the report has none."""
        return self.titles[0][1] if self.titles else ""

    @property
    def title(self) -> str:
        """The first title, or the identifier where the report has none."""
        return self.own_title or self.identifier

    def list_years(self) -> list[int]:
        """The years of its dates and of its money."""
        return [day.year for day in self.dates.values()] + [flow.start.year for flow in self.flows if flow.start]

    def list_countries(self) -> frozenset[str]:
        return frozenset(part.code for part in self.countries)

    @property
    def has_errors(self) -> bool:
        return any(issue.level == "error" for issue in self.issues)

    def places(self) -> str:
        """The places of the activity and of each flow, a line each: kept beside the record."""
        return "\n".join([self.place, *(flow.place for flow in self.flows)])

    def texts(self) -> Iterator[str]:
        """Titles and descriptions in all languages."""
        for _, text in self.titles:
            yield text
        for _, text in self.descriptions:
            yield text


class Named(NamedTuple):
    """An organisation that a file gives by its name alone; `role`: the field that it stands in first."""

    name: str
    role: str
    sheet: str
    column: str


class FileFacts(NamedTuple):
    """What an importer knows of a whole file before it hands on the first project of it."""

    projects: int
    named: tuple[Named, ...] = ()


@dataclass(slots=True)
class Reported:
    """One activity as an importer hands it on: its element, or what was made of it (`lines` of
    read_record; `packed` and `digest` of packed) where the element itself stayed in another process.

    `places` are the place of the activity and of each money element in document order; without
    them (and a `brief`, which knows them) the element's own lines (plus `line_offset`) count. `partial`: parts that are absent say
    nothing (a spreadsheet), so an update keeps what is stored. With `parties` it is no activity, but organisations
    that a file names for the directory. `brief`: what a preview needs of it. `facts`: with the first project of a file.
    `needs_no_care`: its texts were looked at already (app.rules.text_care), and there is nothing to say of them.
    `is_followed`: whether the next one comes at once, as far as is known.
    """

    element: etree._Element | None = None
    xml: bytes = b""
    lines: str = ""
    packed: bytes = b""
    digest: bytes = b""
    places: Sequence[str] | None = None
    parties: Sequence[Party] = ()
    line_offset: int = 0
    partial: bool = False
    needs_no_care: bool = False
    issues: list[Issue] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    brief: "Brief | None" = None
    facts: FileFacts | None = None
    is_followed: bool = True
