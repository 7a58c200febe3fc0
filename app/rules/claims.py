"""What follows from the answers about a pair of reports that may be of the same money: pure.

Each organisation that reports one of the two has one answer, and so has the coordinator. The rule is ours: the
coordinator's answer stands. Without one, an organisation that is not sure leaves it to the other; where all that are
sure say the same, that stands; where they differ, nothing is netted until they agree or the coordinator decides.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

PROPOSED, ACCEPTED, REJECTED, UNSURE, DISPUTED = "proposed", "accepted", "rejected", "unsure", "disputed"
STATES = (PROPOSED, ACCEPTED, REJECTED, UNSURE, DISPUTED)
OPEN = (PROPOSED, UNSURE, DISPUTED)
ANSWERS = (ACCEPTED, REJECTED, UNSURE)
KINDS = ("same", "funds", "parent")
SIDES = ("one", "other")


class Answer(NamedTuple):
    """What an organisation (None: the coordinator) says, and since when; `kind` and `leads` matter where it accepts."""

    organisation: int | None
    answer: str
    kind: str
    leads: str
    user: int | None
    at: datetime


class Verdict(NamedTuple):
    """What stands: `by` is the answer that it rests on, the first of those that say the same; None without any."""

    state: str
    by: Answer | None = None


def settle_claim(answers: Sequence[Answer]) -> Verdict:
    """The verdict on a pair, of all answers that stand."""
    in_order = sorted(answers, key=lambda one: one.at)
    for one in in_order:
        if one.organisation is None:
            return Verdict(one.answer, one)
    sure = [one for one in in_order if one.answer != UNSURE]
    if not sure:
        return Verdict(UNSURE, in_order[0]) if in_order else Verdict(PROPOSED)
    said = {(one.answer, *((one.kind, one.leads) if one.answer == ACCEPTED else ())) for one in sure}
    return Verdict(sure[0].answer if len(said) == 1 else DISPUTED, sure[0])
