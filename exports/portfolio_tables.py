"""A portfolio as tables: one row a project, a flow, an area or an organisation.

The headings are those that the spreadsheet importer reads back. Lists in a cell are separated by
semicolons, and the lists of columns that belong together (names, references, types; codes, percentages,
vocabularies) have as many entries each. A share that stands alone is written behind its code (`KH 60%; LA`).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain

from app.codelists import name_of
from app.codelists.countries import match_country, match_region
from app.frameworks import load_builtin
from app.models.record import ActivityRecord, AreaTag, Flow, Part, Party
from app.rules.said import plain_entry
from exports.base import ExportedActivity
from exports.table import Cell

_REPORTER = {"Reporting organisation": 28, "Reporting organisation ref": 18}
_PARTIES = {"Donor": 32, "Accountable organisation": 28, "Extending organisation": 28, "Implementing partner": 32}
PROJECTS = {
    "Project ID": 28, "Title": 48, "Description": 60, "Objectives": 40, "Target groups": 30, "Other description": 30,
    "Language": 10,
    "Titles in other languages": 30, "Descriptions in other languages": 30,
    **_REPORTER, "Reporting organisation type": 16, "Secondary reporter": 10,
    **{f"{name}{part}": width if not part else 18 for name, width in _PARTIES.items() for part in ("", " ref", " type")},
    "Country": 20, "Country %": 10, "Region": 20, "Region %": 10,
    "Sector code": 14, "Sector %": 10, "Sector vocabulary": 10,
    "Sector 2 code": 14, "Sector 2 %": 10, "Sector 2 vocabulary": 10, "Status": 16,
    "Planned start date": 12, "Actual start date": 12, "Planned end date": 12, "Actual end date": 12,
    "Currency": 10, "Areas": 16, "Suggested areas": 16,
    "Hierarchy": 10, "Related activity ID": 28, "Related activity type": 14, "Last updated": 20,
}  # fmt: skip
TRANSACTIONS = {
    "Project ID": 28, **_REPORTER,
    "Transaction type": 20, "Transaction date": 12, "Period start": 12, "Period end": 12,
    "Amount": 18, "Currency": 10, "Value date": 12,
    "Provider": 28, "Provider ref": 18, "Provider type": 16, "Provider activity ID": 28,
    "Receiver": 28, "Receiver ref": 18, "Receiver type": 16, "Receiver activity ID": 28,
    "Transaction country": 20, "Transaction sector": 14, "Transaction sector vocabulary": 10,
}  # fmt: skip
AREAS = {
    "Project ID": 28, **_REPORTER, "Area framework": 20, "Area code": 14, "Area share": 12, "Area state": 12,
    "Area source": 12, "Area confidence": 12, "Area evidence": 40,
}  # fmt: skip
# This one repeats what the projects say; its headings are not read back.
ORGANISATIONS = {
    "Project ID": 28, "Role in project": 14, "Organisation": 36, "Organisation reference": 18,
    "Kind of organisation": 24,
}  # fmt: skip
_FLOWS = {"budget": "Budget", "budget-revised": "Budget, revised", "planned": "Planned disbursement"}
# A line of a text that would be taken for the beginning of another language: it gets a space in front.
_TAG_LIKE = re.compile(r"^(?=\[[a-zA-Z-]{2,8}\] )", re.MULTILINE)
_LEADING = load_builtin()[0].key
_DATES = ("1", "2", "3", "4")
_ROLES = ("1", "2", "3", "4")
NOTHING = "–"  # holds the place of an entry that a list lacks


def project_row(activity: ExportedActivity) -> list[Cell]:
    """One project, in the order of PROJECTS."""
    record = activity.record
    reporter, language = record.reporter, record.titles[0][0] if record.titles else record.language
    return [
        record.identifier,
        record.title,
        first_language(activity.descriptions("1"), language),
        *(tagged_texts(activity.descriptions(kind), language) for kind in ("2", "3", "4")),
        language,
        in_other_languages(record.titles[1:], ""),
        in_other_languages(activity.descriptions("1"), language),
        reporter.name,
        reporter.ref,
        _type_name(reporter),
        "yes" if record.secondary else "",
        *chain.from_iterable(_parties(record, role) for role in _ROLES),
        *_places(record.countries),
        *_sectors(record.sectors),
        name_of("ActivityStatus", record.status) if record.status else "",
        *(record.dates.get(kind) for kind in _DATES),
        record.currency,
        _areas(area for area in activity.areas if not area.state),
        _areas(area for area in activity.areas if area.state and area.framework == _LEADING),
        record.hierarchy,
        "; ".join(ref for _, ref in record.related),
        "; ".join(name_of("RelatedActivityType", kind) or NOTHING for kind, _ in record.related),
        record.last_updated,
    ]


def first_language(texts: Iterable[tuple[str, str]], language: str) -> str:
    """All texts in this language."""
    return "\n".join(text for code, text in texts if code == language)


def tagged_texts(texts: Sequence[tuple[str, str]], language: str) -> str:
    """All texts in one cell: those in this language, then each other one behind its language."""
    own = _TAG_LIKE.sub(" ", first_language(texts, language))
    return "\n".join(filter(None, (own, in_other_languages(texts, language))))


def in_other_languages(texts: Iterable[tuple[str, str]], language: str) -> str:
    """Texts in other languages than this one, each on a line of its own behind its language."""
    return "\n".join(f"[{code}] {_TAG_LIKE.sub(' ', text)}" for code, text in texts if code != language)


def list_cell(texts: Iterable[str]) -> str:
    """A list in one cell; '' where no entry says anything."""
    entries = [plain_entry(text) or NOTHING for text in texts]
    return "" if set(entries) <= {NOTHING} else "; ".join(entries)


def _parties(record: ActivityRecord, role: str) -> tuple[str, str, str]:
    """Names, references and types of the organisations in a role; one without a name shows its reference."""
    parties = [party for own_role, party in record.organisations if own_role == role]
    names, refs = [party.name or party.ref for party in parties], [party.ref for party in parties]
    return list_cell(names), list_cell(refs), list_cell(map(_type_name, parties))


def _type_name(party: Party) -> str:
    return name_of("OrganisationType", party.type) if party.type else ""


# --- countries, sectors, areas ---------------------------------------------------------------


def _places(parts: Sequence[Part]) -> list[Cell]:
    """Country, its percentages, region, its percentages.

    Regions that share a project with countries stand among them, since a region in a column of its own
    beside countries is a description and takes no money.
    """
    named = [part._replace(code=_place_name(part.code)) for part in parts]
    has_countries = any(part.code.isalpha() for part in parts)
    return [*(share_cells(named) if has_countries else ("", "")), *(("", "") if has_countries else share_cells(named))]


def _place_name(code: str) -> str:
    """The English name, where that leads back to the code."""
    codelist, match = ("Country", match_country) if code.isalpha() else ("Region", match_region)
    name = name_of(codelist, code)
    return name if match(name) == code else code


def split_sectors(sectors: Sequence[Part]) -> tuple[list[Part], list[Part]]:
    """Sectors of the DAC's five digits, its three digits, or the first vocabulary given; then all others, whose
    percentages sum to 100 each."""
    vocabularies = [part.vocabulary for part in sectors]
    chosen = next((v for v in ("1", "2", *vocabularies) if v in vocabularies), "")
    leading = [part for part in sectors if part.vocabulary == chosen]
    return leading, [part for part in sectors if part.vocabulary != chosen]


def _sectors(sectors: Sequence[Part]) -> list[Cell]:
    """Codes, percentages and vocabularies of each part of them."""
    leading, others = split_sectors(sectors)
    return [
        *share_cells(leading), leading[0].vocabulary if leading else "",
        *share_cells(others), "; ".join(part.vocabulary for part in others),
    ]  # fmt: skip


def share_cells(parts: Sequence[Part]) -> tuple[str, Cell]:
    """Codes, and their percentages: in a column of their own, or behind the code where some lack one."""
    shares = [part.percentage for part in parts]
    if len(parts) == 1:
        return plain_entry(parts[0].code), shares[0]
    if None in shares:
        return with_shares(parts), ""
    return "; ".join(plain_entry(part.code) for part in parts), "; ".join(f"{share:f}" for share in shares)


def with_shares(parts: Iterable[Part]) -> str:
    return "; ".join(with_share(part.code, part.percentage) for part in parts)


def with_share(code: str, share: Decimal | None) -> str:
    return plain_entry(code) if share is None else f"{plain_entry(code)} {share:f}%"


def _areas(areas: Iterable[AreaTag]) -> str:
    """Areas with their shares; those of another framework than the leading one say which."""
    return "; ".join(
        with_share(area.code if area.framework == _LEADING else f"{area.framework}: {area.code}", area.share)
        for area in sorted(areas, key=lambda area: (area.framework != _LEADING, area.framework, area.code))
    )


# --- the other tables ----------------------------------------------------------------------


def flow_rows(activity: ExportedActivity) -> Iterator[list[Cell]]:
    """The transactions, budgets and planned disbursements of a project, in the order of TRANSACTIONS."""
    for flow in activity.record.flows:
        yield [*_identity(activity.record), *_flow_cells(flow)]


def _identity(record: ActivityRecord) -> tuple[str, str, str]:
    """What tells a report from others of the same project: project id, reporter's name and reference."""
    return record.identifier, record.reporter.name, record.reporter.ref


def _flow_cells(flow: Flow) -> list[Cell]:
    has_period = flow.kind in _FLOWS
    countries = [part._replace(code=_place_name(part.code)) for part in flow.countries]
    return [
        _FLOWS.get(flow.kind) or (name_of("TransactionType", flow.kind) if flow.kind else ""),
        None if has_period else flow.start,
        flow.start if has_period else None,
        flow.end,
        flow.value,
        flow.currency,
        flow.value_date,
        *_flow_party(flow.provider, flow.provider_activity),
        *_flow_party(flow.receiver, flow.receiver_activity),
        with_shares(countries),
        with_shares(flow.sectors),
        "; ".join(part.vocabulary for part in flow.sectors),
    ]


def _flow_party(party: Party | None, activity: str) -> tuple[str, str, str, str]:
    party = party or Party("", "")
    return party.name, party.ref, _type_name(party), activity


def area_rows(activity: ExportedActivity) -> Iterator[list[Cell]]:
    """The areas of a project in every framework, in the order of AREAS."""
    for area in sorted(activity.areas, key=lambda area: (area.framework, area.code)):
        yield [
            *_identity(activity.record), area.framework, area.code, area.share, area.state, area.source,
            area.confidence, area.evidence,
        ]  # fmt: skip


def organisation_rows(activity: ExportedActivity) -> Iterator[list[Cell]]:
    """The organisations of a project with their roles, in the order of ORGANISATIONS."""
    for role, party in activity.record.organisations:
        kind = _type_name(party)
        yield [activity.record.identifier, name_of("OrganisationRole", role), party.name, party.ref, kind]
