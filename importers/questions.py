"""What a file leaves open, gathered while it is read: one question for the whole file, however many cells ask it.

An answer is looked up under the path of its question before anything is asked; see app/models/question.py.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.codelists import codes, name_of
from app.codelists.countries import country_candidates
from app.models.question import Question
from app.models.worded import phrase, worded
from importers.words import shared_signs, words

_OF_SHEETS = ("sheets", "header_rows")
_NUMBER = re.compile(r"\d+")
KEEP = "keep"  # the answer that a value or column is kept as it is
ALL = "*"  # in place of an organisation's name: the answer for all that are not answered one by one
_SAMPLES = 6
_KEPT = (KEEP, phrase("None of these: keep it as it is, and count nothing"))
Options = tuple[tuple[str, str], ...]

# What an amount may be: the keys of `flows` in words.yaml that are offered.
FLOWS: dict[str, str] = {
    "2": phrase("Commitments: money promised by contract or agreement"),
    "3": phrase("Disbursements: money paid out to a partner"),
    "4": phrase("Expenditure: money spent on goods and services"),
    "budget": phrase("Budgets: money planned for a period"),
    "budget-revised": phrase("Revised budgets"),
    "planned-disbursement": phrase("Planned disbursements"),
    "1": phrase("Incoming funds"),
    "11": phrase("Incoming commitments"),
    "7": phrase("Reimbursements"),
    "6": phrase("Loan repayments"),
    "5": phrase("Interest payments"),
}
_MANY = 12  # different values of a column that nobody knows: more make the column itself doubtful
# What else such a column may hold; the first says that its heading is right.
_DOUBTS: dict[str, dict[str, str]] = {
    "country": {
        "country": phrase("They are countries: ask me about each"),
        "location": phrase("They are places within a country"),
        "region": phrase("They are regions"),
    },
    "status": {"status": phrase("They are statuses: ask me about each")},
    "type": {"transaction-type": phrase("They are types of money: ask me about each")},
}
_MONTHS = (
    phrase("January"), phrase("February"), phrase("March"), phrase("April"), phrase("May"), phrase("June"),
    phrase("July"), phrase("August"), phrase("September"), phrase("October"), phrase("November"), phrase("December"),
)  # fmt: skip


@dataclass(slots=True)
class Open:
    """One question on its way: where it was met first, and the values that ask it."""

    kind: str
    path: tuple[str, ...]
    sheet: str
    column: str
    samples: dict[str, None] = field(default_factory=dict)
    count: int = 0
    options: Options = ()
    is_settled: bool = False


class Questions:
    """The questions of one file, in the order in which they were met, and the currencies it names."""

    def __init__(self) -> None:
        self.currencies: dict[str, None] = {}
        self._open: dict[tuple[str, ...], Open] = {}

    def ask(
        self,
        kind: str,
        path: tuple[str, ...],
        sheet: str,
        column: str,
        sample: str = "",
        options: Options = (),
        is_settled: bool = False,
    ) -> None:
        """Ask once more; `is_settled` says that the owner told what the column holds."""
        found = self._open.get(path)
        if found is None:
            found = self._open[path] = Open(kind, path, sheet, column, options=options, is_settled=is_settled)
        found.count += 1
        if sample and len(found.samples) < _SAMPLES:
            found.samples[sample] = None

    def add_all(self, others: "Questions") -> None:
        """Take over the questions that were gathered elsewhere."""
        self._open = {**others._open, **self._open}

    def build(self) -> list[Question]:
        """The questions; where a column asks about many values, first whether it holds such values at all."""
        by_column: dict[tuple[str, str, str], list[Open]] = {}
        for one in self._open.values():
            by_column.setdefault((one.kind, one.sheet, one.column), []).append(one)
        listed = [one for same in by_column.values() for one in (same if not _are_doubtful(same) else [_doubt(same)])]
        return [_build(one, tuple(self.currencies)) for one in listed]


def _are_doubtful(same: list[Open]) -> bool:
    return same[0].kind in _DOUBTS and len(same) > _MANY and not same[0].is_settled


def _doubt(same: list[Open]) -> Open:
    first = same[0]
    samples = {sample: None for one in same[:_SAMPLES] for sample in one.samples}
    count = sum(one.count for one in same)
    options = (*_DOUBTS[first.kind].items(), (KEEP, phrase("Something else: keep the column as it is")))
    return Open("doubt", ("headings", first.column), first.sheet, first.column, samples, count, options)


def answer(answers: dict[str, Any], *path: str) -> Any:
    """What the owner answered at a path; None where nothing is there."""
    found: Any = answers
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return None if found == "" else found


def carry_over(answers: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """The answers, with those about sheets given too to the one sheet of now whose name differs in numbers only, as
    `projects 2026.csv` from `projects 2025.csv`: a file is named anew each year, and asked about once."""
    carried = dict(answers)
    for part in _OF_SHEETS:
        told = answers.get(part)
        if not isinstance(told, dict):
            continue
        before: dict[str, list[Any]] = {}
        for name, value in told.items():
            if name not in names:
                before.setdefault(_without_numbers(name), []).append(value)
        now = Counter(_without_numbers(name) for name in names if name not in told)
        carried[part] = told | {
            name: before[plain][0]
            for name in names
            if name not in told and now[plain := _without_numbers(name)] == 1 and len(set(before.get(plain, ()))) == 1
        }
    return carried


def _without_numbers(name: str) -> str:
    return _NUMBER.sub("#", name.casefold())


def _build(one: Open, currencies: tuple[str, ...]) -> Question:
    text, options, suggested = _KINDS[one.kind](one, currencies)
    return Question(
        one.path,
        one.kind,
        text,
        options,
        tuple(one.samples),
        one.count,
        one.sheet or None,
        one.column or None,
        suggested,
    )


# --- what is asked, kind by kind: text, options, suggestion --------------------------------

Asked = tuple[str, Options, str]


def _date_order(one: Open, _: tuple[str, ...]) -> Asked:
    sample = next(iter(one.samples), "03/04/2019")
    first, second, third = ([*re.split(r"\s*[-/.]\s*", sample), "", ""])[:3]
    options: Options = (
        ("dmy", worded("Day first: in “%(sample)s”, %(day)s is the day and %(month)s the month",
                       sample=sample, day=first, month=second)),
        ("mdy", worded("Month first: in “%(sample)s”, %(month)s is the month and %(day)s the day",
                       sample=sample, month=first, day=second)),
    )  # fmt: skip
    if len(third[:4].split(" ")[0]) == 2:
        options += (("ymd", worded("Year first: in “%(sample)s”, %(year)s is the year and %(month)s the month",
                                   sample=sample, year=first, month=second)),)  # fmt: skip
    return phrase("In which order are day and month in the dates of this file?"), options, ""


def _decimal(one: Open, _: tuple[str, ...]) -> Asked:
    sample = next(iter(one.samples), "1.500")
    options = (
        (",", worded("The comma is the decimal mark: “%(sample)s” is %(number)s",
                     sample=sample, number=_read_as(sample, ","))),
        (".", worded("The point is the decimal mark: “%(sample)s” is %(number)s",
                     sample=sample, number=_read_as(sample, "."))),
    )  # fmt: skip
    return phrase("Which sign stands before the decimals in the amounts of this file?"), options, ""


def _read_as(sample: str, mark: str) -> str:
    other = {",": ".", ".": ","}[mark]
    return sample.replace(other, "").replace(mark, ".")


def _currency(_: Open, currencies: tuple[str, ...]) -> Asked:
    text = phrase("Some amounts of this file name no currency. In which currency are they?")
    return text, _currency_options(currencies), currencies[0] if len(currencies) == 1 else ""


def _currency_options(first: tuple[str, ...]) -> Options:
    names = tuple(dict.fromkeys((*first, *codes("Currency"))))
    return tuple((code, f"{code} · {name_of('Currency', code)}") for code in names)


def _currency_sign(one: Open, currencies: tuple[str, ...]) -> Asked:
    sign = one.path[-1]
    known = shared_signs()[sign]
    seen = tuple(code for code in currencies if code in known)
    options = tuple(pair for pair in _currency_options((*seen, *sorted(known, key=_common))) if pair[0] in known)
    return (
        worded("Which currency does “%(sign)s” stand for in this file?", sign=sign),
        options,
        seen[0] if len(seen) == 1 else "",
    )


def _common(code: str) -> tuple[bool, str]:
    return code not in ("USD", "CAD", "AUD", "JPY", "CNY", "SEK", "NOK", "DKK", "INR", "XOF"), code


def _fiscal_year(one: Open, _: tuple[str, ...]) -> Asked:
    options = tuple((str(number), name) for number, name in enumerate(_MONTHS, 1))
    return (
        worded("In which month does your fiscal year start? “%(heading)s” does not say.", heading=one.column),
        options,
        "",
    )


def _fiscal_name(one: Open, _: tuple[str, ...]) -> Asked:
    options = (
        ("start", phrase("After the calendar year in which it starts")),
        ("end", phrase("After the calendar year in which it ends")),
    )
    return (
        worded("After which calendar year is a fiscal year such as “%(heading)s” named?", heading=one.column),
        options,
        "",
    )


def _country(one: Open, _: tuple[str, ...]) -> Asked:
    name = one.path[-1]
    near = country_candidates(name)
    options = tuple(
        (code, f"{name_of('Country', code)} ({code})") for code in dict.fromkeys((*near, *codes("Country")))
    )
    regions = tuple((code, name_of("Region", code)) for code in codes("Region"))
    text = worded("Which country is “%(name)s”?", name=name)
    return text, (*options[: len(near)], _KEPT, *options[len(near) :], *regions), near[0] if len(near) == 1 else ""


def _status(one: Open, _: tuple[str, ...]) -> Asked:
    options = tuple((code, name_of("ActivityStatus", code)) for code in codes("ActivityStatus"))
    return worded("Which status of a project is “%(value)s”?", value=one.path[-1]), (*options, _KEPT), ""


def _type(one: Open, _: tuple[str, ...]) -> Asked:
    others = tuple((code, name_of("TransactionType", code)) for code in codes("TransactionType") if code not in FLOWS)
    return (
        worded(
            "What kind of money is “%(value)s” in the column “%(heading)s”?", value=one.path[-1], heading=one.column
        ),
        (*FLOWS.items(), *others, _KEPT),
        "",
    )


def _flow(one: Open, _: tuple[str, ...]) -> Asked:
    return (
        worded("What are the amounts in “%(heading)s”? The heading does not say.", heading=one.column),
        (*FLOWS.items(), _KEPT),
        "",
    )


def _heading(one: Open, _: tuple[str, ...]) -> Asked:
    return worded("“%(heading)s” seems to be money. What is it?", heading=one.column), one.options, ""


def _doubtful(one: Open, _: tuple[str, ...]) -> Asked:
    return (
        worded("Many values of “%(heading)s” are not known here. What does this column hold?", heading=one.column),
        one.options,
        "",
    )


def _field(one: Open, _: tuple[str, ...]) -> Asked:
    texts = {
        "title": phrase("Which column holds the title of each project?"),
        "identifier": phrase("Which column holds the id of each project?"),
    }
    field = one.path[-1].replace("-", " ")
    return texts.get(field) or worded("Which column holds the %(field)s?", field=field), one.options, ""


_KINDS: dict[str, Callable[[Open, tuple[str, ...]], Asked]] = {
    "date-order": _date_order,
    "decimal": _decimal,
    "currency": _currency,
    "currency-sign": _currency_sign,
    "fiscal-year": _fiscal_year,
    "fiscal-year-name": _fiscal_name,
    "country": _country,
    "status": _status,
    "type": _type,
    "flow": _flow,
    "heading": _heading,
    "field": _field,
    "doubt": _doubtful,
}


def flow_of_answer(given: Any) -> str:
    """The flow key of an answer: a key itself, KEEP, or a word for one; '' where it is none."""
    text = str(given or "")
    known = {*FLOWS, *codes("TransactionType"), KEEP}
    return text if text in known else words("flows").get(text.casefold(), "")
