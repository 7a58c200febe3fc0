"""Net, not gross: what is left of each amount once money reported twice counts once.

Five steps; each leaves its reason on the amounts that it changes:

1. of several reports with one identifier, the accountable reporter's counts;
2. a secondary reporter's does not count where the original is present;
3. of a parent and its children, money counts at the lowest level that reports that flow type;
4. of a chain of payments, money counts once, at the first funder: an activity's new money is what it
   pays out less what it received from activities that count, and never less than 0;
5. what people decided about likely twins. A decision is applied where the reports themselves would have said the
   same: that two are one activity with step 1, that one contains the other with step 3, that one pays the other
   with step 4. So whatever builds on it (a child's child, a payment passed on) follows without a second decision.

The chain follows the IATI Standard 2.03 (provider-activity-id, related-activity, hierarchy,
secondary-reporter); the order of the steps and what counts as accountable are our rules.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import groupby
from typing import Literal

from app.rules.netting_values import (
    CHAINED_FLOWS,
    COMMITMENT,
    DISBURSEMENT,
    EXPLANATIONS,
    FUNDS,
    PARENT,
    SAME,
    AmountRow,
    Claim,
    Incoming,
    NetAmount,
    NettingActivity,
    Reason,
)
from app.rules.split import apportion

__all__ = [
    "CHAINED_FLOWS", "EXPLANATIONS", "FUNDS", "PARENT", "SAME", "AmountRow", "Claim", "Incoming", "NetAmount",
    "NettingActivity", "Reason", "net_amounts",
]  # fmt: skip


def net_amounts(activities: Iterable[NettingActivity], claims: Iterable[Claim] = ()) -> dict[int, NetAmount]:
    """Net cents and reasons by allocation id, for a set of activities that holds every link between them.

    The order of the input does not matter. A refund (negative row) counts whole or not at all.
    """
    ordered = sorted(activities, key=lambda activity: activity.id)
    ledger = _Ledger(ordered)
    original_of = _accountable_reports(ordered)
    decided = [claim for claim in sorted(claims) if {claim.leader, claim.follower} <= original_of.keys()]
    stand_ins = _decided_same(original_of, decided)
    _leave_out_copies(ledger, ordered, original_of, stand_ins)
    canonical = {
        id_: stand_ins[original.id].activity if original.id in stand_ins else original.id
        for id_, original in original_of.items()
    }
    originals = {activity.id: activity for activity in ordered if canonical[activity.id] == activity.id}
    levels = _Levels(originals, canonical, decided)
    for activity in originals.values():
        for flow, rows in activity.amounts.items():
            reason = levels.lower(activity.id, flow)
            if reason is not None:
                ledger.leave_out(rows, reason)
    for id_, gifts in _received(originals, canonical, levels.below, decided).items():
        family = [originals[member] for member in (id_, *levels.below[id_])] if gifts else []
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
                why = Reason("decided-funds" if gift.claim else "passed-on", gift.provider, gift.claim)
                taken = self._take(day, share, why)
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


def _decided_same(original_of: Mapping[int, NettingActivity], claims: Iterable[Claim]) -> dict[int, Reason]:
    """Of originals that people decided are one activity: all but the one that counts, with the reason.

    Where decisions about several leave more than one that could count, or none, the accountable one does.
    """
    pairs = [
        (original_of[claim.leader], original_of[claim.follower], claim.id) for claim in claims if claim.kind == SAME
    ]
    nodes = {one.id: one for first, second, _ in pairs for one in (first, second)}
    beside: dict[int, set[int]] = {id_: set() for id_ in nodes}
    for first, second, _ in pairs:
        beside[first.id].add(second.id)
        beside[second.id].add(first.id)
    losing = {second.id for first, second, _ in pairs if first is not second}
    found: dict[int, Reason] = {}
    for id_ in nodes:
        group = _reachable(id_, beside) | {id_}
        counts = min((nodes[one] for one in group - losing or group), key=_accountability).id
        if counts != id_:
            by = min((second.id != id_, claim) for first, second, claim in pairs if id_ in (first.id, second.id))
            found[id_] = Reason("decided-same", counts, by[1])
    return found


def _leave_out_copies(
    ledger: _Ledger,
    activities: Iterable[NettingActivity],
    original_of: Mapping[int, NettingActivity],
    stand_ins: Mapping[int, Reason],
) -> None:
    for activity in activities:
        original = original_of[activity.id]
        second = activity.secondary and not original.secondary
        reason = Reason("secondary-reporter" if second else "same-identifier", original.id)
        if original is activity:
            if activity.id not in stand_ins:
                continue
            reason = stand_ins[activity.id]
        for rows in activity.amounts.values():
            ledger.leave_out(rows, reason)


class _Levels:
    """What stands below each activity: as reports say, and as people decided."""

    def __init__(
        self, originals: Mapping[int, NettingActivity], canonical: Mapping[int, int], claims: Iterable[Claim]
    ) -> None:
        self._originals = originals
        self._decided = [
            (canonical[claim.leader], canonical[claim.follower], claim.id) for claim in claims if claim.kind == PARENT
        ]
        self._reported = _lower_levels(originals, canonical, ())
        links = [(upper, lower) for upper, lower, _ in self._decided]
        self.below = _lower_levels(originals, canonical, links) if links else self._reported

    def lower(self, id_: int, flow: str) -> Reason | None:
        """Where the money of this flow type counts instead of at `id_`, if anywhere."""
        reporting = [lower for lower in self.below[id_] if self._originals[lower].amounts.get(flow)]
        if not reporting:
            return None
        said = [lower for lower in reporting if lower in self._reported[id_]]
        among = said or reporting
        lowest = min(lower for lower in among if self.below[lower].isdisjoint(among))
        return Reason("lower-level", lowest) if said else Reason("decided-parent", lowest, self._claim(id_, lowest))

    def _claim(self, id_: int, lowest: int) -> int:
        """The decision on the way down from `id_` to `lowest`."""
        upper = self.below[id_] | {id_}
        on_the_way = (
            claim
            for leader, follower, claim in self._decided
            if leader in upper and (lowest == follower or lowest in self.below[follower])
        )
        return min(on_the_way, default=self._decided[0][2])  # where a circle is on the way, there is none


def _lower_levels(
    originals: Mapping[int, NettingActivity], canonical: Mapping[int, int], decided: Iterable[tuple[int, int]]
) -> dict[int, frozenset[int]]:
    """All activities below each one. A link against the hierarchy, or round in a circle, is no level."""
    children: dict[int, set[int]] = {id_: set() for id_ in originals}
    for id_, activity in originals.items():
        links = [(id_, child) for child in activity.children] + [(parent, id_) for parent in activity.parents]
        for upper, lower in ((canonical.get(upper), canonical.get(lower)) for upper, lower in links):
            if upper is not None and lower is not None and _may_contain(originals[upper], originals[lower]):
                children[upper].add(lower)
    for upper, lower in decided:
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
    claims: Sequence[Claim],
) -> dict[int, list[Incoming]]:
    """Incoming money by activity, as far as its provider counts and it comes from outside the family.

    Where a parent and a child both report money from one provider, it counts at the child, as in step 3.
    """
    received: dict[int, list[Incoming]] = {}
    for id_, activity in originals.items():
        known = [gift for gift in activity.incoming if gift.provider in canonical]
        named = {canonical[gift.provider] for gift in known}
        for claim in claims:
            if claim.kind == FUNDS and canonical[claim.follower] == id_ and canonical[claim.leader] not in named:
                known += _decided_gifts(claim, canonical[claim.leader], originals, below)
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


def _decided_gifts(
    claim: Claim, leader: int, originals: Mapping[int, NettingActivity], below: Mapping[int, frozenset[int]]
) -> list[Incoming]:
    """What the follower of a FUNDS claim received by it."""
    if claim.told:
        return [gift._replace(provider=leader, claim=claim.id) for gift in claim.told]
    kinds: tuple[tuple[str, Literal["funds", "commitment"]], ...] = (
        (DISBURSEMENT, "funds"),
        (COMMITMENT, "commitment"),
    )
    return [
        Incoming(leader, row.year, row.cents, kind, claim.id)
        for flow, kind in kinds
        for member in (leader, *sorted(below[leader]))
        if not any(originals[lower].amounts.get(flow) for lower in below[member])
        for row in originals[member].amounts.get(flow, ())
    ]


def _reports_money(id_: int, originals: Mapping[int, NettingActivity], below: Mapping[int, frozenset[int]]) -> bool:
    """Whether the money that this activity passes on counts, with itself or at a lower level."""
    return any(originals[member].amounts.get(flow) for member in (id_, *below[id_]) for flow in CHAINED_FLOWS)


def _passed_on_in(flow: str, received: Sequence[Incoming]) -> list[Incoming]:
    """Against spending: incoming funds. Against commitments: the provider's commitments, else its funds."""
    committed = {gift.provider for gift in received if gift.kind == "commitment"} if flow == COMMITMENT else set()
    return [gift for gift in received if (gift.kind == "commitment") == (gift.provider in committed)]
