"""Countries and regions: what people write -> ISO 3166 alpha-2 codes and OECD DAC region codes.

Numbers are never taken for countries: 728 is Cambodia to the DAC and South Sudan to the UN (M49).
"""

import re
from collections import defaultdict
from difflib import get_close_matches
from functools import lru_cache

from app.codelists import codes, is_code, name_of
from app.codelists.babel_names import territory_name
from app.codelists.reading import LOCALES, folded, read_rows

_WRITTEN_OUT = {"st": "saint", "dem": "democratic", "rep": "republic", "is": "islands"}
_LEFT_OUT = {"the", "of", "and"}
_INVERTED = re.compile(r"^([^,(\[]+)[,(\[]+\s*([^)\]]*)[)\]]*\s*$")
_PARTS = re.compile(r"\s[-\u2013\u2014:|/]\s|[(\[)\]]")


def match_country(text: str) -> str | None:
    """The alpha-2 code that `text` is or names: a code, a name in one of six languages or a known spelling.

    Matching is exact but for case, accents, punctuation, "the", "Rep." and the like, and inverted names
    ("Korea, Republic of"). None when nothing matches, and when more than one country would ("Congo").
    """
    options = _countries_named(text)
    return options[0] if len(options) == 1 else None


def country_candidates(text: str) -> tuple[str, ...]:
    """The countries that `text` may mean, to ask: those of an ambiguous name, else of close spellings."""
    if options := _countries_named(text):
        return options
    names = _countries_by_name()
    close = get_close_matches(_name_key(text), names, n=5, cutoff=0.8)
    return tuple(dict.fromkeys(code for name in close for code in names[name]))


def country_of_m49(number: str) -> str | None:
    """The alpha-2 code of a UN M49 (ISO 3166 numeric) code of three digits."""
    return _columns()[1].get(number)


def place_of_dac_recipient(code: str) -> str | None:
    """The alpha-2 code, or the DAC region, of a recipient as the OECD's Creditor Reporting System numbers them.

    Only for columns that are known to hold such numbers. `data/dac_recipients.csv` has them.
    """
    return _dac_recipients().get(code.strip())


def countries_of_region(code: str) -> frozenset[str]:
    """Every country of an OECD DAC region, sub-regions included; empty for 998 (unspecified) and others.

    Recipients stand where the DAC puts them (Sudan south of Sahara, Türkiye in Europe, Myanmar in South
    Asia); all other countries, which the DAC gives no region, stand by geography.
    """
    return _members().get(code, frozenset())


@lru_cache
def regions_of(country: str) -> tuple[str, ...]:
    """The DAC regions that a country is in, smallest first: "SN" -> ("1030", "289", "298")."""
    regions = [(len(members), code) for code, members in _members().items() if country in members]
    return tuple(code for _, code in sorted(regions))


@lru_cache(maxsize=4096)
def match_region(text: str) -> str | None:
    """The DAC region code that `text` is or names; None for regions that the DAC does not know."""
    code = text.strip()
    return code if is_code("Region", code) else _regions_by_name().get(_name_key(text))


@lru_cache(maxsize=16384)
def _countries_named(text: str) -> tuple[str, ...]:
    code = text.strip().upper()
    if len(code) in (2, 3) and code in _columns()[0]:
        return (_columns()[0][code],)
    names = _countries_by_name()
    inverted = _INVERTED.sub(r"\2 \1", text)
    found = names.get(_name_key(text)) or names.get(_name_key(inverted))
    return found or _same_country_twice(text)


def _same_country_twice(text: str) -> tuple[str, ...]:
    """The country of a cell that names it twice: "Kenya (KE)", "KH - Cambodia"; none if a part differs."""
    parts = [part for part in _PARTS.split(text) if part.strip()]
    meant = {match_country(part) for part in parts} if len(parts) > 1 else set()
    return tuple(code for code in meant if code) if len(meant) == 1 else ()


def _name_key(text: str) -> str:
    words = folded(text).split()
    return " ".join(_WRITTEN_OUT.get(word, word) for word in words if word not in _LEFT_OUT)


@lru_cache
def _columns() -> tuple[dict[str, str], dict[str, str]]:
    """Two tables to alpha-2: from alpha-2 and alpha-3, and from M49."""
    rows = read_rows("countries")
    by_code = {row[column]: row["iso2"] for row in rows for column in ("iso2", "iso3")}
    return by_code, {row["m49"]: row["iso2"] for row in rows if row["m49"]}


@lru_cache
def _countries_by_name() -> dict[str, tuple[str, ...]]:
    names: defaultdict[str, set[str]] = defaultdict(set)
    for code in codes("Country", withdrawn=True):
        for locale in LOCALES:
            names[_name_key(territory_name(code, locale) or name_of("Country", code, locale))].add(code)
    # Our own table has the last word: Spanish "Congo" alone does not make the name unambiguous.
    names |= {_name_key(row["alias"]): set(row["countries"].split()) for row in read_rows("country_aliases")}
    return {name: tuple(sorted(having)) for name, having in names.items()}


@lru_cache
def _dac_recipients() -> dict[str, str]:
    return {row["code"]: row["place"] for row in read_rows("dac_recipients")}


@lru_cache
def _members() -> dict[str, frozenset[str]]:
    members: dict[str, set[str]] = {}
    rows = read_rows("regions")
    within = {row["region"]: row["within"] for row in rows}
    for row in rows:
        region = row["region"]
        while region:
            members.setdefault(region, set()).update(row["countries"].split())
            region = within[region]
    return {region: frozenset(countries) for region, countries in members.items()}


@lru_cache
def _regions_by_name() -> dict[str, str]:
    names = {_name_key(name_of("Region", code, locale)): code for code in codes("Region") for locale in ("en", "fr")}
    return names | {_name_key(row["alias"]): row["region"] for row in read_rows("region_aliases")}
