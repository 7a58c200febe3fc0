"""Codelists of the IATI Standard 2.03 and the OECD DAC, by their IATI names ("Sector", "TransactionType").

The lists are CSV files in `data/`, read at first use. Names of countries and currencies come from the CLDR
in all the product's languages; the other lists have English and French, any other locale gets English.
Matching of free text against countries, regions, currencies and donors is in the modules beside this one.
"""

import json
from functools import lru_cache
from typing import NamedTuple

from app.codelists import babel_names
from app.codelists.reading import DATA, folded, language_of, read_rows


class Entry(NamedTuple):
    """One code of a list; a withdrawn code is still read, but no longer offered."""

    en: str
    fr: str
    withdrawn: bool


def is_code(codelist: str, code: str) -> bool:
    """Whether `code` is, or once was, in the list. Codes are matched exactly ("kh" is not a Country)."""
    return code in _entries(codelist)


def codes(codelist: str, withdrawn: bool = False) -> tuple[str, ...]:
    """The codes to choose from, in the list's order; with `withdrawn`, those given up as well."""
    return tuple(code for code, entry in _entries(codelist).items() if withdrawn or not entry.withdrawn)


def name_of(codelist: str, code: str, locale: str = "en") -> str:
    """Name of a code in `locale`; the code itself where the list lacks it: a page never goes blank."""
    if codelist == "Country":
        known = babel_names.territory_name(code, locale)
    elif codelist == "Currency":
        known = babel_names.currency_name(code, locale)
    else:
        known = None
    entry = _entries(codelist).get(code)
    if known or not entry:
        return known or code
    return (entry.fr if language_of(locale) == "fr" else "") or entry.en or code


@lru_cache(maxsize=16384)
def match_code(codelist: str, text: str) -> str | None:
    """The code that `text` is or names in English or French, 1.x codes included; None if none or several."""
    code = current_code(codelist, text.strip())
    for spelling in (code, code.upper()):
        if is_code(codelist, spelling):
            return spelling
    return _codes_by_name(codelist).get(folded(text))


def current_code(codelist: str, code: str) -> str:
    """The 2.03 code for one of IATI 1.01 to 1.05 ("TransactionType", "D" -> "3"); any other comes back as is.

    "GazetteerAgency" gives codes of GeographicVocabulary and "GeographicalPrecision" codes of
    GeographicExactness, the lists that replaced them (IATI Standard 2.01, changes to codelists).
    """
    return _code_changes().get(codelist, {}).get(code.casefold(), code)


@lru_cache
def _entries(codelist: str) -> dict[str, Entry]:
    if codelist == "Country":
        rows = [{"code": row["iso2"]} | row for row in read_rows("countries")]
    elif codelist == "Currency":
        rows = [{"en": "", "fr": ""} | row for row in read_rows("currencies")]
    elif (DATA / "iati" / f"{codelist}.csv").is_file():
        rows = read_rows(f"iati/{codelist}")
    else:
        raise ValueError(f"There is no codelist named {codelist!r}.")
    return {row["code"]: Entry(row["en"], row["fr"], row["withdrawn"] == "yes") for row in rows}


@lru_cache
def _codes_by_name(codelist: str) -> dict[str, str]:
    """Code of each name that only one code has; a code in force goes before a withdrawn one of that name."""
    found: dict[str, set[str]] = {}
    entries = _entries(codelist)
    for withdrawn in (False, True):
        taken = set(found)
        for code, entry in entries.items():
            names = {folded(entry.en), folded(entry.fr)} - {""}
            for name in names - taken if entry.withdrawn == withdrawn else ():
                found.setdefault(name, set()).add(code)
    return {name: min(having) for name, having in found.items() if len(having) == 1}


@lru_cache
def _code_changes() -> dict[str, dict[str, str]]:
    changes = json.loads((DATA / "code_changes.json").read_text(encoding="utf-8"))
    return {codelist: {old.casefold(): new for old, new in pairs.items()} for codelist, pairs in changes.items()}
