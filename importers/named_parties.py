"""The organisations that tables give by name alone, so that those which are like a known one can be asked about.

Known layouts are left out: their names come from a register, and are spelled as it spells them.
"""

from collections.abc import Iterable, Iterator

from app.models.record import Named
from app.rules.said import ORGANISATION_REF
from importers.cell_lists import split_list
from importers.clean import is_blank
from importers.headings import Heading
from importers.tables import Row, Table, said_text

_ROLES = ("reporter", "donor", "accountable", "extending", "implementer", "participant", "provider", "receiver")
_MOST = 5000


def list_named(tables: Iterable[Table]) -> tuple[Named, ...]:
    """Each name once, in the order of the tables, roles and letters."""
    found: dict[str, Named] = {}
    for table in tables:
        for role in () if table.layout else _ROLES:
            for heading in table.by_field.get(role, ()):
                for name in sorted(_names(table, heading, role)):
                    if len(found) < _MOST:
                        found.setdefault(name, Named(name, role, table.name, heading.name))
    return tuple(found.values())


def _names(table: Table, heading: Heading, role: str) -> set[str]:
    parts = {part.strip() for text in _texts(table, heading, role) for part in split_list(text)}
    return {part for part in parts if not is_blank(part) and not ORGANISATION_REF.fullmatch(part)}


def _texts(table: Table, heading: Heading, role: str) -> Iterator[str]:
    """The cells of a column; of those with a reference beside them, none."""
    number = heading.meaning.number
    refs = [other for other in table.by_field.get(f"{role}-ref", ()) if other.meaning.number == number]
    if not refs:
        yield from map(said_text, table.texts_of(heading))
        return
    for number, cells in enumerate(table.rows, table.first_row):
        row = Row(table, number, cells)
        if not any(row.said(ref) for ref in refs):
            yield row.said(heading)
