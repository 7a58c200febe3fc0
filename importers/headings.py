"""What the heading of a column means: a field, and what else it says (number, period, currency, language).

`recognise_heading` knows the words of words.yaml in five languages, paths such as
`recipient-country/0/@code`, and columns of amounts by period (`2019`, `FY 2019/20`, `2019 Q1`,
`Disbursed 2019`, `Budget 2020 (EUR)`). A heading that it does not know keeps field ''.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Literal

from app.codelists.currencies import is_currency, match_currency
from importers.clean import Cell, Period, clean_text, quarter
from importers.words import fold, shared_sign, word_set, words

Kind = Literal["activity", "transaction", "budget", "planned-disbursement", "location"]
PERIOD_AMOUNT = "period-amount"
AMOUNT_FIELDS = frozenset({"commitment", "disbursement", "expenditure", "budget", "amount", "value", PERIOD_AMOUNT})
DATE_FIELDS = frozenset({
    "start", "start-planned", "start-actual", "end", "end-planned", "end-actual", "signed", "date-value", "last-updated",
    "transaction-date", "period-start", "period-end", "value-date", "year",
})  # fmt: skip

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
    multiplied; `currency`: a code, or a sign that several share. `is_fiscal`: the days of `period` wait for
    the month in which fiscal years start; `quarter` is that of the fiscal year, 0 for all of it. `repeats`:
    the column (from 1) that was taken for the same field instead.
    """

    field: str = ""
    number: int = 0
    flow: str = ""
    period: Period | None = None
    is_fiscal: bool = False
    quarter: int = 0
    currency: str = ""
    scale: int = 1
    language: str = ""
    repeats: int = 0


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of a table: `text` is the user's own heading, `column` counts from 0.

    `because` says who gave its meaning: "answer", "layout", "words", "tag", "content", or "unknown".
    """

    text: str
    column: int
    meaning: Meaning
    because: str = "words"

    @property
    def name(self) -> str:
        """The heading as issues, questions and answers call it."""
        return self.text or f"Column {self.letters}"

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
    if isinstance(value, str):
        return _one_line(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return _one_line(str(value))


@lru_cache(maxsize=32768)
def _one_line(text: str) -> str:
    return " ".join(clean_text(text).split())


@lru_cache(maxsize=32768)
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
    named = sign[0].removesuffix("s") if sign and sign[0].islower() else sign[0] if sign else ""
    currency = match_currency(named) or shared_sign(named) if named else ""
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
    meaning, rest = take_period(text)
    wording = fold(rest)
    flow = "unsaid" if not wording else _look_up(wording, words("flows"))
    if meaning.period is None or (not flow and set(wording.split()) - word_set("noise")):
        return Meaning()
    return replace(meaning, flow="" if flow == "unsaid" else flow)


def take_period(text: str) -> tuple[Meaning, str]:
    """A heading as amounts of the period, currency and unit that it names, and the words that are left."""
    currency, scale, rest = _take_unit(text)
    part = _QUARTER.search(rest)
    number = int(part[1]) if part else 0
    if part:
        rest = rest[: part.start()] + " " + rest[part.end() :]
    period, is_fiscal, rest = _take_years(rest)
    if period and number and not is_fiscal:
        period = quarter(period.start.year, number)
    number = number if is_fiscal else 0
    return Meaning(PERIOD_AMOUNT, 0, "", period, is_fiscal, number, currency, scale), rest


def _take_years(text: str) -> tuple[Period | None, bool, str]:
    """The year or years that a heading names, whether they are a fiscal year, and the words that are left."""
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
    if not match[3]:
        return _year(first), is_named, rest
    last = int(match[3]) if len(match[3]) == 4 else first // 100 * 100 + int(match[3])
    last += 100 if last < first and len(match[3]) == 2 else 0
    if last == first + 1:
        return fiscal_year(first), True, rest
    return (Period(date(first, 1, 1), date(last, 12, 31)) if last > first else None), False, rest


def _year(year: int) -> Period:
    return Period(date(year, 1, 1), date(year, 12, 31))


def fiscal_year(first: int, month: int = 7) -> Period:
    """Twelve months from `month` of the year `first`; July stands in until the month is known."""
    return Period(date(first, month, 1), date(first + 1, month, 1) - timedelta(days=1))


def names_one_year(meaning: Meaning) -> bool:
    """Whether a fiscal year is named after one calendar year (`FY 2019`), which may be its first or its last."""
    return meaning.period is not None and meaning.period == _year(meaning.period.start.year)


def settle_fiscal(meaning: Meaning, month: int, named_after: str) -> Meaning:
    """A fiscal year as its days, given the month in which it starts and the year ("start", "end") that names it.

    It stays as it is where it is named after one calendar year and nobody said which.
    """
    assert meaning.period is not None  # noqa: S101 (a fiscal year has one)
    first = meaning.period.start.year
    if names_one_year(meaning) and month > 1:
        if named_after not in ("start", "end"):
            return meaning
        first -= named_after == "end"
    period = fiscal_year(first, month)
    if meaning.quarter:
        start = _months_later(period.start, 3 * meaning.quarter - 3)
        period = Period(start, _months_later(start, 3) - timedelta(days=1))
    return replace(meaning, period=period, is_fiscal=False)


def read_fiscal_year(text: str) -> Meaning | None:
    """A cell such as `2019/20` or `FY 2019` as the fiscal year that it names; None for every other text."""
    if not re.search(r"[-–/FEA]", text):
        return None
    found, rest = take_period(text)
    return found if found.is_fiscal and not rest.strip() else None


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)
