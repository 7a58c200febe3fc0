"""Say whether two reports are of the same money, or take that back; the figures follow at once, and only theirs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from app.errors import InvalidInput, NotAllowed, NotFound, Refused
from app.models.worded import worded
from app.queries import claims
from app.queries.allocations import refresh_allocations
from app.queries.audit import note_action
from app.queries.bulk import bump_data_version, wait_for_turn
from app.queries.netting import release_linked
from app.queries.project import get_project
from app.queries.twin_sides import Side, read_sides
from app.rules.claims import ACCEPTED, ANSWERS, KINDS, SIDES, settle_claim
from app.rules.permissions import ADMIN, Viewer, may_decide_claim

MOST = 100  # pairs in one decision
LONGEST = 4_000
SHARED = "shared"


class ClaimConflict(Refused):
    """Somebody has answered since."""

    code = "claim-conflict"


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: accepted, rejected or unsure. `kind` and `leads`: what an accepted pair is, and which of the two
    counts, pays or contains the other; '' as proposed."""

    answer: str
    kind: str = ""
    leads: str = ""
    note: str = ""


def decide_claims(connection: Connection, viewer: Viewer, seen: Mapping[int, int | None], said: Said) -> None:
    """Answer all these pairs, or none: number -> `changes` as the viewer saw it (None: whatever it is by now).

    Raises NotFound, NotAllowed, InvalidInput, and ClaimConflict where somebody has answered since.
    """
    _check(said, len(seen))
    wait_for_turn(connection)
    rows, sides = _open(connection, viewer, list(seen))
    for row in rows:
        if seen[row.id] is not None and seen[row.id] != row.changes:
            raise ClaimConflict(
                worded(
                    "Somebody has answered on pair %(number)s meanwhile. Look at it again, then decide.", number=row.id
                )
            )
        _check_visible(sides[row.one_id], sides[row.other_id])
    speaks_for, now = _speaks_for(viewer), datetime.now(UTC)

    def write() -> None:
        claims.end_answers(connection, list(seen), speaks_for, now)
        claims.insert_answers(connection, [
            {"link_id": row.id, "organisation_id": speaks_for, "answer": said.answer, "kind": said.kind or row.kind,
             "leads": said.leads or row.leads, "note": said.note.strip(), "user_id": viewer.user_id, "at": now}
            for row in rows
        ])  # fmt: skip

    _settle(connection, rows, write)
    for row in rows:
        note_action(connection, viewer.user_id, f"twins {said.answer}", f"pair {row.id}", said.note.strip())


def withdraw_claims(connection: Connection, viewer: Viewer, ids: Sequence[int]) -> None:
    """Take back what the viewer's organisation (of an admin: the coordinator) said of these pairs. Raises NotFound,
    NotAllowed."""
    wait_for_turn(connection)
    rows, _ = _open(connection, viewer, ids)
    ended: list[int] = []

    def write() -> None:
        ended.append(claims.end_answers(connection, ids, _speaks_for(viewer), datetime.now(UTC)))

    _settle(connection, rows, write)
    if not ended[0]:
        raise NotFound("There is no answer of yours to take back.")
    for row in rows:
        note_action(connection, viewer.user_id, "twins answer taken back", f"pair {row.id}")


def pair_projects(connection: Connection, viewer: Viewer, one: int, other: int | str) -> int:
    """The pair of these two projects (the second by its number or its identifier), made if nobody has put them side
    by side yet. Raises NotFound, NotAllowed, InvalidInput for two that are one report, or of one identifier."""
    if isinstance(other, str):
        found = claims.find_visible(connection, viewer, other.strip())
        if found is None:
            raise NotFound(
                worded("There is no project “%(other)s”, or it is not shared with you.", other=other.strip())
            )
        other = found
    first, second = (get_project(connection, viewer, number) for number in (one, other))
    if first.identifier == second.identifier:
        raise InvalidInput("These two have one identifier: the accountable report counts without anybody's decision.")
    sides = read_sides(connection, [first.id, second.id])
    if not may_decide_claim(viewer, _organisations(sides.values())):
        raise NotAllowed("Only editors of an organisation that reports one of the two may decide on them.")
    return claims.find_claim(connection, first, second) or claims.insert_claim(connection, first, second)


def _check(said: Said, count: int) -> None:
    if not 0 < count <= MOST:
        raise InvalidInput(worded("Choose the pairs to decide on: at least one, at most %(most)s.", most=MOST))
    if said.answer not in ANSWERS:
        raise InvalidInput(worded("An answer is %(choices)s.", choices=", ".join(ANSWERS)))
    if said.kind not in ("", *KINDS) or said.leads not in ("", *SIDES):
        raise InvalidInput(
            worded(
                "Two projects are %(choices)s, and the first of them is %(choices2)s.",
                choices=", ".join(KINDS),
                choices2=" or ".join(SIDES),
            )
        )
    if len(said.note) > LONGEST:
        raise InvalidInput("A note has at most 4,000 letters.")


def _open(connection: Connection, viewer: Viewer, ids: Sequence[int]) -> tuple[list[Any], dict[int, Side]]:
    rows = claims.get_claims(connection, viewer, ids)
    sides = read_sides(connection, sorted({number for row in rows for number in (row.one_id, row.other_id)}))
    for row in rows:
        if not may_decide_claim(viewer, _organisations([sides[row.one_id], sides[row.other_id]])):
            raise NotAllowed("Only editors of an organisation that reports one of the two may decide on them.")
    return rows, sides


def _check_visible(one: Side, other: Side) -> None:
    """Nobody's money counts elsewhere because of a project that they can't look at."""
    if one.owner_id != other.owner_id and (one.visibility, other.visibility) != (SHARED, SHARED):
        raise NotAllowed("One of the two projects is not shared yet: share it first, so that both sides can see why.")


def _organisations(sides: Any) -> set[int]:
    return {number for side in sides for number in (side.owner_id, side.reporter_id)}


def _speaks_for(viewer: Viewer) -> int | None:
    """Whose answer it is; an admin's is the coordinator's."""
    return None if viewer.role == ADMIN else viewer.organisation_id


def _settle(connection: Connection, rows: Sequence[Any], write: Callable[[], None]) -> None:
    """Change the answers by `write`, then what stands, and net anew what an accepted pair was or is about."""
    ids = [row.id for row in rows]
    touched = sorted({number for row in rows for number in (row.one_id, row.other_id)})
    is_netted = any(row.state == ACCEPTED for row in rows)
    # Before the pair changes: afterwards nobody could tell what it had netted.
    released = release_linked(connection, touched) if is_netted else set()
    write()
    answers = claims.read_answers(connection, ids)
    for row in rows:
        verdict = settle_claim(answers.get(row.id, []))
        by = verdict.by
        values = {"kind": by.kind, "leads": by.leads, "decided_by": by.user, "decided_at": by.at} if by else {}
        claims.update_claim(
            connection, row.id, state=verdict.state, **(values or {"decided_by": None, "decided_at": None})
        )
        is_netted = is_netted or verdict.state == ACCEPTED
    if is_netted:
        refresh_allocations(connection, sorted({*touched, *released}))
        bump_data_version(connection)
