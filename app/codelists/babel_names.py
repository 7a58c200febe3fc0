"""Names of countries and currencies from the Unicode CLDR, through Babel.

Babel is imported inside the functions: it takes 20 ms that a page without such names need not wait for.
"""

from functools import lru_cache

from app.codelists.reading import language_of


def territory_name(code: str, locale: str) -> str | None:
    """Name of an ISO 3166 alpha-2 code in `locale`; None where the CLDR has none (withdrawn countries)."""
    return _territories(language_of(locale)).get(code)


def currency_name(code: str, locale: str) -> str | None:
    """Name of an ISO 4217 code in `locale`; None where the CLDR has none."""
    return _currencies(language_of(locale)).get(code)


def currency_plurals(code: str, locale: str) -> list[str]:
    """Names of the currency as they follow a number: ["US dollar", "US dollars"]."""
    from babel import Locale

    plurals = Locale(language_of(locale))._data["currency_names_plural"]
    return list(plurals[code].values()) if code in plurals else []


@lru_cache
def _territories(language: str) -> dict[str, str]:
    from babel import Locale

    return dict(Locale(language).territories)


@lru_cache
def _currencies(language: str) -> dict[str, str]:
    from babel import Locale

    return dict(Locale(language).currencies)


@lru_cache
def languages(locale: str) -> dict[str, str]:
    """Names of the languages that have an ISO 639-1 code, by code."""
    from babel import Locale

    return {code: name for code, name in Locale(language_of(locale)).languages.items() if len(code) == 2}
