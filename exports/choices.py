"""What may be chosen in a cell of the template: code -> label in the reader's language.

Each label reads back to its code (a test tries all of them), so that what somebody picks from a
drop-down list means what it says.
"""

from collections.abc import Callable, Iterable
from functools import cache

from app.codelists import codes, match_code, name_of
from app.codelists.countries import match_country, match_region
from app.codelists.reading import language_of
from app.codelists.template import template_word
from app.frameworks import load_builtin
from app.rules.said import PERIOD_KINDS

YES = "yes"
_WORD_OF = {"planned": "planned-disbursement"}  # a record's kind of money -> the importer's word for it
_NAMED = {"organisation-type": "OrganisationType", "related-type": "RelatedActivityType"}


@cache
def choices(name: str, language: str) -> dict[str, str]:
    """The entries of the list `name`, as they stand in the drop-down."""
    return _LISTS[name](language_of(language))


def label_of(name: str, code: str, language: str) -> str:
    """The label of a code; the code itself where the list doesn't offer it."""
    return choices(name, language).get(code, code)


def _countries(language: str) -> dict[str, str]:
    return _sorted(_readable("Country", codes("Country"), language, match_country))


def _regions(language: str) -> dict[str, str]:
    return _sorted(_readable("Region", codes("Region"), language, match_region))


def _readable(
    codelist: str, offered: Iterable[str], language: str, match: Callable[[str], str | None]
) -> dict[str, str]:
    """Names in the language, else in English, where they lead back to their code; else the code itself."""
    found = {}
    for code in offered:
        names = (name_of(codelist, code, language), name_of(codelist, code))
        found[code] = next((name for name in names if match(name) == code and ";" not in name), code)
    return found


def _sorted(labels: dict[str, str]) -> dict[str, str]:
    return dict(sorted(labels.items(), key=lambda item: item[1].casefold()))


def _named(codelist: str) -> Callable[[str], dict[str, str]]:
    return lambda language: _readable(codelist, codes(codelist), language, lambda name: match_code(codelist, name))


def _currencies(language: str) -> dict[str, str]:
    return {code: _with_name(code, name_of("Currency", code, language)) for code in codes("Currency")}


def _sectors(language: str) -> dict[str, str]:
    """Purpose codes of five digits; the voluntary ones of seven are few, and named after them."""
    five = [code for code in codes("Sector") if len(code) == 5]
    return {code: _with_name(code, name_of("Sector", code, language)) for code in five}


def _vocabularies(language: str) -> dict[str, str]:
    return {code: _with_name(code, name_of("SectorVocabulary", code, language)) for code in codes("SectorVocabulary")}


def _languages(language: str) -> dict[str, str]:
    from babel import Locale

    names = Locale(language).languages
    return _sorted({code: _with_name(code, name) for code, name in names.items() if len(code) == 2})


def _statuses(language: str) -> dict[str, str]:
    return {code: template_word("statuses", code, language) for code in codes("ActivityStatus")}


def _flows(language: str) -> dict[str, str]:
    kinds = (*codes("TransactionType"), *PERIOD_KINDS)
    return {kind: template_word("flows", _WORD_OF.get(kind, kind), language) for kind in kinds}


def _frameworks(_: str) -> dict[str, str]:
    return {framework.key: framework.key for framework in load_builtin()}


def _areas(language: str) -> dict[str, str]:
    """Areas of the built-in frameworks: framework/code -> `florence-2008: N3 - Legal frameworks`."""
    return {
        f"{framework.key}/{area.code}": f"{framework.key}: {_with_name(area.code, area.title_in(language))}"
        for framework in load_builtin()
        for area in framework.areas
    }


def _with_name(code: str, name: str) -> str:
    """Code and name; semicolons would cut the entry in two."""
    return code if name == code else f"{code} - {name.replace(';', ',')}"


_LISTS: dict[str, Callable[[str], dict[str, str]]] = {
    "country": _countries,
    "region": _regions,
    "currency": _currencies,
    "sector": _sectors,
    "sector-vocabulary": _vocabularies,
    "language": _languages,
    "status": _statuses,
    "flow": _flows,
    **{name: _named(codelist) for name, codelist in _NAMED.items()},
    "framework": _frameworks,
    "area": _areas,
    "yes": lambda _: {YES: YES},
}
