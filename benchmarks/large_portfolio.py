"""A large portfolio for benchmarks: some activities imported as everybody's are, then copied in sets.

300 donors, the larger ones in most of 150 countries; sizes fall off by rank, as they do in life. Commitments,
disbursements and budgets of 2008 to 2026, two frameworks, some activities of several countries or donors, double
reports, refunds, funders that report nothing, money without a rate.
"""

import os
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path

from sqlalchemy import Connection, text

from tests.postgres import INITDB_OPTIONS, _server_account, database_address, find_programs

DONORS, COUNTRIES, GOVERNMENTS = 300, 150, 40
BASE = 50_000
ACTIVITY = """<iati-activity default-currency="{currency}" last-updated-datetime="{updated}T00:00:00Z">
<iati-identifier>{identifier}</iati-identifier><reporting-org ref="{reporter}" type="10"{secondary}><narrative>{reporter} office</narrative></reporting-org>
<title><narrative>{title} {number}</narrative></title><description type="1"><narrative>Work of {donor} in {where}.</narrative></description>
{funders}<participating-org ref="XN-{partner}" role="4" type="22"/><activity-status code="{status}"/>
<activity-date iso-date="{start}-02-01" type="2"/><activity-date iso-date="{end}-11-30" type="3"/>
{countries}{tags}{money}</iati-activity>
"""
TAG = '<tag vocabulary="99" vocabulary-uri="https://tessera.example/frameworks/{}" code="{}"/>'
PAID = '<transaction><transaction-type code="{}"/><transaction-date iso-date="{}"/><value value-date="{}">{}</value>{}</transaction>'
BUDGET = '<budget><period-start iso-date="{0}-01-01"/><period-end iso-date="{0}-12-31"/><value value-date="{0}-01-01">{1}</value></budget>'
AREAS = {
    "florence-2008": ["O1", "O2", "O3", "O4", "N1", "N2", "N3", "N4", "N5", "N6", "R1", "R2", "I1", "I2", "D1"],
    "inspire-2016": ["1", "2", "3", "4", "5", "6", "7"],
}
TITLES = ("Child protection systems", "Birth registration", "Prevention of violence", "Social work", "Legal aid")
# Tables whose rows belong to an activity: copied with its new id. Full text stays with the first set.
COPIED = (
    "activity_country", "activity_sector", "activity_organisation", "flow", "allocation", "activity_money", "unconverted",
)  # fmt: skip


def ranked_countries() -> list[str]:
    """The countries, those with most activities first."""
    from app.codelists import codes

    return [code for code in codes("Country") if len(code) == 2][:COUNTRIES]


def ranked_donors() -> list[str]:
    """The donors, those with most activities first; three agencies for each of some governments among them."""
    from app.codelists import codes

    governments = [code for code in codes("Country") if len(code) == 2][-GOVERNMENTS:]
    return [
        f"{governments[number % GOVERNMENTS]}-GOV-{number}" if number < 3 * GOVERNMENTS else f"XG-{number}"
        for number in range(DONORS)
    ]


class _Drawn:
    """Who works where, and what their activities look like; the same in every run."""

    def __init__(self, areas: dict[str, list[str]]) -> None:
        self.areas = areas
        self.draw = random.Random(2012)
        self.countries, self.donors = ranked_countries(), ranked_donors()
        weights = [1 / (rank + 10) for rank in range(COUNTRIES)]
        self.relations = [
            (donor, country)
            for rank, donor in enumerate(self.donors)
            for country in self._some(weights, max(4, int(110 / (1 + rank / 25))))
        ]
        # A relation is as large as its donor and its country are, and as chance has it.
        donor_weight = {donor: 1 / (rank + 10) for rank, donor in enumerate(self.donors)}
        country_weight = dict(zip(self.countries, weights, strict=True))
        self.cumulated = list(accumulate(
            donor_weight[donor] * country_weight[country] * self.draw.lognormvariate(0, 0.7)
            for donor, country in self.relations
        ))  # fmt: skip
        self.days = {donor: [self._day() for _ in range(12)] for donor in self.donors}

    def _some(self, weights: list[float], count: int) -> set[str]:
        found: set[str] = set()
        while len(found) < min(count, COUNTRIES - 5):
            found.update(self.draw.choices(self.countries, weights, k=count - len(found)))
        return found

    def _day(self) -> str:
        return f"20{self.draw.randint(16, 26)}-{self.draw.randint(1, 12):02d}-{self.draw.randint(1, 28):02d}"

    def activity(self, number: int, prefix: str) -> str:
        draw = self.draw
        copied = draw.random() < 0.01 and number > 0
        if not copied:
            self.last = draw.choices(self.relations, cum_weights=self.cumulated)[0], f"{number}"
        (donor, country), told = self.last
        first = draw.randint(2008, 2024)
        years = list(range(first, min(2026, first + draw.choice((1, 2, 2, 3, 3, 4, 5))) + 1))
        where = [country] + ([draw.choice(self.countries)] if draw.random() < 0.05 else [])
        funders = [donor] + ([draw.choice(self.donors)] if draw.random() < 0.04 else [])
        funders += [f"XS-{draw.randint(1, 40)}"] if draw.random() < 0.02 else []
        reporter = f"XC-{number}" if copied else donor
        return ACTIVITY.format(
            currency="KPW" if draw.random() < 0.003 else draw.choice(("USD", "EUR", "USD", "GBP")),
            updated=draw.choice(self.days[donor]), identifier=f"{prefix}{donor}-{told}",
            reporter=reporter, secondary=' secondary-reporter="1"' if copied else "", title=draw.choice(TITLES),
            number=number, donor=donor, where=country, status=draw.choice("2234"), start=first, end=years[-1],
            partner=draw.randint(1, 900), funders="".join(f'<participating-org ref="{one}" role="1"/>' for one in funders),
            countries="".join(f'<recipient-country code="{code}"/>' for code in dict.fromkeys(where)),
            tags=self._tags(), money=self._money(years),
        )  # fmt: skip

    def _tags(self) -> str:
        draw, found = self.draw, ""
        if draw.random() < 0.7:
            found += "".join(TAG.format("florence-2008", code) for code in self._codes("florence-2008", (1, 1, 2, 3)))
        if draw.random() < 0.4:
            found += "".join(TAG.format("inspire-2016", code) for code in self._codes("inspire-2016", (1, 1, 2)))
        return found

    def _codes(self, framework: str, counts: tuple[int, ...]) -> set[str]:
        areas = self.areas[framework]
        return set(self.draw.choices(areas, [1 / (rank + 3) for rank in range(len(areas))], k=self.draw.choice(counts)))

    def _money(self, years: list[int]) -> str:
        draw = self.draw
        size = int(10 ** draw.uniform(4, 6.5))
        money = PAID.format(2, f"{years[0]}-01-15", f"{years[0]}-01-15", size, "")
        for year in years:
            day = f"{year}-{draw.randint(1, 12):02d}-15"
            money += PAID.format(3, day, day, draw.randint(size // 20, size // 2), "")
            money += BUDGET.format(year, size // len(years))
        if draw.random() < 0.02:
            day = f"{years[-1]}-12-20"
            money += PAID.format(3, day, day, -draw.randint(1, size), "")
        return money


def write_activities(path: Path, count: int, prefix: str = "") -> None:
    """A deterministic file of `count` activities, whose identifiers begin with `prefix`."""
    from app.frameworks import load_builtin

    known = {framework.key: [area.code for area in framework.areas] for framework in load_builtin()}
    drawn = _Drawn({key: known[key] for key in AREAS})
    with path.open("w", encoding="utf-8") as out:
        out.write('<iati-activities version="2.03">\n')
        for number in range(count):
            out.write(drawn.activity(number, prefix))
        out.write("</iati-activities>\n")


def build_portfolio(count: int) -> None:
    """Fill the settings' database, which is empty, with `count` activities."""
    from app.services.migrate_database import migrate_database

    start = time.perf_counter()
    migrate_database()
    _import_base(min(count, BASE))
    print(f"  {min(count, BASE)} activities imported after {time.perf_counter() - start:.0f} s")
    grow_portfolio(count // BASE)
    print(f"  copied and rolled up after {time.perf_counter() - start:.0f} s")


def _import_base(count: int) -> None:
    from app.services.import_portfolio import ImportRequest, import_portfolio
    from importers.base import Source

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "base.xml")
        write_activities(path, count)
        result = import_portfolio(ImportRequest([Source(path, path.name)], suggest=False))
    if result.state != "committed":
        raise RuntimeError(f"The base was refused: {result.issues[:3]}")


def grow_portfolio(times: int) -> None:
    """Copy what is there until there is `times` as much."""
    from app import database
    from app.queries.bulk import bump_data_version
    from app.queries.roll_ups import roll_up

    with database.write() as connection:
        for copy in range(1, times):
            _copy(connection, copy)
        _raise_counters(connection)
        paid = connection.execute(text("SELECT activity_id FROM activity_money ORDER BY country, donor_id")).scalars()
        ids = list(dict.fromkeys(paid))
    for start in range(0, len(ids), BASE):
        with database.write() as connection:
            roll_up(connection, ids[start : start + BASE])
            bump_data_version(connection)
    with database.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # What PostgreSQL does by itself after a while.
        connection.exec_driver_sql("ANALYZE" if connection.dialect.name == "sqlite" else "VACUUM ANALYZE")


def _copy(connection: Connection, copy: int) -> None:
    """A further set of the first activities, under identifiers and ids of its own, in other years and areas."""
    from app.models.tables import TABLES

    first, last = connection.execute(
        text("SELECT MIN(id), MAX(id) FROM activity WHERE identifier NOT LIKE '%~%'")
    ).one()
    step, versions = last * copy, connection.execute(text("SELECT MAX(id) FROM activity_version")).scalar_one()
    named = f"identifier || '~{copy}'"
    changed = {
        "activity": {"id": f"id + {step}", "identifier": named, "version_id": f"version_id + {versions}"},
        "activity_version": {"id": f"id + {versions}", "activity_id": f"activity_id + {step}", "identifier": named},
        "area_mapping": {"id": f"id + {connection.execute(text('SELECT MAX(id) FROM area_mapping')).scalar_one()}"},
    }
    for name in ("activity_version", "activity", *COPIED, "area_mapping"):
        columns = [f'"{column.name}"' for column in TABLES[name].columns]
        values = {"activity_id": f"activity_id + {step}", **changed.get(name, {})}
        selected = [values.get(one.strip('"'), one) for one in columns]
        if name in ("allocation", "area_mapping"):
            selected[columns.index('"area_id"')] = _next_area(connection, copy % 3)
        if name == "allocation":
            selected[columns.index('"year"')] = f"2008 + (year - 2008 + {copy}) % 19"
        key = "id" if name == "activity" else "activity_id"
        connection.execute(text(
            f"INSERT INTO {name} ({', '.join(columns)}) SELECT {', '.join(selected)} FROM {name} "
            f"WHERE {key} BETWEEN {first} AND {last} ORDER BY {key}"
        ))  # fmt: skip


def _next_area(connection: Connection, by: int) -> str:
    """Each area of a framework becomes one behind it: a set has money where those before it had none."""
    rows = connection.execute(text("SELECT framework_id, area_id FROM area_mapping GROUP BY 1, 2 ORDER BY 1, 2")).all()
    areas: dict[int, list[int]] = {}
    for framework, area in rows:
        areas.setdefault(framework, []).append(area)
    cases = [f"WHEN {one} THEN {some[(n + by) % len(some)]}" for some in areas.values() for n, one in enumerate(some)]
    return f"CASE area_id {' '.join(cases)} ELSE area_id END"


def _raise_counters(connection: Connection) -> None:
    for name in ("activity", "activity_version", "area_mapping"):
        connection.execute(text(
            f"UPDATE counter SET value = (SELECT MAX(id) FROM {name}) WHERE name = '{name}'"
        ))  # fmt: skip


@contextmanager
def large_portfolio(kind: str, count: int, cache: Path) -> Iterator[str]:
    """The address of a database ("sqlite" or "postgresql") of `count` activities: built in `cache` once, then kept."""
    from app import database
    from app.services.migrate_database import migrate_database
    from app.settings import settings

    folder = cache / f"{kind}-{count}"
    is_new = not (folder / "built").exists()
    if is_new:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    with _server(folder, is_new=is_new) if kind == "postgresql" else _file(folder) as address:
        os.environ["TESSERA_DATABASE_URL"], os.environ["TESSERA_DATA_DIR"] = address, str(folder)
        os.environ.setdefault("TESSERA_SECRET_KEY", "signs-nothing-but-benchmarks")
        settings.cache_clear()
        if is_new:
            build_portfolio(count)
            (folder / "built").touch()
        migrate_database()
        yield address
        database.engine().dispose()


@contextmanager
def _file(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder / 'tessera.db'}"


@contextmanager
def _server(folder: Path, *, is_new: bool) -> Iterator[str]:
    """A PostgreSQL server whose data stay in `folder`."""
    programs, account, data = find_programs(), _server_account(), folder / "data"
    if programs is None:
        raise RuntimeError("PostgreSQL is missing (Debian: apt-get install postgresql)")
    socket = Path(tempfile.mkdtemp(prefix="tessera-pg-", dir="/tmp"))
    for path in (folder, socket):
        shutil.chown(path, account.pw_uid, account.pw_gid)

    def run(*command: str) -> None:
        is_root = os.geteuid() == 0
        subprocess.run(
            [str(programs / command[0]), *command[1:]], check=True, cwd=folder, stdout=subprocess.DEVNULL,
            user=account.pw_uid if is_root else None, group=account.pw_gid if is_root else None,
            extra_groups=[] if is_root else None,
        )  # fmt: skip

    if is_new:
        run("initdb", "-D", str(data), "-U", "tessera", "-A", "trust", *INITDB_OPTIONS)
    options = f"-k {socket} -c listen_addresses= -c fsync=off -c synchronous_commit=off -c shared_buffers=1GB -c max_wal_size=8GB"
    run("pg_ctl", "-D", str(data), "-l", str(folder / "log"), "-w", "-o", options, "start")
    try:
        if is_new:
            run("createdb", "-h", str(socket), "-U", "tessera", "bench")
        yield database_address(socket, "bench")
    finally:
        run("pg_ctl", "-D", str(data), "-m", "fast", "-w", "stop")
        shutil.rmtree(socket, ignore_errors=True)
