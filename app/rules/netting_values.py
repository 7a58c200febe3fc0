"""What netting is told about reports, and what it says of each amount: plain values."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

COMMITMENT, DISBURSEMENT = "commitment", "disbursement"
CHAINED_FLOWS = (COMMITMENT, DISBURSEMENT)  # budgets are intentions: they are not passed on

SAME, FUNDS, PARENT = "same", "funds", "parent"  # the kinds of decisions
ReasonCode = Literal[
    "same-identifier",
    "secondary-reporter",
    "lower-level",
    "passed-on",
    "decided-same",
    "decided-parent",
    "decided-funds",
]

EXPLANATIONS: Mapping[ReasonCode, str] = {
    "same-identifier": "The accountable organisation reports the same activity; its report counts.",
    "secondary-reporter": "This is a secondary report; the original is here and counts.",
    "lower-level": "A lower-level activity of the same project reports this money; it counts there.",
    "passed-on": "This money came from another activity that is here; it counts there.",
    "decided-same": "People decided that another report is of the same activity; that report counts.",
    "decided-parent": "People decided that a lower-level activity reports this money; it counts there.",
    "decided-funds": "People decided that this money came from another activity that is here; it counts there.",
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
    claim: int = 0


class Claim(NamedTuple):
    """An accepted decision about two activities: `leader` counts (same), pays (funds) or contains (parent) the other.

    `told`: of FUNDS, what the follower says it received from the leader's reporter without naming an activity;
    where it says nothing, it received what the leader's family commits and spends.
    """

    id: int
    kind: str
    leader: int
    follower: int
    told: tuple[Incoming, ...] = ()


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
    """Why an amount counts less: a code of EXPLANATIONS, the activity where the money counts instead, and the
    decision that says so (0: the reports do)."""

    code: ReasonCode
    activity: int
    claim: int = 0


class NetAmount(NamedTuple):
    """What counts of one allocation (cents); no reasons means all of it."""

    cents: int
    reasons: tuple[Reason, ...]
