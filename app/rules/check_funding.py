"""What is wrong in a funding line or a plan before it is stored: what both are asked, and how each answer is said."""

from collections.abc import Callable, Collection, Iterator
from typing import Literal, NamedTuple

from app.codelists import is_code
from app.codelists.babel_names import languages
from app.codelists.currencies import is_currency
from app.models.line_document import ANY

MOST = 10**15  # hundredths: more than any plan costs, and it still fits a database's number
AREA_HINT = "Write FRAMEWORK/CODE, such as florence-2008/N3."
CURRENCY_HINT = "Use its code of three letters, such as EUR."


class Fault(NamedTuple):
    """One thing that is wrong. An `error` keeps the line or plan out, a `warning` never does.

    `field` is the document's own name of it; for actions "actions.CODE.field".
    """

    level: Literal["error", "warning"]
    code: str
    field: str
    message: str
    hint: str


def error(code: str, field: str, message: str, hint: str) -> Fault:
    return Fault("error", code, field, message, hint)


def has_errors(faults: Collection[Fault]) -> bool:
    return any(fault.level == "error" for fault in faults)


def check_names(what: str, reference: str, title: str) -> Iterator[Fault]:
    """`what`: line or plan."""
    if not reference.strip():
        hint = "Give it its own number, or any that stays the same."
        yield error("reference-missing", "reference", f"The {what} has no reference.", hint)
    if not title.strip():
        yield error("title-missing", "title", f"The {what} has no title.", "Give it its title.")


def check_visibility(visibility: str, known: Collection[str]) -> Iterator[Fault]:
    if visibility not in known:
        hint = f"Choose {' or '.join(known)}."
        yield error("visibility-unknown", "visibility", f"“{visibility}” is no visibility.", hint)


def check_address(field: str, address: str) -> Iterator[Fault]:
    if address and (not address.startswith(("https://", "http://")) or " " in address):
        hint = "Write it with https:// in front."
        yield error("address-unreadable", field, f"“{address}” is no web address.", hint)


def check_currency(field: str, currency: str) -> Iterator[Fault]:
    if currency and not is_currency(currency):
        yield error("currency-unknown", field, f"“{currency}” is no currency.", CURRENCY_HINT)


def check_amount(field: str, cents: int) -> Iterator[Fault]:
    if not 0 <= cents <= MOST:
        yield error("amount-impossible", field, "This amount can't be right.", "Give an amount of 0 or more.")


def check_codes(
    field: str, values: Collection[str], is_known: Callable[[str], bool], code: str, what: str, hint: str
) -> Iterator[Fault]:
    """A fault for each value that is neither known nor any."""
    for value in values:
        if value != ANY and not is_known(value):
            yield error(code, field, f"“{value}” is no {what} that is known here.", hint)


def check_areas(field: str, areas: Collection[str], is_known: Callable[[str], bool]) -> Iterator[Fault]:
    yield from check_codes(field, areas, is_known, "area-unknown", "area", AREA_HINT)


def check_types(field: str, types: Collection[str]) -> Iterator[Fault]:
    hint = "Use IATI organisation types, such as 10 or 22."
    yield from check_codes(field, types, _is_type, "applicant-unknown", "organisation type", hint)


def check_languages(values: Collection[str]) -> Iterator[Fault]:
    hint = "Use codes of two letters, such as fr."
    yield from check_codes("languages", values, languages("en").__contains__, "language-unknown", "language", hint)


def _is_type(code: str) -> bool:
    return is_code("OrganisationType", code)
