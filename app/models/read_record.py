"""Read `iati-activity` elements (IATI 2.03 shape) into ActivityRecords.

`read_record` turns the lines of one activity (see gather_lines.py) into its record. Text that can't be
read becomes an issue with its line, never a value: the element itself stays in the record as it was.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from lxml import etree

from app.codelists.currencies import is_currency
from app.frameworks import framework_key_of
from app.models.gather_lines import END_OF_FIELD, END_OF_LINE, gather
from app.models.issue import Issue, Level
from app.models.packed import unpack_record
from app.models.parse_lines import (
    LONGEST_REF,
    Coded,
    make_party,
    parse_amount,
    parse_country,
    parse_date,
    parse_parts,
    parse_percentage,
    parse_region,
    parse_sector,
    split_fields,
)
from app.models.record import MONEY_ELEMENTS, ActivityRecord, AreaTag, Flow, Part, Reported
from app.models.worded import as_worded, phrase, worded

_OPEN, _CLOSE = f"{END_OF_LINE}T{END_OF_FIELD}", f"{END_OF_LINE}Z"
_HUNDRED = Decimal(100)
_HIERARCHIES = frozenset("123456789")
_MONEY = re.compile(rf"<({'|'.join(MONEY_ELEMENTS)})\b[^>]*?(?:/>|>.*?</\1>)".encode(), re.DOTALL)
_SHOWN = 100  # characters of a value that an issue quotes
_REBASED = {
    "country": phrase("The country percentages sum to %(total)s, not 100; they were rebased to 100."),
    "sector": phrase("The sector percentages sum to %(total)s, not 100; they were rebased to 100."),
}
_MISSING = {
    ("country", "share"): phrase(
        "%(missing)s of %(count)s country percentages are missing: they share what is left to 100."
    ),
    ("country", "equal"): phrase("%(missing)s of %(count)s country percentages are missing: money is split equally."),
    ("sector", "share"): phrase(
        "%(missing)s of %(count)s sector percentages are missing: they share what is left to 100."
    ),
    ("sector", "equal"): phrase("%(missing)s of %(count)s sector percentages are missing: money is split equally."),
}


def read_words(packed: bytes) -> ActivityRecord:
    """A stored record read for its words and codes: without its money, which is most of it."""
    xml = unpack_record(packed)
    try:
        return read_record(Reported(xml=_MONEY.sub(b"", xml), places=[]))
    except etree.XMLSyntaxError:  # a text quoted the tags of an amount
        return read_record(Reported(xml=xml, places=[]))


def _gather_one(reported: Reported) -> str:
    """The lines of an activity of which there is the element, or else its text."""
    element = reported.element
    if element is None:
        xml = reported.xml or unpack_record(reported.packed)
        element = etree.fromstring(xml, etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True))
    return gather(element)[0]


def read_record(reported: Reported) -> ActivityRecord:
    """Read `reported` whole; the result's issues include those the importer had."""
    text = reported.lines or _gather_one(reported)
    reading = _Reading(reported)
    head, *flows = text.split(_OPEN)
    reading.take_lines(head)
    for block in flows:
        parts, _, rest = block.partition(_CLOSE)
        reading.take_flow(parts)
        if rest:
            reading.take_lines(rest)
    reading.check()
    return reading.record


class _Reading:
    """One activity while its lines are read; `_flow` is the transaction or budget that is open."""

    def __init__(self, reported: Reported) -> None:
        places = reported.places
        if places is None and reported.brief is not None:
            places = reported.brief.list_places()
        self._places = iter(places) if places is not None else None
        self._offset = reported.line_offset
        self._flow: Flow | None = None
        self._unknown: dict[tuple[str, str], None] = {}
        self.record = ActivityRecord(
            xml=reported.xml, issues=list(reported.issues), needs_no_care=reported.needs_no_care
        )

    def take_lines(self, lines: str) -> None:
        for line in lines.split(END_OF_LINE):
            kind, _, rest = line.partition(END_OF_FIELD)
            reader = _READERS.get(kind)
            if reader is not None:
                reader(self, rest)

    def _place(self, line: str) -> str:
        """Where an element stands: as the importer says, else on its own line."""
        if self._places is not None:
            return next(self._places, "")
        return str(int(line) + self._offset)

    def note(self, level: Level, code: str, message: str, hint: str, value: str | None = None) -> None:
        """Add an issue at the open flow, or at the activity: a line number, or a sheet's row."""
        place = self._flow.place if self._flow else self.record.place
        sheet, _, row = place.rpartition("!")
        number = int(row) if row.isdigit() else None
        line = None if sheet else number
        value = None if value is None else value[:_SHOWN]
        self.record.issues.append(Issue(
            level, code, message, hint, sheet=sheet or None, row=number if sheet else None, line=line,
            activity=self.record.identifier or None, value=value,
        ))  # fmt: skip

    # --- the activity ----------------------------------------------------------------------

    def start(self, rest: str) -> None:
        line, language, currency, updated, hierarchy = rest.split(END_OF_FIELD)
        record = self.record
        record.place = self._place(line)
        record.language, record.currency, record.last_updated = language.lower(), currency.strip().upper(), updated
        record.hierarchy = int(hierarchy) if hierarchy in _HIERARCHIES else None

    def identifier(self, rest: str) -> None:
        self.record.identifier = rest.strip()

    def reporter(self, rest: str) -> None:
        ref, kind, secondary, name = split_fields(rest)
        self.record.reporter = make_party(ref, name, kind)
        self.record.secondary = secondary.lower() in ("1", "true")

    def title(self, rest: str) -> None:
        self._add_text(self.record.titles, rest)

    def description(self, rest: str) -> None:
        self._add_text(self.record.descriptions, rest)

    def _add_text(self, texts: list[tuple[str, str]], rest: str) -> None:
        language, _, text = rest.partition(END_OF_FIELD)
        if text := text.strip():
            texts.append((language.lower() or self.record.language, text))

    def organisation(self, rest: str) -> None:
        role, ref, kind, name = split_fields(rest)
        if ref or name:
            self.record.organisations.append((role, make_party(ref, name, kind)))

    def status(self, rest: str) -> None:
        self.record.status = rest.strip()

    def activity_date(self, rest: str) -> None:
        kind, day = split_fields(rest)
        found = self._date(day, "warning", phrase("activity date"))
        if found is not None:
            self.record.dates.setdefault(kind, found)

    def related(self, rest: str) -> None:
        kind, ref = split_fields(rest)
        if ref:
            self.record.related.append((kind, ref[:LONGEST_REF]))

    def tag(self, rest: str) -> None:
        uri, code, share, *extra = split_fields(rest)
        key = framework_key_of(uri)
        if key and code:
            percent = parse_percentage(share)
            if share and (percent is None or percent > _HUNDRED):
                self._note_percentage(share)
                percent = None
            self.record.areas.append(AreaTag(key, code, percent, *extra))

    # --- codes ------------------------------------------------------------------------------

    def country(self, rest: str) -> None:
        if coded := parse_country(rest):
            self.record.countries.append(coded.part if coded.is_plain else self._checked(coded))

    def region(self, rest: str) -> None:
        if coded := parse_region(rest):
            self.record.countries.append(coded.part if coded.is_plain else self._checked(coded))

    def sector(self, rest: str) -> None:
        if coded := parse_sector(rest):
            self.record.sectors.append(coded.part if coded.is_plain else self._checked(coded))

    def _checked(self, coded: Coded) -> Part:
        """The part, with an issue where it has a percentage that can't be read."""
        part = coded.part
        if part.percentage is None and coded.percentage:
            self._note_percentage(coded.percentage)
        if not coded.is_known:
            self._unknown[part.vocabulary, part.code] = None
        return part

    def _note_percentage(self, text: str) -> None:
        self.note("warning", "percentage-unreadable", worded("“%(value)s” is not a percentage.", value=text[:_SHOWN]),
                  "Write a number from 0 to 100, such as 33.33.", text)  # fmt: skip

    def _date(self, text: str, level: Level, what: str) -> date | None:
        text = text.strip()
        found = parse_date(text) if text else None
        if text and found is None:
            self.note(
                level,
                "date-unreadable",
                worded(
                    "“%(value)s” is not a day of the calendar (%(what)s).", value=text[:_SHOWN], what=as_worded(what)
                ),
                "Write dates as YYYY-MM-DD, such as 2019-04-03.",
                text,
            )
        return found

    # --- money -----------------------------------------------------------------------------

    def take_flow(self, text: str) -> None:
        """One transaction, budget or planned disbursement."""
        head, _, rest = text.partition(END_OF_LINE)
        line, kind, day, currency, value_day, value, has_none = head.split(END_OF_FIELD)
        start, amount, parts = parse_date(day), parse_amount(value), parse_parts(rest)
        flow = self._flow = Flow(
            kind.strip(), start, None, amount, currency.strip().upper() or self.record.currency,
            parse_date(value_day) if value_day else None, *parts.provider, *parts.receiver, parts.countries,
            parts.sectors, self._place(line),
        )  # fmt: skip
        if parts.end:
            flow.end = self._date(parts.end, "error", phrase("end of a period"))
        for coded in parts.doubtful:
            self._checked(coded)
        if start is None or flow.end is not None or (value_day and flow.value_date is None):
            self._check_days(flow, day, value_day)
        if amount is None or not is_currency(flow.currency) or not kind:
            self._check_money(flow, None if has_none else value.strip())
        self.record.flows.append(flow)
        self._flow = None

    def _check_days(self, flow: Flow, day: str, value_day: str) -> None:
        """Without a date of its own money counts at its value date; what can't be read is said."""
        if flow.start is None:
            self._date(day, "error", phrase("date of an amount"))
        if value_day and flow.value_date is None:
            self._date(value_day, "warning", phrase("value date"))
        if flow.start is None:
            flow.start = flow.value_date
        if flow.start is None:
            self.note("warning", "date-missing", "This amount has no date that can be read; it is in no year's total.",
                      "Give the date on which the money was committed or paid.")  # fmt: skip
        elif flow.end is not None and flow.end < flow.start:
            self.note(
                "warning",
                "period-backwards",
                worded(
                    "The period ends (%(end)s) before it starts (%(start)s); all of it counts in %(year)s.",
                    end=flow.end,
                    start=flow.start,
                    year=flow.start.year,
                ),
                "Put the earlier day first.",
                str(flow.end),
            )

    def _check_money(self, flow: Flow, value: str | None) -> None:
        if value is None:
            self.note("warning", "amount-missing", "No amount is given here; nothing is counted.",
                      "Give the amount in a <value> of its own.")  # fmt: skip
        elif flow.value is None:
            self.note("error", "amount-unreadable", worded("“%(value)s” is not an amount.", value=value[:_SHOWN]),
                      "Write digits with a point before decimals, such as 1250000.00.", value)  # fmt: skip
        if value is not None and not is_currency(flow.currency):
            self._ask_currency(flow.currency)
        if not flow.kind:
            self.note("warning", "type-missing", "This transaction has no type; it is in no total.",
                      "Say whether it is a commitment (2), a disbursement (3) or another type.")  # fmt: skip

    def _ask_currency(self, currency: str) -> None:
        if currency:
            self.note(
                "error",
                "currency-unknown",
                worded("“%(value)s” is not a currency code.", value=currency[:_SHOWN]),
                "Use a code of ISO 4217, such as EUR.",
                currency,
            )
        else:
            self.note("warning", "currency-missing", "This amount names no currency; it is not counted.",
                      "Give the value a currency, or the activity a default-currency.")  # fmt: skip

    # --- the whole --------------------------------------------------------------------------

    def check(self) -> None:
        """What only the whole shows: a missing identifier, percentages that do not sum to 100."""
        record = self.record
        if not record.identifier and not any(issue.code == "identifier-missing" for issue in record.issues):
            self.note("error", "identifier-missing", "This activity has no identifier.",
                      "Give each activity an iati-identifier (or a project number) of its own.")  # fmt: skip
        elif len(record.identifier) > LONGEST_REF:
            self.note(
                "error",
                "identifier-too-long",
                worded("This identifier has more than %(most)s characters.", most=LONGEST_REF),
                "Give the activity a shorter one.",
                record.identifier,
            )
        self._check_codes()
        if len(record.countries) > 1 or (record.countries and record.countries[0].percentage is not None):
            self._check_sum("country", record.countries)
        if len(record.sectors) > 1 or (record.sectors and record.sectors[0].percentage is not None):
            for vocabulary in dict.fromkeys(part.vocabulary for part in record.sectors):
                self._check_sum("sector", [part for part in record.sectors if part.vocabulary == vocabulary])

    def _check_codes(self) -> None:
        """Say each code that its codelist lacks once: its money is counted under the code as it stands."""
        for vocabulary, code in sorted(self._unknown):
            if vocabulary:
                self.note(
                    "warning",
                    "sector-unknown",
                    worded(
                        "“%(value)s” is not a sector code of the DAC (vocabulary %(vocabulary)s).",
                        value=code,
                        vocabulary=vocabulary,
                    ),
                    "Use a code of five digits (vocabulary 1) or three (2), or name the vocabulary that it is from.",
                    code,
                )
            else:
                self.note(
                    "warning",
                    "place-unknown",
                    worded("“%(value)s” is not the code of a country or region.", value=code),
                    "Use a code of ISO 3166 (KH) or of the DAC's regions (998); until then it counts under this code.",
                    code,
                )

    def _check_sum(self, what: str, parts: list[Part]) -> None:
        """Say which splitting rule will be used where percentages do not settle it (METRICS 1.1)."""
        given = [part.percentage for part in parts if part.percentage is not None]
        total = sum(given, Decimal(0))
        if len(given) == len(parts) and abs(total - _HUNDRED) > Decimal("0.01"):
            shown = f"{total.normalize():f}"
            self.note("warning", "percentages-rebased", worded(_REBASED[what], total=shown),
                      "Correct the percentages at the source.", shown)  # fmt: skip
        elif len(given) < len(parts) > 1:
            template = _MISSING[what, "share" if given else "equal"]
            self.note("info", "percentages-missing",
                      worded(template, missing=len(parts) - len(given), count=len(parts)),
                      "Give a percentage for each code, summing to 100.")  # fmt: skip


_READERS: dict[str, Callable[[_Reading, str], None]] = {
    "A": _Reading.start,
    "i": _Reading.identifier,
    "R": _Reading.reporter,
    "n": _Reading.title,
    "e": _Reading.description,
    "o": _Reading.organisation,
    "a": _Reading.status,
    "D": _Reading.activity_date,
    "x": _Reading.related,
    "y": _Reading.tag,
    "c": _Reading.country,
    "g": _Reading.region,
    "s": _Reading.sector,
}
