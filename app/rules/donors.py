"""Whose money a flow is: the donor of an amount, at agency level."""

from app.models.record import ActivityRecord, Flow, Party

FUNDING, ACCOUNTABLE, EXTENDING = "1", "2", "3"
# OrganisationType: NGOs, academia, private sector. As accountable organisations they pass money on.
PASSES_ON = frozenset({"21", "22", "23", "24", "70", "71", "72", "73", "80", "90"})


def donors_of_activity(record: ActivityRecord) -> tuple[Party, ...]:
    """The donors of an activity's money where its flows name none (our rule, in this order).

    1. The reporter, if it takes part as funding or extending organisation, or as accountable one
       and is no NGO, company or university. 2. The funding organisations. 3. The extending ones.
    4. The reporter. Several donors share an amount equally. () where the report names nobody.
    """
    reporter = record.reporter
    by_role: dict[str, list[Party]] = {}
    for role, party in record.organisations:
        by_role.setdefault(role, []).append(party)
    if _takes_part(reporter, by_role):
        return (reporter,)
    for role in (FUNDING, EXTENDING):
        if role in by_role:
            return tuple(dict.fromkeys(by_role[role]))
    return (reporter,) if reporter.ref or reporter.name else ()


def _takes_part(reporter: Party, by_role: dict[str, list[Party]]) -> bool:
    roles = {role for role, parties in by_role.items() if any(is_same(reporter, party) for party in parties)}
    if roles & {FUNDING, EXTENDING}:
        return True
    return ACCOUNTABLE in roles and (FUNDING not in by_role or reporter.type not in PASSES_ON)


def is_same(one: Party, other: Party) -> bool:
    """Whether two mentions are one organisation: by reference where both have one, else by name."""
    if one.ref and other.ref:
        return one.ref == other.ref
    return bool(one.name) and one.name.casefold() == other.name.casefold()


def donors_of_flow(record: ActivityRecord, flow: Flow, donors: tuple[Party, ...]) -> tuple[Party, ...]:
    """The donor that a flow itself names as its provider, else those of its activity.

    A provider that is the reporter adds nothing: an NGO that pays out of a grant reports itself
    as provider, and the money is still the grant's.
    """
    provider = flow.provider
    if provider is None or is_same(provider, record.reporter):
        return donors
    return (provider,)
