"""Hand on what is read of large sheets by a second process, so that two cores share the work."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any

from app.models.brief import Brief
from app.models.gather_lines import gather
from app.models.packed import digest_record, pack_records
from app.models.record import Reported
from importers.ahead import run_ahead
from importers.plain_rows import PlainRow

_BATCH = 250
Read = Callable[[], Iterator[Reported | PlainRow]]
Sent = tuple[list[bytes], list[tuple[Any, ...] | Reported]]  # the XML of each, and a Brief's values or else all of it


def read_ahead(read: Read, check: Callable[[], None]) -> Iterator[Reported]:
    """What `read()` yields, read in a second process, while this one does `check`: what that raises ends both.

    This process packs what the other reads, since that has more to do.
    """
    for xmls, batch in run_ahead(partial(_simplify_all, read), check):
        for packed, told in zip(pack_records(xmls), batch, strict=True):
            if isinstance(told, Reported):
                if not told.parties:
                    told.packed, told.digest = packed, digest_record(packed)
                yield told
            else:
                yield Reported(packed=packed, digest=digest_record(packed), partial=True, brief=Brief(*told))


def _simplify_all(read: Read) -> Iterator[Sent]:
    """Plain values where they tell all: they pass between processes in a tenth of the time."""
    reading = read()
    while batch := list(islice(reading, _BATCH)):
        yield [one.xml for one in batch], [_simplify(one) for one in batch]


def _simplify(one: Reported | PlainRow) -> tuple[Any, ...] | Reported:
    if isinstance(one, PlainRow):
        return one.brief
    if one.element is not None:
        one.lines, one.element = gather(one.element)[0], None
    one.xml = b""
    return one
