"""Donors: which well-known donor a name means, and which government stands behind an organisation.

`data/donors.csv` holds the donors, with references as published in IATI; those that begin with TESSERA- are
ours, for donors that no public register identifies. `data/dac_donors.csv` holds the OECD DAC's donor codes
of countries and of the EU institutions, whose members report as one donor under the code EU.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from app.codelists.countries import match_country
from app.codelists.reading import folded, read_rows


class Donor(NamedTuple):
    """A well-known donor: IATI reference, OrganisationType code, government (alpha-2 or EU), English name."""

    ref: str
    type: str
    government: str | None
    name: str


_LEGAL_FORMS = re.compile(
    "ab|ag|aisbl|asbl|as|bv|co|corp|corporation|ev|gmbh|ggmbh|inc|incorporated|limited|llc|llp|ltd|nv|ngo"
    "|ong|onlus|oy|plc|pty|ry|sa|sarl|sas|spa|srl|vzw"
)
_ONE_SPELLING = {"programme": "program", "centre": "center", "labour": "labor", "org": "organization"}
_ACRONYM = re.compile(r"[(\[]\s*[^\s()\[\]]*[A-Z][^\s()\[\]]*[A-Z][^\s()\[\]]*\s*[)\]]")
_BRACKETS = re.compile(r"[(\[][^)\]]*[)\]]")
_DASH = re.compile(r"\s[-\u2013\u2014:/]\s")
_DOT_AFTER_INITIAL = re.compile(r"(?<=\b\w)\.")
_GOVERNMENT_REF = re.compile(r"[A-Z]{2}-(?:\d{1,3}|GOV-.+|USAGOV)")
_GOVERNMENT_TYPES = {"10", "11"}
_GOVERNMENT_NAME = re.compile(r"^(?:the\s+)?(?:royal\s+)?government\s+of\s+|,\s*government\s+of\s*$", re.IGNORECASE)


@lru_cache(maxsize=16384)
def normal_name(text: str) -> str:
    """`text` reduced to what two spellings of one organisation share; for comparing, never for showing.

    Case, accents, punctuation, "the" and "and", closing legal forms and acronyms in brackets go; British
    and American spellings become one.
    """
    plain = folded(_DOT_AFTER_INITIAL.sub("", _ACRONYM.sub(" ", text)).replace("o-op", "oop"))
    words = [_ONE_SPELLING.get(word, word.replace("isation", "ization")) for word in plain.split()]
    words = [word for word in words if word not in ("the", "and")]
    while len(words) > 1 and _LEGAL_FORMS.fullmatch(words[-1]):
        words.pop()
    return " ".join(words)


@lru_cache(maxsize=16384)
def match_donor(text: str) -> str | None:
    """Reference of the well-known donor that `text` names: in full, by acronym, or as "Country - Agency"."""
    refs = _refs_by_name()
    plain = _BRACKETS.sub(" ", text)
    ref = _refs().get(text.strip().upper()) or refs.get(normal_name(text)) or refs.get(normal_name(plain))
    parts = _DASH.split(plain, maxsplit=1)
    if ref or len(parts) == 1:
        return ref
    of_agency = refs.get(normal_name(parts[1]))
    government = donors()[of_agency].government if of_agency else None
    return of_agency if government and government == government_of(None, name=parts[0]) else None


@lru_cache(maxsize=16384)
def government_of(ref: str | None, organisation_type: str | None = None, name: str | None = None) -> str | None:
    """The government that an organisation belongs to: alpha-2 code, EU for the EU institutions, else None.

    `ref` and `organisation_type` are as in IATI; the name counts only where there is no reference.
    None for multilaterals, NGOs, firms, foundations and whatever is not certain.
    """
    ref = (ref or "").strip()
    if ref:
        return _government_of_ref(ref.upper(), organisation_type)
    if known := match_donor(name or ""):
        return donors()[known].government
    return match_country(_GOVERNMENT_NAME.sub("", name or "").strip())


@lru_cache
def donors() -> dict[str, Donor]:
    """The well-known donors by reference."""
    rows = read_rows("donors")
    return {row["ref"]: Donor(row["ref"], row["type"], row["government"] or None, row["name"]) for row in rows}


def _government_of_ref(ref: str, organisation_type: str | None) -> str | None:
    if known := _refs().get(ref):
        return donors()[known].government
    if ref.startswith("XM-DAC-"):
        return _dac_donors().get(ref.split("-")[2])
    if ref.startswith("XI-IATI-EC_"):
        return "EU"
    prefix = ref.partition("-")[0]
    if len(prefix) != 2 or not (_GOVERNMENT_REF.fullmatch(ref) or organisation_type in _GOVERNMENT_TYPES):
        return None
    return "EU" if prefix == "EU" else match_country(prefix)


@lru_cache
def _dac_donors() -> dict[str, str]:
    return {row["code"]: row["government"] for row in read_rows("dac_donors")}


@lru_cache
def _refs() -> dict[str, str]:
    """Each donor's own and former references, in upper case -> its own."""
    rows = read_rows("donors")
    return {ref.upper(): row["ref"] for row in rows for ref in (row["ref"], *row["other_refs"].split("|")) if ref}


@lru_cache
def _refs_by_name() -> dict[str, str]:
    rows = read_rows("donors")
    return {normal_name(name): row["ref"] for row in rows for name in (row["name"], *row["aliases"].split("|")) if name}
