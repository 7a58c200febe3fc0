"""What is wrong in a funding line, a plan or a good practice before it is stored: what they are asked alike, and how each
answer is said."""

from collections.abc import Callable, Collection, Iterator
from typing import Literal, NamedTuple

from app.codelists import is_code
from app.codelists.babel_names import languages
from app.codelists.currencies import is_currency
from app.models.line_document import ANY
from app.models.worded import phrase, worded

MOST = 10**15  # hundredths: more than any plan costs, and it still fits a database's number
AREA_HINT = phrase("Write FRAMEWORK/CODE, such as florence-2008/N3.")
CURRENCY_HINT = phrase("Use its code of three letters, such as EUR.")
_UNNAMED = {
    "line": (phrase("The line has no reference."), phrase("The line has no title.")),
    "plan": (phrase("The plan has no reference."), phrase("The plan has no title.")),
}


class Fault(NamedTuple):
    """One thing that is wrong. An `error` keeps the document out, a `warning` never does.

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


def check_names(what: Literal["line", "plan"], reference: str, title: str) -> Iterator[Fault]:
    no_reference, no_title = _UNNAMED[what]
    if not reference.strip():
        hint = phrase("Give it its own number, or any that stays the same.")
        yield error("reference-missing", "reference", no_reference, hint)
    if not title.strip():
        yield error("title-missing", "title", no_title, "Give it its title.")


def check_visibility(visibility: str, known: Collection[str]) -> Iterator[Fault]:
    if visibility not in known:
        one, other = known
        hint = worded("Choose %(one)s or %(other)s.", one=one, other=other)
        yield error("visibility-unknown", "visibility", worded("“%(value)s” is no visibility.", value=visibility), hint)


def check_address(field: str, address: str) -> Iterator[Fault]:
    if address and (not address.startswith(("https://", "http://")) or " " in address):
        hint = phrase("Write it with https:// in front.")
        yield error("address-unreadable", field, worded("“%(value)s” is no web address.", value=address), hint)


def check_currency(field: str, currency: str) -> Iterator[Fault]:
    if currency and not is_currency(currency):
        yield error("currency-unknown", field, worded("“%(value)s” is no currency.", value=currency), CURRENCY_HINT)


def check_amount(field: str, cents: int) -> Iterator[Fault]:
    if not 0 <= cents <= MOST:
        yield error("amount-impossible", field, "This amount can't be right.", "Give an amount of 0 or more.")


def check_codes(
    field: str, values: Collection[str], is_known: Callable[[str], bool], code: str, template: str, hint: str
) -> Iterator[Fault]:
    """A fault for each value that is neither known nor any; `template` says so of the `value`."""
    for value in values:
        if value != ANY and not is_known(value):
            yield error(code, field, worded(template, value=value), hint)


def check_areas(field: str, areas: Collection[str], is_known: Callable[[str], bool]) -> Iterator[Fault]:
    template = phrase("“%(value)s” is no area that is known here.")
    yield from check_codes(field, areas, is_known, "area-unknown", template, AREA_HINT)


def check_places(field: str, places: Collection[str]) -> Iterator[Fault]:
    hint = phrase("Use ISO codes of two letters, or DAC region codes.")
    template = phrase("“%(value)s” is no country or region that is known here.")
    yield from check_codes(field, places, _is_place, "country-unknown", template, hint)


def check_types(field: str, types: Collection[str]) -> Iterator[Fault]:
    template = phrase("“%(value)s” is no organisation type that is known here.")
    hint = phrase("Use IATI organisation types, such as 10 or 22.")
    yield from check_codes(field, types, _is_type, "applicant-unknown", template, hint)


def check_languages(values: Collection[str]) -> Iterator[Fault]:
    template = phrase("“%(value)s” is no language that is known here.")
    hint = phrase("Use codes of two letters, such as fr.")
    yield from check_codes("languages", values, languages("en").__contains__, "language-unknown", template, hint)


def _is_place(code: str) -> bool:
    return is_code("Country", code) or is_code("Region", code)


def _is_type(code: str) -> bool:
    return is_code("OrganisationType", code)
