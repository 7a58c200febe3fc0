"""Organisations by the names that reports give them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, func, or_, select, update

from app.codelists import name_of
from app.codelists.donors import government_of, match_donor, normal_name
from app.models.organisation import Organisation
from app.models.record import Party
from app.queries.bulk import insert_or, one_of, take_ids

ORGANISATION = Organisation.__table__  # type: ignore[attr-defined]
CACHE_SIZE = 50_000


class Directory:
    """Finds or makes the organisation of each party; call `learn` with a batch before `id_of`.

    By reference where the report gives one (the references of a well-known donor are one); else by name,
    compared without accents, case and legal form; else it makes an organisation that is `known` only if it
    has a reference. One known by name alone gets the reference that a later report gives it; one known by
    its reference alone gets its name.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._ids: dict[Party, int] = {}
        self._by_key: dict[str, int] = {}
        self._unnamed: set[int] = set()

    def id_of(self, party: Party) -> int:
        return self._ids[party]

    def learn(self, parties: Iterable[Party]) -> None:
        """Make sure that `id_of` knows each of `parties`: a few queries and one insert for all."""
        if len(self._ids) > CACHE_SIZE:
            self._ids.clear()
            self._by_key.clear()
        unknown = {party: key_of(party) for party in parties if party not in self._ids}
        if not unknown:
            return
        self._read(unknown.values())
        self._adopt(self._new(unknown, has_ref=True))
        self._make(self._new(unknown, has_ref=True))
        self._read_names(self._new(unknown, has_ref=False))
        self._make(self._new(unknown, has_ref=False))
        self._complete(unknown)
        for party, key in unknown.items():
            self._ids[party] = self._by_key[key]

    def find(self, parties: Iterable[Party]) -> dict[Party, int | None]:
        """The organisations of `parties` as far as they are known; none is made, named or given a reference."""
        keys = {party: key_of(party) for party in parties}
        self._read(keys.values())
        self._read_names(self._new(keys, has_ref=False))
        by_name = {party: f"name:{normal_name(party.name)}" for party in keys if party.ref and party.name}
        self._read(by_name.values())
        return {party: self._by_key.get(key) or self._by_key.get(by_name.get(party, "")) for party, key in keys.items()}

    def _new(self, unknown: dict[Party, str], *, has_ref: bool) -> dict[str, Party]:
        """The organisations that are still to be found or made, by key; the first mention with a name counts."""
        found: dict[str, Party] = {}
        for party, key in unknown.items():
            if bool(party.ref) == has_ref and key not in self._by_key and not (key in found and found[key].name):
                found[key] = party
        return found

    def _read(self, keys: Iterable[str]) -> None:
        c = ORGANISATION.c
        unread = {key for key in keys if key not in self._by_key}
        if not unread:
            return
        query = select(c.key, c.id, c.name == c.ref).where(one_of(c.key, sorted(unread)))
        for key, number, is_unnamed in self._connection.execute(query):
            self._by_key[key] = number
            if is_unnamed:
                self._unnamed.add(number)

    def _read_names(self, new: dict[str, Party]) -> None:
        """Parties without a reference that name an organisation which has one, if only one is called so."""
        names = {normal_name(party.name): key for key, party in new.items()}
        if not names:
            return
        c = ORGANISATION.c
        query = select(c.normal_name, func.min(c.id)).where(one_of(c.normal_name, sorted(names)))
        for name, number in self._connection.execute(query.group_by(c.normal_name).having(func.count() == 1)):
            self._by_key[names[name]] = number

    def _adopt(self, new: dict[str, Party]) -> None:
        """Give organisations known by name alone the reference under which they are reported now."""
        by_name = {f"name:{normal_name(party.name)}": (key, party) for key, party in new.items() if party.name}
        if not by_name:
            return
        c = ORGANISATION.c
        known = self._connection.execute(select(c.key, c.id).where(one_of(c.key, sorted(by_name)))).all()
        for name_key, number in known:
            key, party = by_name[name_key]
            self._update(number, {"key": key, "ref": party.ref, "known": True, **self._described({key: party})[key]})
            self._by_key[key] = self._by_key[name_key] = number

    def _complete(self, unknown: dict[Party, str]) -> None:
        """Give organisations known by their reference alone what a report says of them."""
        for party, key in unknown.items():
            number = self._by_key[key]
            if party.name and number in self._unnamed:
                self._unnamed.discard(number)
                self._update(number, self._described({key: party})[key])

    def _update(self, number: int, values: dict[str, Any]) -> None:
        self._connection.execute(update(ORGANISATION).where(ORGANISATION.c.id == number).values(**values))

    def _described(self, parties: dict[str, Party]) -> dict[str, dict[str, Any]]:
        """By key, the columns that say what organisations are; the governments they belong to are made."""
        codes = {key: government_of(party.ref, party.type, party.name) or "" for key, party in parties.items()}
        governments = {code: Party(code, name_of("Country", code)) for code in codes.values() if code}
        self._read(governments)
        missing = {code: party for code, party in governments.items() if code not in {*self._by_key, *parties}}
        self._insert({code: _columns(code, party, code, None) for code, party in missing.items()}, missing)
        return {
            key: _columns(key, party, codes[key], None if codes[key] == key else self._by_key.get(codes[key]))
            for key, party in parties.items()
        }

    def _make(self, new: dict[str, Party]) -> None:
        if new:
            self._insert(self._described(new), new)

    def _insert(self, described: dict[str, dict[str, Any]], parties: dict[str, Party]) -> None:
        if not described:
            return
        numbered = list(enumerate(described.items(), take_ids(self._connection, "organisation", len(described))))
        rows = [
            {"id": number, "key": key, "ref": parties[key].ref or key, "known": not key.startswith("name:"), **columns}
            for number, (key, columns) in numbered
        ]
        # Somebody else may have made one of them meanwhile: theirs is it, then.
        insert = insert_or(self._connection, ORGANISATION).on_conflict_do_nothing(index_elements=["key"])
        self._connection.execute(insert, rows)
        self._read(described)


def _columns(key: str, party: Party, country: str, parent: int | None) -> dict[str, Any]:
    name = party.name or party.ref or key
    return {"name": name, "normal_name": normal_name(name), "type": party.type, "country": country, "parent_id": parent}


def key_of(party: Party) -> str:
    """What tells a party from others: the reference of a well-known donor, its own, or one made of its name."""
    if party.ref:
        return match_donor(party.ref) or party.ref
    return match_donor(party.name) or f"name:{normal_name(party.name) or party.name.casefold()}"


def name_organisation(connection: Connection, ref: str, name: str, kind: str = "") -> int:
    """Register an organisation under its own name, or rename it; its id."""
    directory = Directory(connection)
    party = Party(ref, name, kind)
    directory.learn([party])
    number = directory.id_of(party)
    values = {"name": name, "normal_name": normal_name(name), "known": True} | ({"type": kind} if kind else {})
    connection.execute(update(ORGANISATION).where(ORGANISATION.c.id == number).values(**values))
    return number


def read_known_names(connection: Connection) -> list[Any]:
    """(ref, name) of the organisations that have a reference and a name of their own."""
    c = ORGANISATION.c
    return list(connection.execute(select(c.ref, c.name).where(c.known.is_(True), c.name != c.ref).order_by(c.id)))


def organisation_of(connection: Connection, number: int | None) -> Any:
    """The organisation of this id; None for none."""
    return connection.execute(select(ORGANISATION).where(ORGANISATION.c.id == number)).first()


def organisation_by_ref(connection: Connection, ref: str) -> Any:
    """The organisation of this reference, or of another one of the same well-known donor; or None."""
    c = ORGANISATION.c
    found = or_(c.ref == ref, c.key == (match_donor(ref) or ref))
    return connection.execute(select(ORGANISATION).where(found).order_by((c.ref != ref), c.id)).first()
