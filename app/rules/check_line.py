"""What is wrong in a funding line before it is stored: each with the field, why, and what to do."""

from collections.abc import Collection, Iterator
from datetime import datetime

from app.models.line_document import LINE_TYPES, PRIVATE, SHARED, LineDocument
from app.models.worded import phrase, worded
from app.rules.check_funding import (
    CURRENCY_HINT,
    Fault,
    check_address,
    check_amount,
    check_areas,
    check_currency,
    check_languages,
    check_names,
    check_places,
    check_types,
    check_visibility,
    error,
)
from app.rules.opportunity_status import instant_of, zone_of

MILLION = 1_000_000
LONGEST = 1200  # months


def check_line(line: LineDocument, now: datetime, known_areas: Collection[str]) -> list[Fault]:
    """Everything at once. `known_areas`: FRAMEWORK/CODE of every area that there is."""
    return [
        *_texts(line), *_dates(line, now), *_money(line), *_own_share(line), *_months(line), *_places(line),
        *check_areas("areas", line.areas, known_areas.__contains__), *check_types("applicant_types", line.applicant_types),
        *check_languages(line.languages),
    ]  # fmt: skip


def _texts(line: LineDocument) -> Iterator[Fault]:
    yield from check_names("line", line.reference, line.title)
    if line.type not in LINE_TYPES:
        hint = worded("Choose one of: %(types)s.", types=", ".join(LINE_TYPES))
        yield error(
            "line-type-unknown", "type", worded("“%(value)s” is no type of funding line.", value=line.type), hint
        )
    yield from check_visibility(line.visibility, (PRIVATE, SHARED))
    yield from check_address("link", line.link)
    for _, address in line.documents:
        yield from check_address("documents", address)


def _dates(line: LineDocument, now: datetime) -> Iterator[Fault]:
    try:
        zone_of(line.time_zone)
    except ValueError as unknown:
        hint = phrase("Use a name of the tz database, such as Europe/Brussels or UTC.")
        yield error("time-zone-unknown", "time_zone", unknown.args[0], hint)
        return
    found: dict[str, datetime | None] = {}
    for name in ("forecast", "opens", "closes"):
        try:
            found[name] = instant_of(getattr(line, name), line.time_zone, ends=name == "closes")
        except ValueError:
            hint = phrase("Write it as 2026-03-31, or 2026-03-31T17:00 with a time.")
            yield error("date-unreadable", name, worded("“%(value)s” is no date.", value=getattr(line, name)), hint)
    opens, closes = found.get("opens"), found.get("closes")
    if opens and closes and closes <= opens:
        words = worded(
            "The line closes (%(closes)s) before it opens (%(opens)s).", closes=line.closes, opens=line.opens
        )
        yield error("close-before-open", "closes", words, "Correct one of the two dates.")
    elif closes and closes <= now:
        words = worded("The deadline %(closes)s is past: the line counts as closed.", closes=line.closes)
        yield Fault("warning", "deadline-past", "closes", words, "Give the new deadline, if there is one.")


def _money(line: LineDocument) -> Iterator[Fault]:
    amounts = {name: getattr(line, name) for name in ("total", "minimum", "maximum")}
    given = {name: amount for name, amount in amounts.items() if amount is not None}
    yield from check_currency("currency", line.currency)
    if given and not line.currency:
        yield error("currency-missing", "currency", "The amounts have no currency.", CURRENCY_HINT)
    for name, amount in given.items():
        yield from check_amount(name, amount)
    for low, high, code, words in (
        ("minimum", "maximum", "minimum-above-maximum", phrase("The minimum is above the maximum.")),
        ("minimum", "total", "minimum-above-total", phrase("The minimum is above the total.")),
        ("maximum", "total", "maximum-above-total", phrase("The maximum is above the total.")),
    ):
        if low in given and high in given and given[low] > given[high]:
            yield error(code, low, words, "Correct one of the two amounts.")


def _own_share(line: LineDocument) -> Iterator[Fault]:
    if line.own_share is not None and not 0 <= line.own_share < MILLION:
        words = phrase("The own contribution must be from 0 to below 100 percent.")
        yield error("own-share-impossible", "own_share", words, "Give it in percent of the project's cost.")


def _months(line: LineDocument) -> Iterator[Fault]:
    if line.months_min is not None and line.months_max is not None and line.months_min > line.months_max:
        words = phrase("The shortest duration is above the longest.")
        yield error("duration-backwards", "months_min", words, "Correct one of the two.")
    if any(months is not None and not 0 < months <= LONGEST for months in (line.months_min, line.months_max)):
        words = worded("A project lasts from 1 to %(most)s months.", most=LONGEST)
        yield error("duration-impossible", "months_max", words, "Give the duration in months.")


def _places(line: LineDocument) -> Iterator[Fault]:
    both = [code for code in line.countries if code in line.excluded]
    if both:
        words = worded("%(countries)s is both eligible and excluded.", countries=", ".join(both))
        yield error("country-eligible-and-excluded", "excluded", words, "Take it out of one of the two lists.")
    for name in ("countries", "excluded", "nationalities"):
        yield from check_places(name, getattr(line, name))
