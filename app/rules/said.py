"""What a sheet can say of a part of a record, so that two readings of it compare equal."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from app.codelists import is_code
from app.models.record import Flow, Part, Party

# The kinds of money that have a period instead of a day.
PERIOD_KINDS = ("budget", "budget-revised", "planned")
_SEPARATORS = re.compile(r"\s*[;|\r\n]+\s*")  # these end an entry of a list in a cell: a comma is written instead
# A reference that stands where a name should: it is taken for one.
ORGANISATION_REF = re.compile(r"(?:XM-DAC|XI-[A-Z]+|[A-Z]{2}-[A-Z0-9]+)-[\w-]+")
# What people write for 'nothing': in a cell it is read as an empty one.
_BLANKS = frozenset(("", "-", "–", "—", "n/a", "na", "n.a.", "n.a", "..", "...", "…", "tbd", "tbc", "?"))
_OTHER_REGION = re.compile(r"(?:2|99)-.")
_LONGEST_CELL = 32_767
_CUT = "…"


def plain_text(text: str) -> str:
    return " ".join(text.split())


def plain_entry(text: str) -> str:
    """A text that does not end a list's entry before its time."""
    return plain_text(_SEPARATORS.sub(", ", text))


def filled_entry(text: str) -> str:
    """An entry of a list; '' for one that would be read as empty."""
    entry = plain_entry(text)
    return "" if entry.casefold() in _BLANKS else entry


def plain_party(party: Party | None) -> Party:
    """The party as a row says it: a name that repeats the reference and a type that nobody knows say nothing."""
    ref, name = (filled_entry(party.ref), filled_entry(party.name)) if party else ("", "")
    if party is None or not (ref or name):
        return Party("", "")
    if not ref and ORGANISATION_REF.fullmatch(name):
        ref = name
    return Party(ref, "" if name == ref else name, party.type if is_code("OrganisationType", party.type) else "")


def plain_parties(parties: Iterable[Party]) -> list[Party]:
    """Those that a row can say, each once."""
    return sorted({plain for party in parties if any(plain := plain_party(party))})


def add_up(parts: Iterable[Part]) -> dict[tuple[str, str], Decimal | None]:
    """Percentages by vocabulary and code; those of a code that is given twice are added up."""
    found: dict[tuple[str, str], Decimal | None] = {}
    for part in parts:
        key = part.vocabulary, plain_entry(part.code)
        known = found.get(key)
        found[key] = part.percentage if known is None or part.percentage is None else known + part.percentage
    return found


def sayable_places(parts: Iterable[Part]) -> list[Part]:
    """Countries, DAC regions, and regions of other vocabularies (`99-Mekong delta`): a code that is in no list can't
    be read back."""
    return [part for part in parts if is_place(part.code)]


def is_place(code: str) -> bool:
    return is_code("Country" if code[:1].isalpha() else "Region", code) or bool(_OTHER_REGION.match(code))


def plain_flow(flow: Flow) -> tuple[Any, ...]:
    """An amount as a row says it: without a value date its own day counts, without an end its start."""
    has_period = flow.kind in PERIOD_KINDS
    value = None if flow.value is None else flow.value.normalize()
    return (
        flow.kind, flow.start, (flow.end or flow.start) if has_period else None, value, flow.currency,
        flow.value_date or flow.start, plain_party(flow.provider), flow.provider_activity,
        plain_party(flow.receiver), flow.receiver_activity, tuple(sorted(add_up(sayable_places(flow.countries)).items(), key=str)),
        tuple(sorted(add_up(flow.sectors).items(), key=str)),
    )  # fmt: skip


def same_texts(stored: Mapping[str, str], given: Mapping[str, str], usual: str) -> bool:
    """Whether all that is given is stored; a text without a language is in the usual one."""
    return all(_is_same_text(stored.get(language or usual, ""), text) for language, text in given.items())


def _is_same_text(stored: str, given: str) -> bool:
    if given == stored:
        return True
    # A text that a cell has no room for ends in an ellipsis; white space may have shortened it a little more.
    is_cut = given.endswith(_CUT) and len(stored) > len(given) and len(stored) + 1000 > _LONGEST_CELL
    return is_cut and stored.startswith(given.removesuffix(_CUT).rstrip())
