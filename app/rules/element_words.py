"""Elements of a record as somebody reads them: "EUR 19500 (2019-12-31)", "Kenya 60 %", not attribute by attribute."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from lxml import etree

from app.codelists import name_of
from app.models.record import MONEY_ELEMENTS, XML_LANG

SHOWN = 300
# More elements than this are told by their number, money also by its sum.
_LISTED = 3
_NAMES = {
    "activity-status": "ActivityStatus", "recipient-country": "Country", "recipient-region": "Region",
    "sector": "Sector", "activity-scope": "ActivityScope", "collaboration-type": "CollaborationType",
    "default-flow-type": "FlowType", "default-finance-type": "FinanceType", "default-aid-type": "AidType",
    "default-tied-status": "TiedStatus",
}  # fmt: skip
# What tells elements of one name apart stands beside the words already; a language is no word of the text.
_SILENT = {"type", "role", "vocabulary", "vocabulary-uri", "name", XML_LANG}


def element_words(elements: Sequence[etree._Element]) -> str:
    """The words of elements of one kind, as Change.before and Change.after show them."""
    if len(elements) <= _LISTED:
        return "; ".join(filter(None, map(_words, elements)))[:SHOWN]
    counted = f"{len(elements)} × {etree.QName(elements[0]).localname}"
    return f"{counted}: {_sums(elements)}" if elements[0].tag in MONEY_ELEMENTS else counted


def _words(element: etree._Element) -> str:
    if element.tag in MONEY_ELEMENTS:
        return _money_words(element)
    words = []
    for each in element.iter():
        # Names are those of the vocabulary that IATI takes where none is given.
        codelist = _NAMES.get(str(each.tag), "") if each.get("vocabulary", "1") == "1" else ""
        for name, value in each.attrib.items():
            words += _attribute_words(str(name), str(value), codelist)
        words += _texts([each])
    return " ".join(dict.fromkeys(words))


def _attribute_words(name: str, value: str, codelist: str) -> list[str]:
    if name in _SILENT:
        return []
    if name == "percentage":
        return [f"{value} %"]
    if name == "code" and codelist and (named := name_of(codelist, value)) != value:
        return [named, f"({value})"]
    return [value]


def _money_words(element: etree._Element) -> str:
    """The amount, its day or period, and what else is said of it."""
    value = element.find("value")
    days = [
        day.get("iso-date") or ""
        for name in ("transaction-date", "period-start", "period-end")
        for day in element.findall(name)
    ]
    amount = [] if value is None else [value.get("currency") or "", (value.text or "").strip()]
    others = [each for each in element.iter() if each is not value]
    when = f"({' – '.join(filter(None, days))})" if any(days) else ""
    return " ".join(filter(None, [*amount, when, *_texts(others)]))


def _texts(elements: Sequence[etree._Element]) -> list[str]:
    return [each.text.strip() for each in elements if each.text and each.text.strip()]


def _sums(elements: Sequence[etree._Element]) -> str:
    """The sum of money by currency."""
    sums: dict[str, Decimal] = {}
    for value in (element.find("value") for element in elements):
        if value is not None:
            currency = value.get("currency") or ""
            sums[currency] = sums.get(currency, Decimal(0)) + _amount(value.text or "")
    return ", ".join(f"{currency} {total:f}".strip() for currency, total in sums.items())


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        return Decimal(0)
