"""Reads the packed roll-ups of a report; `whole`: over all years."""

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select

from app.models.allocation import ALL_MONEY
from app.models.roll_up import GROSS, MONEY, NET, SUMS, TOLD, WHOLE, RollUpSheet
from app.queries.bulk import fetch_plain, is_sqlite
from app.queries.overlap_money import Scope
from app.rules.overlap_sums import Sheets
from app.rules.sheets import TYPES

SHEET = RollUpSheet.__table__  # type: ignore[attr-defined]
ANY_FLOW = ""
Read = Callable[[], Sheets]
_APART = "\x1f"  # no code of a country holds it


def read_world(connection: Connection, flow_type: str, *, whole: bool) -> Sheets:
    """All money of a flow type in the whole world."""
    kind = _kind(SUMS, whole)
    return _read(connection, _chosen(kind, ALL_MONEY, [flow_type]), kind)


def read_ahead(reads: Sequence[Read]) -> Generator[Sheets, None, None]:
    """What each of these reads, read while what came before is worked on. Nobody else may use their connection until then."""
    with ThreadPoolExecutor(1) as beside:
        for coming in [beside.submit(read) for read in reads]:
            yield coming.result()


def list_money_reads(connection: Connection, scope: Scope, *, whole: bool) -> list[Read]:
    """The money of a scope with a known area: by area (and year), and all its columns (by year)."""
    kinds = (_kind(MONEY, whole), _kind(SUMS, whole))
    return [
        partial(_read, connection, _of(_chosen(kind, scope.framework_id, [scope.flow_type]), scope), kind)
        for kind in kinds
    ]


def read_sums(connection: Connection, scope: Scope, flow_types: Sequence[str]) -> Sheets:
    """All money of some flow types in a scope's places, of its donors, by year."""
    return _read(connection, _of(_chosen(SUMS, ALL_MONEY, flow_types), scope), SUMS)


def list_project_reads(connection: Connection, scope: Scope, *, whole: bool) -> list[Read]:
    """The projects of a scope with money that counts: by area, and all of them."""
    kind = _kind(GROSS if scope.basis == "gross" else NET, whole)
    return [
        partial(_read, connection, _of(_chosen(kind, framework, [scope.flow_type]), scope), kind)
        for framework in (scope.framework_id, ALL_MONEY)
    ]


def read_told(connection: Connection, scope: Scope, flow_types: Sequence[str]) -> Sheets:
    """Who told what of a scope's places and donors."""
    return _read(connection, _of(_chosen(TOLD, ALL_MONEY, flow_types), scope), TOLD)


def count_reporting_donors(connection: Connection, countries: Sequence[str] | None) -> dict[str, int]:
    """country -> donors with any report on it."""
    s = SHEET.c
    query = of_relations(s.country, func.count())
    if countries is not None:
        query = query.where(s.country.in_(bindparam("countries", list(countries), expanding=True)))
    return dict(map(tuple, connection.execute(query.group_by(s.country))))


def of_relations(*columns: ColumnElement[Any]) -> Select[Any]:
    """Columns of the sheets of which there is one for each donor and country with any money, whatever the flow."""
    return _chosen(TOLD, ALL_MONEY, [ANY_FLOW]).with_only_columns(*columns)


def _kind(kind: str, whole: bool) -> str:
    return WHOLE[kind] if whole else kind


def _chosen(kind: str, framework: int, flow_types: Sequence[str]) -> Select[Any]:
    s = SHEET.c
    query = select(s.country, s.donor_id, s.data).where(s.kind == kind, s.framework_id == framework)
    return query.where(s.flow_type.in_(bindparam("flows", list(flow_types), expanding=True)))


def _of(query: Select[Any], scope: Scope) -> Select[Any]:
    if scope.countries is not None:
        query = query.where(SHEET.c.country.in_(bindparam("countries", list(scope.countries), expanding=True)))
    if scope.donors is not None:
        query = query.where(SHEET.c.donor_id.in_(bindparam("donors", list(scope.donors), expanding=True)))
    return query


def _read(connection: Connection, query: Select[Any], kind: str) -> Sheets:
    countries, donors, lengths, data = _fetch(connection, query)
    sizes = np.array(lengths, np.int64) // TYPES[kind].itemsize
    return Sheets(countries, donors, np.repeat(np.arange(len(sizes)), sizes), np.frombuffer(data, TYPES[kind]))


def _fetch(connection: Connection, query: Select[Any]) -> tuple[list[str], list[int], list[int], bytes]:
    """Countries, donors, lengths and data of all rows. PostgreSQL puts each together, so that there is one row to be
    read, and sends them as they are: data as text would be twice the size."""
    if is_sqlite(connection):
        rows = fetch_plain(connection, query)
        data = [row[2] for row in rows]
        return [row[0] for row in rows], [row[1] for row in rows], list(map(len, data)), b"".join(data)
    compiled = query.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
    with connection.connection.dbapi_connection.cursor(binary=True) as cursor:  # type: ignore[union-attr]
        countries, donors, lengths, together = cursor.execute(
            f"SELECT string_agg(country, '{_APART}'), string_agg(int8send(donor_id), ''::bytea), "
            "string_agg(int8send(octet_length(data)), ''::bytea), string_agg(data, ''::bytea) "
            f"FROM ({compiled}) AS sheets", compiled.params,
        ).fetchone()  # fmt: skip
    numbers = (np.frombuffer(one or b"", ">i8").tolist() for one in (donors, lengths))
    return countries.split(_APART) if countries is not None else [], *numbers, together or b""
