"""Currencies: what people write -> ISO 4217 codes.

A sign that several currencies share ($, ¥, kr, FCFA) is no answer. A bare £ is sterling: the other
pounds at par with it differ by nothing, and the rest are written with a prefix (E£, LL).
"""

from functools import lru_cache

from app.codelists import codes, is_code
from app.codelists.babel_names import currency_name, currency_plurals
from app.codelists.reading import LOCALES, folded, read_rows


def is_currency(code: str) -> bool:
    """Whether `code` is an ISO 4217 code, in force or withdrawn (old projects paid in marks and lire)."""
    return is_code("Currency", code)


@lru_cache(maxsize=4096)
def match_currency(text: str) -> str | None:
    """The ISO 4217 code that `text` is, signs or names in six languages; None if none or several do."""
    code = text.strip().upper()
    if is_currency(code):
        return code
    return _by_sign().get(_sign_key(text)) or _by_name().get(folded(text))


@lru_cache
def minor_units(code: str) -> int:
    """Decimal places of the currency (JPY 0, USD 2, KWD 3); 2 where ISO 4217 gives none.

    Raises KeyError for a code that is no currency.
    """
    return _minor_units()[code]


def _sign_key(text: str) -> str:
    return "".join(text.split()).casefold().rstrip(".")


@lru_cache
def _minor_units() -> dict[str, int]:
    return {row["code"]: int(row["minor_units"] or 2) for row in read_rows("currencies")}


@lru_cache
def _by_sign() -> dict[str, str]:
    return {_sign_key(row["alias"]): row["currency"] for row in read_rows("currency_aliases")}


@lru_cache
def _by_name() -> dict[str, str]:
    """Code of each name that one currency has; a name shared with withdrawn ones is the current one's."""
    found: dict[str, set[str]] = {}
    current = set(codes("Currency"))
    for code in codes("Currency", withdrawn=True):
        for locale in LOCALES:
            for name in {currency_name(code, locale) or code, *currency_plurals(code, locale)}:
                found.setdefault(folded(name), set()).add(code)
    chosen = {name: having & current or having for name, having in found.items()}
    return {name: min(having) for name, having in chosen.items() if len(having) == 1}
