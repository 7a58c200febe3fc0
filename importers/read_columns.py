"""What each column of a table means: by its owner's answer, by words, by its HXL tag, by what stands in it.

What columns leave open is asked here, once a column or once for all that are worded alike.
"""

from dataclasses import replace
from functools import cache, lru_cache
from typing import Any

from app.models.worded import as_worded, phrase, worded
from importers.clean import Ambiguous, Cell, Unclear, is_blank, parse_amount
from importers.content import SAMPLE, field_by_content, names_organisation
from importers.headings import (
    AMOUNT_FIELDS,
    PERIOD_AMOUNT,
    Heading,
    Kind,
    Meaning,
    names_money,
    names_one_year,
    recognise_heading,
    settle_fiscal,
    take_period,
)
from importers.hxl import read_tag
from importers.questions import FLOWS, KEEP, answer, flow_of_answer
from importers.tables import Table, cell_text
from importers.words import fold, words

# The fields that say what an amount is, and the flow of each.
FLOW_FIELDS = {
    "commitment": "2", "disbursement": "3", "expenditure": "4", "budget": "budget", "budget-revised": "budget-revised",
    "planned-disbursement": "planned-disbursement", "incoming-funds": "1", "incoming-commitment": "11",
    "reimbursement": "7", "loan-repayment": "6", "interest-payment": "5",
}  # fmt: skip
_TOTALS = ("commitment", "disbursement", "expenditure", "budget")
_FIELD_OF_FLOW = {flow: field for field, flow in FLOW_FIELDS.items()}
_MONEY_OPTIONS = tuple((field, FLOWS[flow]) for field, flow in FLOW_FIELDS.items())
_KEPT = (KEEP, "It is not to be counted: keep the column as it is")
# Fields of which a table needs one only, by the one that content may give it.
_SAME = {
    "country": ("country", "country-code", "region", "region-code"),
    "currency": ("currency",),
    "sector": ("sector", "sector-name"),
    "status": ("status",),
    "identifier": ("identifier",),
    "title": ("title",),
}
_WHAT = {
    "country": phrase("countries"), "currency": phrase("currencies"), "sector": phrase("purpose codes of the DAC"),
    "status": phrase("statuses"), "identifier": phrase("a code of its own for each row"), "title": phrase("titles"),
}  # fmt: skip
_ORGANISATION_FREE = ("country", "sector")


def read_headings(
    texts: list[str], tags: list[str], kind: Kind, has_titles: bool, answers: dict[str, Any], rows: list[list[Cell]]
) -> list[Heading]:
    """One heading for each column that has a text, a tag, or values below neither."""
    headings = []
    for column in range(max(len(texts), len(tags))):
        text, tag = (one[column] if column < len(one) else "" for one in (texts, tags))
        if text or tag:
            headings.append(_read_heading(text or tag, tag, column, kind, has_titles, answers))
    known = {heading.column for heading in headings}
    unnamed = [column for column in range(max(map(len, rows), default=0)) if column not in known]
    used = [column for column in unnamed if any(len(row) > column and not is_blank(row[column]) for row in rows)]
    return headings + [_read_heading("", "", column, kind, has_titles, answers) for column in used]


def _read_heading(text: str, tag: str, column: int, kind: Kind, has_titles: bool, answers: dict[str, Any]) -> Heading:
    heading = Heading(text, column, Meaning(), "unknown")
    meaning = recognise_heading(text, kind, has_titles) if text and text != tag else Meaning()
    if kind == "activity" and meaning.field in _of_one_amount():
        meaning = Meaning()  # nothing reads it in a table of projects: it is kept
    if tag and not meaning.field:
        meaning = read_tag(tag)
    chosen = answer(answers, "headings", heading.name)
    if chosen in _known_fields():
        return replace(heading, meaning=settle(answer_heading(text, meaning, str(chosen)), answers), because="answer")
    if flow := _answered_flow(heading.name, meaning, answers):
        return replace(heading, meaning=settle(answer_heading(text, meaning, flow), answers), because="answer")
    return replace(heading, meaning=settle(meaning, answers), because="words" if meaning.field else "unknown")


@cache
def _known_fields() -> frozenset[str]:
    """The fields that an answer can give a column; any other answer is none."""
    sections = ("activity", "transaction", "budget", "location")
    return frozenset({KEEP, *FLOW_FIELDS, *(field for one in sections for field in words(f"headings.{one}").values())})


def _of_one_amount() -> set[str]:
    return set(words("headings.transaction").values()) - {"value", "currency", "value-date"}


def answer_heading(text: str, meaning: Meaning, chosen: str) -> Meaning:
    """A heading as its owner says: the field is theirs, the period, currency and unit those of its words."""
    if chosen == KEEP:
        return Meaning()
    if chosen not in FLOW_FIELDS:
        return replace(meaning, field=chosen, flow="")
    told = meaning if meaning.field in AMOUNT_FIELDS else take_period(text)[0]
    if told.period:
        return replace(told, field=PERIOD_AMOUNT, flow=FLOW_FIELDS[chosen])
    if chosen in _TOTALS:
        return replace(told, field=chosen, flow="")
    return replace(told, field="amount", flow=FLOW_FIELDS[chosen])


def _answered_flow(name: str, meaning: Meaning, answers: dict[str, Any]) -> str:
    """The field that an answer about flows gives a column of amounts; '' where none was asked for it."""
    flows = answers.get("flows")
    if not isinstance(flows, dict) or (
        meaning.field and (meaning.flow or meaning.field not in ("amount", "value", PERIOD_AMOUNT))
    ):
        return ""
    if not meaning.field and not names_money(name):
        return ""
    flow = flow_of_answer(flows.get(name) or flows.get(flow_path(name)[-1]))
    return flow if flow == KEEP else _FIELD_OF_FLOW.get(flow, "")


def settle(meaning: Meaning, answers: dict[str, Any]) -> Meaning:
    """A fiscal year with its days, where the owner said when such years start; every other meaning as it is."""
    month = _fiscal_month(answers)
    if not meaning.is_fiscal or not month:
        return meaning
    return settle_fiscal(meaning, month, str(answers.get("fiscal_year_named") or ""))


def _fiscal_month(answers: dict[str, Any]) -> int:
    month = str(answers.get("fiscal_year_start") or "")
    return int(month) if month.isdigit() and 0 < int(month) < 13 else 0


def ask_fiscal(table: Table, heading: Heading, meaning: Meaning, sample: str) -> None:
    """Ask when fiscal years start, and where one is named after one calendar year, after which."""
    month = _fiscal_month(table.answers)
    if not month:
        table.ask("fiscal-year", ("fiscal_year_start",), heading, sample)
    if names_one_year(meaning) and month != 1:
        table.ask("fiscal-year-name", ("fiscal_year_named",), heading, sample)


@lru_cache(maxsize=4096)
def flow_path(name: str) -> tuple[str, str]:
    """Where the flow of a column of amounts is answered: columns that differ in their period only share one."""
    told, rest = take_period(name)
    return "flows", (fold(rest) or "amounts by period") if told.period else name


# --- what stands in the columns ------------------------------------------------------------


def read_content(table: Table) -> None:
    """Give columns that nobody knows the field that their values leave no doubt of; ask where two could be it."""
    unknown = [
        h for h in table.headings if h.because == "unknown" and not h.meaning.repeats and h.column not in table.expected
    ]
    if not unknown or table.layout:
        return
    wanted = [field for field, same in _SAME.items() if not table.has(*same)]
    if table.kind != "activity":
        wanted = [field for field in wanted if field == "currency"]
    guesses = {h.column: suggest_field(table, h) for h in unknown} if wanted else {}
    for field in wanted:
        candidates = [h for h in unknown if guesses.get(h.column) == field]
        candidates = [h for h in candidates if field not in _ORGANISATION_FREE or not names_organisation(h.text)]
        chosen = answer(table.answers, "fields", field)
        named = [h for h in candidates if h.name == chosen]
        chosen = chosen if named or chosen == KEEP else None
        if len(named or candidates) == 1 and chosen != KEEP:
            _use(table, (named or candidates)[0], field, bool(named))
        elif candidates and not chosen and field not in ("currency", "status"):
            _ask_which(table, candidates, field)
    table.index_headings()


def suggest_field(table: Table, heading: Heading) -> str:
    """What the values of a column could be, though nobody says so."""
    key = ("content", heading.column)
    if key not in table.evidence:
        table.evidence[key] = field_by_content(_first_values(table, heading))
    found: str = table.evidence[key]
    return found


def _first_values(table: Table, heading: Heading) -> list[Cell]:
    found: list[Cell] = []
    for row in table.rows:
        if len(row) > heading.column and not is_blank(row[heading.column]):
            found.append(row[heading.column])
            if len(found) == SAMPLE:
                break
    return found


def _use(table: Table, heading: Heading, field: str, is_answer: bool) -> None:
    place = table.headings.index(heading)
    table.headings[place] = replace(heading, meaning=Meaning(field), because="answer" if is_answer else "content")
    if not is_answer:
        table.say_once(
            "info",
            "column-by-content",
            heading,
            worded(
                "“%(heading)s” is not a heading that is known here, but holds %(what)s: it was read so.",
                heading=heading.name,
                what=as_worded(_WHAT[field]),
            ),
            "If it is something else, choose what it is on the page of the import.",
        )


def _ask_which(table: Table, candidates: list[Heading], field: str) -> None:
    """Ask which column it is; where a table would have neither ids nor titles, the first one stands in until then."""
    if field == "title" and not table.has("identifier", "title"):
        place = table.headings.index(candidates[0])
        table.headings[place] = replace(candidates[0], meaning=Meaning(field), because="content")
    samples = [next((cell_text(cell) for cell in _first_values(table, h)), "") for h in candidates]
    options = tuple((h.name, f"{h.name}: {sample[:60]}") for h, sample in zip(candidates, samples, strict=True))
    table.ask("field", ("fields", field), candidates[0], samples[0], (*options, (KEEP, "None of them")))


# --- what nobody knows ---------------------------------------------------------------------

_MOST_SAID = 60  # columns of a table that are said one by one


def list_unknown(table: Table) -> None:
    """Once a column: what nobody knows is kept and said; what seems to be money is asked."""
    usual = table.usual_flow
    for place, heading in enumerate(table.headings):
        if usual and heading.meaning.field == PERIOD_AMOUNT and not heading.meaning.flow:
            table.headings[place] = _assume_flow(table, heading, usual)
    table.index_headings()
    left = [h for h in (*table.by_field.get("", ()), *table.by_field.get("reported-sum", ())) if h.because != "answer"]
    said = 0
    for heading in left:
        values = _first_values(table, heading) if heading.column not in table.expected else []
        if values and not _ask_money(table, heading, values):
            said += 1
            if said <= _MOST_SAID:
                _say_unknown(table, heading)
    if said > _MOST_SAID:
        table.say_once(
            "info",
            "columns-unknown",
            left[-1],
            worded(
                "%(count)s more columns of “%(sheet)s” are not known here; their values were kept as they are.",
                count=said - _MOST_SAID,
                sheet=table.name,
            ),
            "Nothing to do; to have one read, give it a heading that is known, such as Title, Country or Sector.",
        )


def _assume_flow(table: Table, heading: Heading, flow: str) -> Heading:
    from importers.money import name_flow

    table.say_once(
        "info",
        "flow-assumed",
        heading,
        worded(
            "“%(heading)s” does not say what its amounts are; they were read as %(kind)s, "
            "after the name or title of the sheet.",
            heading=heading.text,
            kind=name_flow(flow),
        ),
        "Write it in the heading, such as “Disbursed 2019” or “Budget 2019”.",
    )
    return replace(heading, meaning=replace(heading.meaning, flow=flow))


def _ask_money(table: Table, heading: Heading, values: list[Cell]) -> bool:
    """Ask what an unknown column of money is; False where it is none."""
    is_named = names_money(heading.text)
    if heading.meaning.field or heading.meaning.repeats or not (is_named or not table.has(*AMOUNT_FIELDS)):
        return False
    if not (any(map(_is_amount, values)) if is_named else suggest_field(table, heading) == "amount"):
        return False
    samples = [cell_text(value) for value in values if _is_amount(value)][:3]
    if is_named and take_period(heading.text)[0].period:
        table.ask("flow", flow_path(heading.name), heading, samples[0])
    else:
        for sample in samples:
            table.ask("heading", ("headings", heading.name), heading, sample, (*_MONEY_OPTIONS, _KEPT))
    return True


def _is_amount(value: Cell) -> bool:
    try:
        return parse_amount(value, ".") is not None
    except (Ambiguous, Unclear):
        return False


def _say_unknown(table: Table, heading: Heading) -> None:
    if heading.meaning.field == "reported-sum":
        message = worded(
            "“%(heading)s” only sums up transactions that are not in this file; it was not counted as money.",
            heading=heading.name,
        )
        table.say_once("info", "column-unknown", heading, message, "Import the workbook instead, which has them.")
    elif heading.meaning.repeats:
        taken = next(h for h in table.headings if h.column == heading.meaning.repeats - 1)
        table.say_once(
            "warning",
            "heading-repeated",
            heading,
            worded(
                "“%(heading)s” (column %(letters)s) means the same as “%(other)s” (column %(other_letters)s), which "
                "was read; this one was kept as it is.",
                heading=heading.name,
                letters=heading.letters,
                other=taken.name,
                other_letters=taken.letters,
            ),
            "If this column counts, give it a heading that says what is different about it.",
        )
    else:
        table.say_once(
            "info",
            "column-unknown",
            heading,
            worded(
                "“%(heading)s” is not a column that is known here; its values were kept as they are.",
                heading=heading.name,
            ),
            "Nothing to do; to have it read, give it a heading that is known, such as Title, Country or Sector.",
        )
