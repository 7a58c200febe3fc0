"""Values of the lines of an activity, each read from its text. Kept, since reports repeat themselves."""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from app.codelists import is_code
from app.models.gather_lines import END_OF_FIELD, END_OF_LINE
from app.models.record import Part, Party

_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?")
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:Z|[+-]\d\d:\d\d|T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?")
LARGEST_EXPONENT = 15
LONGEST_CODE = 60  # of a country, region or sector; longer text is none
LONGEST_REF = 500  # of an identifier or reference: PostgreSQL can't index much longer ones


@lru_cache(maxsize=16384)
def split_fields(text: str) -> list[str]:
    """The fields of a line, trimmed. Kept, since reports repeat themselves; nobody changes the list."""
    return [field.strip() for field in text.split(END_OF_FIELD)]


@lru_cache(maxsize=16384)
def parse_party(text: str) -> tuple[Party | None, str]:
    """A provider or receiver line: the organisation and its activity."""
    ref, kind, activity, name = split_fields(text)
    return (make_party(ref, name, kind) if ref or name else None), activity[:LONGEST_REF]


def make_party(ref: str, name: str, kind: str) -> Party:
    return Party(ref[:LONGEST_REF], name[:LONGEST_REF], kind)


@lru_cache(maxsize=4096)
def parse_percentage(text: str) -> Decimal | None:
    """Percent as given, a trailing sign allowed; None where it can't be read or is negative."""
    found = parse_amount(text.strip().removesuffix("%"))
    return None if found is None or found.is_signed() else found


class Coded(NamedTuple):
    """A country, region or sector, its percentage as written, and whether there is nothing to say of either;
    `is_known`: its codelist has it, or is not known here."""

    part: Part
    percentage: str
    is_known: bool
    is_plain: bool


def _code(part: Part, percentage: str, *, is_known: bool) -> Coded:
    return Coded(part, percentage, is_known, is_known and (part.percentage is not None or not percentage))


@lru_cache(maxsize=4096)
def parse_country(text: str) -> Coded | None:
    code, percentage = split_fields(text)
    part = Part(code[:LONGEST_CODE].upper(), parse_percentage(percentage))
    return _code(part, percentage, is_known=is_code("Country", part.code)) if code else None


@lru_cache(maxsize=4096)
def parse_region(text: str) -> Coded | None:
    """Regions of other vocabularies than the DAC's keep their vocabulary as a prefix."""
    code, vocabulary, percentage = split_fields(text)
    if not code:
        return None
    is_dac = vocabulary in ("", "1")
    named = code if is_dac else f"{vocabulary}-{code}"
    part = Part(named[:LONGEST_CODE], parse_percentage(percentage), "" if is_dac else vocabulary)
    return _code(part, percentage, is_known=not is_dac or is_code("Region", code))


@lru_cache(maxsize=16384)
def parse_sector(text: str) -> Coded | None:
    code, vocabulary, percentage = split_fields(text)
    if not code:
        return None
    part = Part(code[:LONGEST_CODE], parse_percentage(percentage), vocabulary or "1")
    codelist = {"1": "Sector", "2": "SectorCategory"}.get(part.vocabulary)
    return _code(part, percentage, is_known=codelist is None or is_code(codelist, code))


class FlowParts(NamedTuple):
    """What stands in an amount besides its head; `doubtful`: codes of which there may be something to say."""

    provider: tuple[Party | None, str]
    receiver: tuple[Party | None, str]
    countries: tuple[Part, ...]
    sectors: tuple[Part, ...]
    end: str
    doubtful: tuple[Coded, ...]


@lru_cache(maxsize=16384)
def parse_parts(text: str) -> FlowParts:
    """The lines of an amount's parts. Kept, since the amounts of a project repeat theirs."""
    provider: tuple[Party | None, str] = (None, "")
    receiver = provider
    countries: list[Coded] = []
    sectors: list[Coded] = []
    end = ""
    for kind, _, rest in (line.partition(END_OF_FIELD) for line in text.split(END_OF_LINE)):
        match kind:
            case "p":
                provider = parse_party(rest)
            case "q":
                receiver = parse_party(rest)
            case "s":
                sectors += filter(None, [parse_sector(rest)])
            case "c":
                countries += filter(None, [parse_country(rest)])
            case "g":
                countries += filter(None, [parse_region(rest)])
            case "f":
                end = rest
    doubtful = tuple(coded for coded in sectors + countries if not coded.is_plain)
    places, purposes = (tuple(coded.part for coded in some) for some in (countries, sectors))
    return FlowParts(provider, receiver, places, purposes, end, doubtful)


@lru_cache(maxsize=16384)
def parse_date(text: str) -> date | None:
    """An xsd:date or xsd:dateTime as its calendar day; None where it is no such day."""
    match = _DATE.fullmatch(text.strip())
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None


@lru_cache(maxsize=8192)
def parse_amount(text: str) -> Decimal | None:
    """An xsd:decimal (an exponent is understood too), exact; None where it is none or beyond 10^15."""
    text = text.strip()
    found = Decimal(text) if _DECIMAL.fullmatch(text) else None
    return found if found is not None and found.adjusted() < LARGEST_EXPONENT else None
