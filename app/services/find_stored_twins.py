"""Look for projects of two reporters that may be of the same money, and keep what is found as proposals."""

from collections import Counter
from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from app import database
from app.queries import twin_pairs
from app.queries.bulk import wait_for_turn
from app.queries.twin_pairs import Key
from app.queries.twin_sides import Side, read_sides
from app.rules.twin_evidence import Known, Likeness, judge_pair
from app.rules.twins import find_twins, fold_title

CHUNK = 1_000  # pairs that are looked at closely at a time
PAYERS = ("1", "provider")


def find_stored_twins(tell: Callable[[Connection], None] = lambda _: None) -> tuple[int, int]:
    """Compare all projects that are new or changed since the last time with all others: (how many these were, how
    many pairs are new).

    Reads and compares in a transaction that keeps nobody waiting; `tell` is called in the one that writes.
    """
    with database.read() as connection:
        unseen = twin_pairs.list_unseen(connection)
        found = _search(connection, {number for number, _ in unseen}) if unseen else {}
    with database.write() as connection:
        wait_for_turn(connection)
        stored = twin_pairs.read_proposed(connection, [number for number, _ in unseen])
        count = twin_pairs.write_proposals(connection, found, _whichever_way(stored, found))
        twin_pairs.note_seen(connection, unseen)
        tell(connection)
    return len(unseen), count


def _search(connection: Connection, ids: set[int]) -> dict[Key, Likeness]:
    everything = twin_pairs.read_titled(connection)
    ours = [one for one in everything if one.key in ids]
    pairs = sorted({(min(pair), max(pair)) for pair in (
        (int(twin.one), int(twin.other)) for twin in find_twins(ours, everything)
    )})  # fmt: skip
    called = Counter(fold_title(one.title) for one in everything)
    found: dict[Key, Likeness] = {}
    for start in range(0, len(pairs), CHUNK):
        found |= _look_closely(connection, pairs[start : start + CHUNK], called)
    return found


def _look_closely(
    connection: Connection, pairs: Sequence[tuple[int, int]], called: Counter[tuple[str, ...]]
) -> dict[Key, Likeness]:
    sides = read_sides(connection, sorted({number for pair in pairs for number in pair}))
    known = {number: known_of(side, called[fold_title(side.title)]) for number, side in sides.items()}
    found: dict[Key, Likeness] = {}
    for one, other in pairs:
        likeness = judge_pair(known[one], known[other]) if one in known and other in known else None
        if likeness is not None:
            key = (known[one].identifier, known[one].reporter, known[other].identifier, known[other].reporter)
            found[key] = likeness
    return found


def known_of(side: Side, called_so: int) -> Known:
    """A report as the rule looks at it."""
    years = [day.year for day in (side.start, side.end) if day is not None]
    # Of several roles of one organisation that of the payer says most.
    parties = sorted(side.parties, key=lambda party: party[0] in PAYERS)
    return Known(
        side.identifier, side.title, side.reporter_id, frozenset(side.countries), min(years, default=None),
        max(years, default=None), {number: role for role, number, _, _ in parties}, frozenset(side.related),
        {kind: sum(years.values()) for kind, years in side.money.items()}, called_so,
    )  # fmt: skip


def _whichever_way(stored: dict[Key, tuple[int, bool]], found: dict[Key, Likeness]) -> dict[Key, tuple[int, bool]]:
    """Stored pairs, turned round where the search has found them so: a pair is one, whichever stands first."""
    turned: dict[Key, tuple[int, bool]] = {}
    for key, value in stored.items():
        other = (key[2], key[3], key[0], key[1])
        if key not in found and other in found:
            turned[other] = value
        else:
            turned[key] = value
    return turned
