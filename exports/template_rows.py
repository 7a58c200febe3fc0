"""A stored project as the rows of the template: cells by column key, as somebody would choose or write them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from app.codelists import is_code
from app.codelists.currencies import is_currency
from app.frameworks import load_builtin
from app.models.record import ActivityRecord, AreaTag, Flow, Part, Party
from app.rules.said import PERIOD_KINDS, plain_party, sayable_places
from exports.base import ExportedActivity
from exports.choices import YES, label_of
from exports.portfolio_tables import (
    first_language,
    in_other_languages,
    list_cell,
    share_cells,
    split_sectors,
    tagged_texts,
    with_shares,
)
from exports.table import Cell

Cells = Mapping[str, Cell]
_ROLES = {"donor": "1", "accountable": "2", "extending": "3", "implementer": "4"}
_DAYS = {"start-planned": "1", "start-actual": "2", "end-planned": "3", "end-actual": "4"}
_DAC = "1"


def project_cells(activity: ExportedActivity, language: str) -> dict[str, Cell]:
    """The row of a project."""
    record = activity.record
    own = record.titles[0][0] if record.titles else record.language
    return {
        "identifier": record.identifier,
        "title": record.titles[0][1] if record.titles else "",
        "language": label_of("language", own, language),
        "titles-other": in_other_languages(record.titles[1:], ""),
        "description": first_language(activity.descriptions("1"), own),
        "descriptions-other": in_other_languages(activity.descriptions("1"), own),
        "objectives": tagged_texts(activity.descriptions("2"), own),
        "target-groups": tagged_texts(activity.descriptions("3"), own),
        "notes": tagged_texts(activity.descriptions("4"), own),
        "status": _known("ActivityStatus", "status", record.status, language),
        "currency": label_of("currency", record.currency, language) if is_currency(record.currency) else "",
        **{name: record.dates.get(kind) for name, kind in _DAYS.items()},
        **_places(record.countries, language),
        **_sectors(record.sectors, language),
        **_organisations(record, language),
        **_reporter(record.reporter),
        "reporter-type": _type(record.reporter, language),
        "secondary-reporter": YES if record.secondary else "",
        "related": "; ".join(ref for _, ref in record.related),
        "related-type": list_cell(_known("RelatedActivityType", "related-type", kind, language) for kind, _ in record.related),
        "hierarchy": record.hierarchy,
    }  # fmt: skip


def amount_rows(activity: ExportedActivity, language: str) -> Iterator[dict[str, Cell]]:
    """The rows of a project's amounts; one without a value has none."""
    keys = activity.amount_keys or [""] * len(activity.record.flows)
    for flow, key in zip(activity.record.flows, keys, strict=True):
        if flow.value is not None:
            yield {**_project(activity.record), **_amount(flow, language), "amount-key": key}


def area_rows(activity: ExportedActivity, language: str) -> Iterator[dict[str, Cell]]:
    """The rows of a project's areas; suggestions are left out: nobody has stated them."""
    offered = {framework.key for framework in load_builtin()}
    for area in sorted(_stated(activity.areas), key=lambda area: (area.framework, area.code)):
        label = label_of("area", f"{area.framework}/{area.code}", language)
        is_offered = area.framework in offered
        yield {
            **_project(activity.record),
            "areas": label if is_offered else area.code,
            "areas-percentage": _percent(area.share),
            "area-framework": "" if is_offered else area.framework,
        }


def _stated(areas: Iterable[AreaTag]) -> list[AreaTag]:
    return [area for area in areas if not area.state]


# --- parts of a project --------------------------------------------------------------------


def _known(codelist: str, name: str, code: str, language: str) -> str:
    """The label of a code; '' for one that is in no list, which could not be read back."""
    return label_of(name, code, language) if is_code(codelist, code) else ""


def _type(party: Party | None, language: str) -> str:
    return _known("OrganisationType", "organisation-type", party.type, language) if party else ""


def _reporter(party: Party) -> dict[str, Cell]:
    return {"reporter": party.name, "reporter-ref": party.ref}


def _project(record: ActivityRecord) -> dict[str, Cell]:
    """What tells a project's rows from those of others."""
    return {"identifier": record.identifier, **_reporter(record.reporter)}


def _organisations(record: ActivityRecord, language: str) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    for name, role in _ROLES.items():
        named = (plain_party(party) for own_role, party in record.organisations if own_role == role)
        parties = [party for party in named if any(party)]
        cells[name] = list_cell(party.name or party.ref for party in parties)
        cells[f"{name}-ref"] = list_cell(party.ref for party in parties)
        cells[f"{name}-type"] = list_cell(_type(party, language) for party in parties)
    return cells


def _place(part: Part, language: str) -> Part:
    return part._replace(code=label_of("country" if part.code.isalpha() else "region", part.code, language))


def _places(parts: Sequence[Part], language: str) -> dict[str, Cell]:
    """Countries, among them the regions that share the project with them; or regions alone."""
    parts = sayable_places(parts)
    name = "country" if any(part.code.isalpha() for part in parts) else "region"
    codes, shares = share_cells([_place(part, language) for part in parts])
    return {name: codes, f"{name}-percentage": _percents(shares)}


def _sectors(parts: Sequence[Part], language: str) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    for suffix, some in zip(("", "-2"), split_sectors(parts), strict=True):
        codes, shares = share_cells([_sector(part, language) for part in some])
        cells |= {
            f"sector{suffix}": codes,
            f"sector-percentage{suffix}": _percents(shares),
            f"sector-vocabulary{suffix}": _vocabularies(some, language),
        }
    return cells


def _sector(part: Part, language: str) -> Part:
    return part._replace(code=label_of("sector", part.code, language)) if part.vocabulary == _DAC else part


def _vocabularies(parts: Sequence[Part], language: str) -> str:
    """Where each code is from; '' for purpose codes of the DAC, which are known by themselves."""
    if all(part.vocabulary == _DAC and part.code != label_of("sector", part.code, language) for part in parts):
        return ""
    return "; ".join(label_of("sector-vocabulary", part.vocabulary, language) for part in parts)


def _percents(shares: Cell) -> Cell:
    return _percent(shares) if isinstance(shares, Decimal) else shares


def _percent(share: Decimal | None) -> Cell:
    """A column of numbers that are all 1 or less would be taken for shares of 1: such a percentage is text."""
    return f"{share:f}" if share is not None and share <= 1 else share


# --- parts of an amount --------------------------------------------------------------------


def _amount(flow: Flow, language: str) -> dict[str, Cell]:
    has_period = flow.kind in PERIOD_KINDS
    vocabularies = [part for part in flow.sectors if part.vocabulary]
    return {
        "transaction-type": label_of("flow", flow.kind, language) if flow.kind else "",
        "transaction-date": None if has_period else flow.start,
        "period-start": flow.start if has_period else None,
        "period-end": flow.end if has_period else None,
        "value": flow.value,
        "currency": label_of("currency", flow.currency, language),
        "value-date": flow.value_date,
        **_side("provider", flow.provider, flow.provider_activity, language),
        **_side("receiver", flow.receiver, flow.receiver_activity, language),
        "transaction-country": with_shares([_place(part, language) for part in sayable_places(flow.countries)]),
        "transaction-sector": with_shares([_sector(part, language) for part in flow.sectors]),
        "transaction-sector-vocabulary": _vocabularies(vocabularies, language),
    }


def _side(name: str, party: Party | None, activity: str, language: str) -> dict[str, Cell]:
    party = plain_party(party)
    return {
        name: party.name, f"{name}-ref": party.ref, f"{name}-type": _type(party, language),
        f"{name}-activity": activity,
    }  # fmt: skip
