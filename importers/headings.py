"""What the heading of a column means: a field, and what else it says (number, period, currency, language).

`recognise_heading` knows the words of words.yaml in five languages, paths such as
`recipient-country/0/@code`, and columns of amounts by period (`2019`, `FY 2019/20`, `2019 Q1`,
`Disbursed 2019`, `Budget 2020 (EUR)`). A heading that it does not know keeps field ''.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Literal

from app.codelists.currencies import is_currency, match_currency
from importers.clean import Cell, Period, clean_text, quarter
from importers.words import fold, word_set, words

Kind = Literal["activity", "transaction", "budget", "planned-disbursement", "location"]
PERIOD_AMOUNT = "period-amount"
AMOUNT_FIELDS = frozenset({"commitment", "disbursement", "expenditure", "budget", "amount", "value", PERIOD_AMOUNT})

_YEARS = re.compile(r"(?<!\d)(19\d\d|20\d\d)(?:\s*([-–/])\s*(\d{4}|\d\d))?(?!\d)")
_FISCAL = re.compile(
    r"\b(?:FY|EF|AF|fiscal year|financial year|exercice|a[ñn]o fiscal|anno fiscale|ano fiscal)\b",
    re.IGNORECASE,
)
_FISCAL_SHORT = re.compile(r"\bFY\s?['’]?(\d\d)(?:\s*[-/]\s*(\d\d))?(?!\d)", re.IGNORECASE)
_QUARTER = re.compile(r"(?<![^\W\d_])[QT]\s?([1-4])(?!\d)", re.IGNORECASE)
_PARENTHESES = re.compile(r"[(\[{]([^)\]}]*)[)\]}]?")
_CODE = re.compile(r"\b[A-Z]{3}\b")
_SIGN = re.compile(r"(?:US|CA|AU|NZ|R)?\$|€|£|¥|\b(?:euros?|us dollars?|dollars?)\b", re.IGNORECASE)
_SHORT_SCALES = {"m", "k", "mn", "mio", "mln", "bn", "000", "1000"}
_MAY_REPEAT = re.compile(r"^(.*?)(?:^|\s)(\d{1,2})(?=\s|$)(.*)$")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a heading says. `flow`: a key of `flows` in words.yaml; `scale`: by how much amounts are
    multiplied.
    """

    field: str = ""
    number: int = 0
    flow: str = ""
    period: Period | None = None
    is_fiscal: bool = False
    currency: str = ""
    scale: int = 1
    language: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of a table: `text` is the user's own heading, `column` counts from 0."""

    text: str
    column: int
    meaning: Meaning

    @property
    def letters(self) -> str:
        """The column's letters, as spreadsheet programs show them."""
        letters, number = "", self.column + 1
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(65 + rest) + letters
        return letters


def heading_text(value: Cell) -> str:
    """A heading cell as text: a year stored as a number is `2019`, a date its ISO form."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return " ".join(clean_text(str(value)).split())


@lru_cache(maxsize=8192)
def recognise_heading(text: str, kind: Kind = "activity", has_titles: bool = True) -> Meaning:
    """What `text` means at the head of a column in a table of `kind`.

    `has_titles`: whether the table names its projects, so that `Description` is the project's own.
    """
    fields = _fields(kind, has_titles)
    currency, scale, rest = _take_unit(text)
    if (field := fields.get(fold(text))) and not currency:
        return Meaning(field)
    if (_YEARS.search(text) or _FISCAL_SHORT.search(text)) and (found := _recognise_period(text)).field:
        return found
    bare = fold(_PARENTHESES.sub(" ", rest))
    language, without = _take_language(fold(rest))
    for number, wording in ((0, fold(rest)), (0, bare), (0, without), *_numbered(bare)):
        if field := _look_up(wording, fields):
            is_amount = field in AMOUNT_FIELDS
            return Meaning(
                field,
                number,
                currency=currency if is_amount else "",
                scale=scale if is_amount else 1,
                language=language,
            )
    return Meaning()


def names_money(text: str) -> bool:
    """Whether a heading speaks of money: it names a currency, or uses one of the words for amounts."""
    currency, _, rest = _take_unit(text)
    tokens = set(fold(rest).split())
    return not tokens & word_set("not_money") and bool(currency or tokens & word_set("money"))


def _look_up(wording: str, fields: dict[str, str]) -> str:
    tokens = wording.split()
    short = [token for token in tokens if token not in word_set("noise")]
    own = [token for token in short if token not in word_set("project_words")]
    for candidate in (tokens, short, own):
        if candidate and (field := fields.get(" ".join(candidate))):
            return field
    return ""


def _numbered(wording: str) -> list[tuple[int, str]]:
    """`country 2 percent` and `recipient country 0 code` without their number, and the number."""
    match = _MAY_REPEAT.match(wording)
    return [(int(match[2]), f"{match[1]} {match[3]}".strip())] if match else []


@cache
def _fields(kind: Kind, has_titles: bool) -> dict[str, str]:
    """Folded wording -> field; the words of `kind` come before those of any table."""
    sections = ["activity"]
    if kind in ("transaction", "activity"):
        sections = ["activity", "transaction"] if kind == "transaction" else ["transaction", "activity"]
        sections += [] if has_titles else ["transaction_bare"]
    else:
        sections.append("budget" if kind != "location" else kind)
    found: dict[str, str] = {}
    shortened: dict[str, str] = {}
    for section in sections:
        for wording, field in words(f"headings.{section}").items():
            short = " ".join(token for token in wording.split() if token not in word_set("noise"))
            found[wording] = field
            shortened.setdefault(short, field)
    return shortened | found


def _take_unit(text: str) -> tuple[str, int, str]:
    """Currency, multiplier and the rest of a heading such as `Budget (EUR million)` or `Amount USD '000`."""
    code = next((m for m in _CODE.finditer(text) if is_currency(m[0])), None)
    sign = code or _SIGN.search(text)
    currency = (match_currency(sign[0].removesuffix("s") if sign[0].islower() else sign[0]) or "") if sign else ""
    rest = text[: sign.start()] + " " + text[sign.end() :] if sign else text
    scale, kept = 1, []
    for token in re.split(r"(\s+|[()'’])", rest):
        by = words("scales").get(fold(token))
        if by and (sign or fold(token) not in _SHORT_SCALES):
            scale *= int(by)
        else:
            kept.append(token)
    return currency, scale, "".join(kept)


def _take_language(wording: str) -> tuple[str, str]:
    tokens = wording.split()
    language = words("languages").get(tokens[-1], "") if len(tokens) > 1 else ""
    return language, " ".join(tokens[:-1]) if language else wording


# --- amounts by period ---------------------------------------------------------------------


def _recognise_period(text: str) -> Meaning:
    """A column of amounts for a year, a quarter or a fiscal year; Meaning() if other words stand in it."""
    currency, scale, rest = _take_unit(text)
    period, is_fiscal, rest = _take_period(rest)
    wording = fold(rest)
    flow = "unsaid" if not wording else _look_up(wording, words("flows"))
    if period is None or (not flow and set(wording.split()) - word_set("noise")):
        return Meaning()
    return Meaning(
        PERIOD_AMOUNT,
        flow="" if flow == "unsaid" else flow,
        period=period,
        is_fiscal=is_fiscal,
        currency=currency,
        scale=scale,
    )


def _take_period(text: str) -> tuple[Period | None, bool, str]:
    """The period a heading names, whether it is a fiscal year, and the words that are left."""
    if short := _FISCAL_SHORT.search(text):
        first = 2000 + int(short[1])
        rest = text[: short.start()] + text[short.end() :]
        return (fiscal_year(first) if short[2] else _year(first)), True, rest
    match = _YEARS.search(text)
    if match is None or _YEARS.search(text, match.end()):
        return None, False, text
    rest = _PARENTHESES.sub(r" \1 ", text[: match.start()] + " " + text[match.end() :])
    is_named, rest = bool(_FISCAL.search(rest)), _FISCAL.sub(" ", rest)
    first = int(match[1])
    if match[3]:
        last = int(match[3]) if len(match[3]) == 4 else first // 100 * 100 + int(match[3])
        last += 100 if last < first and len(match[3]) == 2 else 0
        if last == first + 1:
            return fiscal_year(first), True, rest
        return (Period(date(first, 1, 1), date(last, 12, 31)) if last > first else None), False, rest
    if part := _QUARTER.search(rest):
        return quarter(first, int(part[1])), is_named, rest[: part.start()] + rest[part.end() :]
    return _year(first), is_named, rest


def _year(year: int) -> Period:
    return Period(date(year, 1, 1), date(year, 12, 31))


def fiscal_year(first: int, month: int = 7) -> Period:
    """Twelve months from `month` of the year `first`; July is only the commonest, so an issue says it."""
    return Period(date(first, month, 1), date(first + 1, month, 1) - timedelta(days=1))
