"""Net, not gross: what is left of each amount once money reported twice counts once.

Four steps, in this order; each leaves its reason on the amounts that it changes:

1. of several reports with one identifier, the accountable reporter's counts;
2. a secondary reporter's does not count where the original is present;
3. of a parent and its children, money counts at the lowest level that reports that flow type;
4. of a chain of payments, money counts once, at the first funder: an activity's new money is what it
   pays out less what it received from activities that count, and never less than 0.

The chain follows the IATI Standard 2.03 (provider-activity-id, related-activity, hierarchy,
secondary-reporter); the order of the steps and what counts as accountable are our rules.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal, NamedTuple

from app.rules.split import apportion

COMMITMENT, DISBURSEMENT = "commitment", "disbursement"
CHAINED_FLOWS = (COMMITMENT, DISBURSEMENT)  # budgets are intentions: they are not passed on

ReasonCode = Literal["same-identifier", "secondary-reporter", "lower-level", "passed-on"]

EXPLANATIONS: Mapping[ReasonCode, str] = {
    "same-identifier": "The accountable organisation reports the same activity; its report counts.",
    "secondary-reporter": "This is a secondary report; the original is here and counts.",
    "lower-level": "A lower-level activity of the same project reports this money; it counts there.",
    "passed-on": "This money came from another activity that is here; it counts there.",
}


class AmountRow(NamedTuple):
    """One allocation. `order` grows with the date of the money (such as its ordinal); `cents` is gross."""

    id: int
    year: int
    order: int
    cents: int


class Incoming(NamedTuple):
    """Money from an activity of the same set: IATI transaction type 1 is 'funds', type 11 'commitment'."""

    provider: int
    year: int
    cents: int
    kind: Literal["funds", "commitment"]


@dataclass(frozen=True, slots=True)
class NettingActivity:
    """One report of an activity, as far as netting needs it.

    `reporter` and `owner` are organisations: who reports, and whose file brought it here; `reporter_ref`
    is the reporter's identifier. `parents` and `children` are ids of activities; one side of a pair is
    enough, and ids outside the set are passed over. `amounts`: flow type -> allocations.
    """

    id: int
    identifier: str
    reporter: int
    reporter_ref: str
    owner: int
    secondary: bool = False
    hierarchy: int | None = None
    parents: Set[int] = frozenset()
    children: Set[int] = frozenset()
    amounts: Mapping[str, Sequence[AmountRow]] = field(default_factory=dict)
    incoming: Sequence[Incoming] = ()


class Reason(NamedTuple):
    """Why an amount counts less: a code of EXPLANATIONS, and the activity where the money counts instead."""

    code: ReasonCode
    activity: int


class NetAmount(NamedTuple):
    """What counts of one allocation (cents); no reasons means all of it."""

    cents: int
    reasons: tuple[Reason, ...]


def net_amounts(activities: Iterable[NettingActivity]) -> dict[int, NetAmount]:
    """Net cents and reasons by allocation id, for a set of activities that holds every link between them.

    The order of the input does not matter. A refund (negative row) counts whole or not at all.
    """
    ordered = sorted(activities, key=lambda activity: activity.id)
    ledger = _Ledger(ordered)
    original_of = _accountable_reports(ordered)
    for activity in ordered:
        original = original_of[activity.id]
        if original is not activity:
            second = activity.secondary and not original.secondary
            reason = Reason("secondary-reporter" if second else "same-identifier", original.id)
            for rows in activity.amounts.values():
                ledger.leave_out(rows, reason)
    originals = {activity.id: activity for activity in ordered if original_of[activity.id] is activity}
    canonical = {id_: original.id for id_, original in original_of.items()}
    below = _lower_levels(originals, canonical)
    for activity in originals.values():
        for flow, rows in activity.amounts.items():
            reporting = [lower for lower in below[activity.id] if originals[lower].amounts.get(flow)]
            if reporting:
                lowest = min(lower for lower in reporting if below[lower].isdisjoint(reporting))
                ledger.leave_out(rows, Reason("lower-level", lowest))
    for id_, gifts in _received(originals, canonical, below).items():
        family = [originals[member] for member in (id_, *below[id_])] if gifts else []
        for flow in CHAINED_FLOWS:
            rows = [row for member in family for row in member.amounts.get(flow, ())]
            ledger.pass_on(rows, _passed_on_in(flow, gifts))
    return ledger.result()


class _Ledger:
    """What is left of each allocation while the steps are taken, and why."""

    def __init__(self, activities: Iterable[NettingActivity]) -> None:
        rows = [row for activity in activities for flow in activity.amounts.values() for row in flow]
        self.left = {row.id: row.cents for row in rows}
        # A dict keeps each reason once, in the order of the steps.
        self.reasons: dict[int, dict[Reason, None]] = {row.id: {} for row in rows}

    def leave_out(self, rows: Iterable[AmountRow], reason: Reason) -> None:
        for row in rows:
            self.left[row.id] = 0
            self.reasons[row.id][reason] = None

    def pass_on(self, rows: Sequence[AmountRow], incoming: Sequence[Incoming]) -> None:
        """Takes the incoming money out of the outgoing rows, so that max(0, outgoing - incoming) is left.

        Money is passed on from the year in which it came, earliest first; only what remains then is set
        against earlier payments. Refunds lower both sums and are themselves left alone.
        """
        available = min(sum(gift.cents for gift in incoming), sum(self.left[row.id] for row in rows))
        in_turn = sorted(rows, key=lambda row: (row.order, row.id))
        days = [list(day) for _, day in groupby(in_turn, key=lambda row: row.order)]
        for gift in sorted(incoming, key=lambda gift: (gift.year, gift.provider, gift.cents)):
            share = min(gift.cents, available)
            for day in sorted(days, key=lambda day: day[0].year < gift.year):
                if share <= 0:
                    break
                taken = self._take(day, share, Reason("passed-on", gift.provider))
                share, available = share - taken, available - taken

    def _take(self, day: Sequence[AmountRow], cents: int, reason: Reason) -> int:
        """Takes up to `cents` from one day's rows in proportion: the parts of one payment bear it alike."""
        open_rows = {row.id: self.left[row.id] for row in day if self.left[row.id] > 0}
        taken = min(cents, sum(open_rows.values()))
        if not taken:
            return 0
        for id_, part in zip(open_rows, apportion(taken, list(open_rows.values())), strict=True):
            if part:
                self.left[id_] -= part
                self.reasons[id_][reason] = None
        return taken

    def result(self) -> dict[int, NetAmount]:
        return {id_: NetAmount(cents, tuple(self.reasons[id_])) for id_, cents in self.left.items()}


def _accountable_reports(activities: Iterable[NettingActivity]) -> dict[int, NettingActivity]:
    """For each activity the report of it that counts: itself, unless another has the same identifier."""
    by_identifier: defaultdict[str | int, list[NettingActivity]] = defaultdict(list)
    for activity in activities:
        by_identifier[activity.identifier or activity.id].append(activity)
    return {copy.id: min(copies, key=_accountability) for copies in by_identifier.values() for copy in copies}


def _accountability(activity: NettingActivity) -> tuple[bool, bool, bool, int]:
    """Sorts the accountable report first: identifier under the reporter's own, own file, not secondary."""
    prefix, rest = activity.reporter_ref, activity.identifier.removeprefix(activity.reporter_ref)
    own = bool(prefix) and activity.identifier.startswith(prefix) and not rest[:1].isalnum()
    return not own, activity.owner != activity.reporter, activity.secondary, activity.id


def _lower_levels(originals: Mapping[int, NettingActivity], canonical: Mapping[int, int]) -> dict[int, frozenset[int]]:
    """All activities below each one. A link against the hierarchy, or round in a circle, is no level."""
    children: dict[int, set[int]] = {id_: set() for id_ in originals}
    for id_, activity in originals.items():
        links = [(id_, child) for child in activity.children] + [(parent, id_) for parent in activity.parents]
        for upper, lower in ((canonical.get(upper), canonical.get(lower)) for upper, lower in links):
            if upper is not None and lower is not None and _may_contain(originals[upper], originals[lower]):
                children[upper].add(lower)
    reachable = {id_: _reachable(id_, children) for id_ in originals}
    return {id_: frozenset(lower for lower in found if id_ not in reachable[lower]) for id_, found in reachable.items()}


def _may_contain(upper: NettingActivity, lower: NettingActivity) -> bool:
    return upper.hierarchy is None or lower.hierarchy is None or upper.hierarchy <= lower.hierarchy


def _reachable(start: int, children: Mapping[int, Set[int]]) -> set[int]:
    found: set[int] = set()
    waiting = [start]
    while waiting:
        new = children[waiting.pop()] - found
        found |= new
        waiting.extend(new)
    return found


def _received(
    originals: Mapping[int, NettingActivity],
    canonical: Mapping[int, int],
    below: Mapping[int, frozenset[int]],
) -> dict[int, list[Incoming]]:
    """Incoming money by activity, as far as its provider counts and it comes from outside the family.

    Where a parent and a child both report money from one provider, it counts at the child, as in step 3.
    """
    received: dict[int, list[Incoming]] = {}
    for id_, activity in originals.items():
        known = [gift for gift in activity.incoming if gift.provider in canonical]
        received[id_] = [
            gift
            for gift in (gift._replace(provider=canonical[gift.provider]) for gift in known)
            if gift.provider != id_
            and gift.provider not in below[id_]
            and id_ not in below[gift.provider]
            and _reports_money(gift.provider, originals, below)
        ]
    providers = {id_: {gift.provider for gift in gifts} for id_, gifts in received.items()}
    return {
        id_: [g for g in gifts if not any(g.provider in providers[lower] for lower in below[id_])]
        for id_, gifts in received.items()
    }


def _reports_money(id_: int, originals: Mapping[int, NettingActivity], below: Mapping[int, frozenset[int]]) -> bool:
    """Whether the money that this activity passes on counts, with itself or at a lower level."""
    return any(originals[member].amounts.get(flow) for member in (id_, *below[id_]) for flow in CHAINED_FLOWS)


def _passed_on_in(flow: str, received: Sequence[Incoming]) -> list[Incoming]:
    """Against spending: incoming funds. Against commitments: the provider's commitments, else its funds."""
    committed = {gift.provider for gift in received if gift.kind == "commitment"} if flow == COMMITMENT else set()
    return [gift for gift in received if (gift.kind == "commitment") == (gift.provider in committed)]
