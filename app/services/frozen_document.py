"""A report as a document that can be read back whole: what a snapshot keeps.

Only plain JSON, with the kind of what JSON lacks beside it. Who adds a field to one of these classes gives it a
default, and old snapshots open with that; a field that is no more is passed over.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import zstandard

from app.queries.frameworks import StoredArea, StoredFramework
from app.rules.cell_sums import Cell, Cells
from app.rules.division import Handover, JointWork, Lead
from app.rules.frozen_money import FrozenMoney, FrozenProject, MappedShare, MoneyRow, Payment
from app.rules.indices import DivisionOfLabour, Figure, Indices, Pairs, PairSimilarity, Significance
from app.rules.key_messages import KeyMessage
from app.rules.overlap import CellStatus
from app.rules.overlap_report import AreaLine, CountryLine, DonorLine, Overlap
from app.rules.years import Ahead, Ending, Forward, TimeLine, Year
from app.services.plan_gaps import PlanLine, PublicPlan
from app.services.report_meeting import Meeting
from app.services.report_overlap import Named, OverlapFilter, OverlapReport, Trust

KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        Ahead, AreaLine, Cell, CellStatus, CountryLine, DivisionOfLabour, DonorLine, Ending, Figure, Forward,
        FrozenMoney, FrozenProject, Handover, Indices, JointWork, KeyMessage, Lead, MappedShare, Meeting, MoneyRow,
        Named, Overlap, OverlapFilter, OverlapReport, PairSimilarity, Payment, PlanLine, PublicPlan, Significance, StoredArea,
        StoredFramework, TimeLine, Trust, Year,
    )
}  # fmt: skip
_LEVEL = 9


def pack_document(value: Any) -> bytes:
    """`value` and all in it, compressed. Raises TypeError for a kind that is not in the list."""
    content = json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))
    return zstandard.ZstdCompressor(level=_LEVEL).compress(content.encode())


def unpack_document(packed: bytes) -> Any:
    """What `pack_document` was given."""
    return _typed(json.loads(zstandard.ZstdDecompressor().decompress(packed)))


def _plain(value: Any) -> Any:
    name = type(value).__name__
    if KINDS.get(name) is type(value):
        return {"is": name, **{key: _plain(getattr(value, key)) for key in _fields(type(value))}}
    for kind, write in _WRITE.items():
        if type(value) is kind:
            return write(value)
    raise TypeError(f"A snapshot can't hold {name}: add it to KINDS.")


def _listed(values: Iterable[Any]) -> Any:
    return [one if type(one) in _BARE else _plain(one) for one in values]


def _write_list(values: list[Any]) -> Any:
    """Many rows of one kind say it once: amounts are by far the most of a document."""
    kinds = {type(one) for one in values}
    kind = kinds.pop() if len(kinds) == 1 else list
    if KINDS.get(kind.__name__) is not kind or not issubclass(kind, tuple):
        return _listed(values)
    return {"rows": [kind.__name__, _fields(kind), [_listed(one) for one in values]]}


def _same(value: Any) -> Any:
    return value


_BARE = frozenset((type(None), bool, int, float, str))
_WRITE: dict[type[Any], Callable[[Any], Any]] = {
    **dict.fromkeys(_BARE, _same),
    list: _write_list,
    Cells: lambda cells: _write_list(list(cells)),
    tuple: lambda some: {"tuple": _write_list(list(some)) if some else []},
    frozenset: lambda some: {"set": _listed(sorted(some))},
    set: lambda some: {"set": _listed(sorted(some))},
    **dict.fromkeys((dict, Pairs), lambda some: {"pairs": [[_plain(key), _plain(one)] for key, one in some.items()]}),
    Decimal: lambda amount: {"decimal": str(amount)},
    date: lambda day: {"date": day.isoformat()},
}


def _fields(kind: type[Any]) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind)) if is_dataclass(kind) else kind._fields


def _typed(value: Any) -> Any:
    if isinstance(value, list):
        return [one if type(one) in _BARE else _typed(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "is" in value:
        kind = KINDS[value["is"]]
        return kind(**{key: _typed(value[key]) for key in _fields(kind) if key in value})
    [(kind_of, content)] = value.items()
    return _READ[kind_of](content)


def _rows(content: list[Any]) -> list[Any]:
    name, names, rows = content
    kind, known = KINDS[name], _fields(KINDS[name])
    if tuple(names) == known:
        return [kind(*_typed(row)) for row in rows]
    return [kind(**{key: _typed(one) for key, one in zip(names, row, strict=True) if key in known}) for row in rows]


def _pairs(content: list[Any]) -> dict[Any, Any]:
    return {_typed(key): _typed(one) for key, one in content}


_READ: dict[str, Callable[[Any], Any]] = {
    "decimal": Decimal,
    "date": date.fromisoformat,
    "pairs": _pairs,
    "rows": _rows,
    "set": lambda some: frozenset(map(_typed, some)),
    "tuple": lambda some: tuple(_typed(some)),
}
