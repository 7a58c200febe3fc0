"""What the settings' database holds: imports into it, and all of it laid out to be compared."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, text

from app import database
from app.models.packed import unpack_record
from app.models.tables import TABLES
from app.queries.bulk import is_sqlite
from app.queries.projections import DERIVED
from app.rules.permissions import OPERATOR
from app.services.check_data import check_data
from app.services.decide_area import Decision, decide_area
from app.services.import_portfolio import ImportRequest, ImportResult, Mode, import_portfolio
from importers.base import Source
from tests.services.iati_files import FRAMEWORK, iati

Rows = list[tuple[Any, ...]]
HISTORY = (
    "import_run", "import_issue", "import_file", "import_twin", "staged_activity", "activity_version", "counter", "job",
)  # fmt: skip
PROJECTIONS = (*DERIVED, "cell_year", "activity_search")


class Portfolio:
    """Imports files that are written for it, each under its own name, so that a test reads as a story."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = 0

    def write(self, content: str | bytes, suffix: str = ".xml") -> Path:
        self.files += 1
        path = self.folder / f"file{self.files}{suffix}"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def import_text(
        self, content: str | bytes, owner: str | None = None, mode: Mode = "update", **said: Any
    ) -> ImportResult:
        return self.import_paths([self.write(content)], owner, mode, **said)

    def import_paths(
        self, paths: list[Path], owner: str | None = None, mode: Mode = "update", **said: Any
    ) -> ImportResult:
        answers = said.pop("answers", {})
        sources = [Source(path, path.name, answers) for path in paths]
        return import_portfolio(ImportRequest(sources, owner, mode=mode, **said))

    def take(self, *activities: str, owner: str | None = None, mode: Mode = "update", **said: Any) -> ImportResult:
        """Import activities; the import has to be committed (or previewed, if asked for)."""
        result = self.import_text(iati(*activities), owner, mode, **said)
        assert result.state == ("previewed" if said.get("preview") else "committed"), result.issues
        return result


def counts(result: ImportResult) -> tuple[int, int, int, int, int, int]:
    """read, new, changed, unchanged, removed, rejected"""
    c = result.counts
    return c.read, c.new, c.changed, c.unchanged, c.removed, c.rejected


def codes(result: ImportResult, level: str = "error") -> list[str]:
    return [issue.code for issue in result.issues if issue.level == level]


# --- all of it -------------------------------------------------------------------------------


def dump(*left_out: str) -> dict[str, Rows]:
    """Every row of every table but those left out, in a fixed order."""
    with database.read() as connection:
        found = {name: _rows(connection, select(table)) for name, table in TABLES.items()}
        columns = "rowid, document" if is_sqlite(connection) else "activity_id, CAST(document AS text)"
        found["activity_search"] = _rows(connection, text(f"SELECT {columns} FROM activity_search"))
    return {name: rows for name, rows in found.items() if name not in left_out}


def _rows(connection: Connection, query: Any) -> Rows:
    return sorted((tuple(row) for row in connection.execute(query)), key=repr)


def visible() -> dict[str, Rows]:
    """What users see: current projects, all that is read off them, and their mappings (without number and time)."""
    stored = dump()
    found = {name: stored[name] for name in PROJECTIONS}
    with database.read() as connection:
        activity, mapping = TABLES["activity"], TABLES["area_mapping"]
        found["activity"] = _rows(connection, select(activity).where(activity.c.state == "current"))
        said = [column for column in mapping.c if column.name not in ("id", "decided_at")]
        query = (
            select(*said).join(activity, activity.c.id == mapping.c.activity_id).where(activity.c.state == "current")
        )
        found["area_mapping"] = _rows(connection, query)
    return found


def findings() -> list[str]:
    with database.read() as connection:
        return check_data(connection)


# --- parts of it -----------------------------------------------------------------------------


def query(statement: str, **values: Any) -> Rows:
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(text(statement), values)]


def money(column: str = "net", framework: str = "") -> dict[tuple[Any, ...], int]:
    """(identifier, donor's reference, country, flow type, year), with the area's code last where a framework
    is given -> hundredths of the base currency."""
    where, area = ("a.framework_id = 0", "") if not framework else ("f.key = :framework", ", r.code")
    rows = query(
        f"""SELECT p.identifier, COALESCE(o.ref, ''), a.country, a.flow_type, a.year{area}, SUM(a.{column})
        FROM allocation a JOIN activity p ON p.id = a.activity_id LEFT JOIN organisation o ON o.id = a.donor_id
        LEFT JOIN framework f ON f.id = a.framework_id LEFT JOIN area r ON r.id = a.area_id WHERE {where}
        GROUP BY p.identifier, COALESCE(o.ref, ''), a.country, a.flow_type, a.year{area}""",
        **({"framework": framework} if framework else {}),
    )
    return {row[:-1]: int(row[-1]) for row in rows}


def by_country(column: str = "gross") -> dict[str, int]:
    return {country: int(cents) for country, cents in query(
        f"SELECT country, SUM({column}) FROM allocation WHERE framework_id = 0 GROUP BY country"
    )}  # fmt: skip


def net(identifier: str) -> int:
    """What counts of all money of the projects with this identifier."""
    return sum(cents for key, cents in money("net").items() if key[0] == identifier)


def rolled_up(column: str = "net") -> int:
    """The money of all countries, as reports read it."""
    return int(query(f"SELECT COALESCE(SUM({column}), 0) FROM cell_year WHERE framework_id = 0")[0][0])


def record(identifier: str) -> str:
    """The stored XML of a current project."""
    [(packed,)] = query(
        """SELECT v.record FROM activity a JOIN activity_version v ON v.id = a.version_id
        WHERE a.identifier = :identifier AND a.state = 'current'""", identifier=identifier,
    )  # fmt: skip
    return unpack_record(bytes(packed)).decode()


def titles() -> dict[str, str]:
    return dict(query("SELECT identifier, title FROM activity WHERE state = 'current'"))


def areas(identifier: str, framework: str = FRAMEWORK) -> dict[str, tuple[str, str, int | None]]:
    """code -> (source, state, share in millionths) of the project's mappings."""
    rows = query(
        """SELECT r.code, m.source, m.state, m.share FROM area_mapping m JOIN area r ON r.id = m.area_id
        JOIN framework f ON f.id = m.framework_id JOIN activity p ON p.id = m.activity_id
        WHERE p.identifier = :identifier AND p.state = 'current' AND f.key = :framework""",
        identifier=identifier, framework=framework,
    )  # fmt: skip
    return {code: (source, state, share) for code, source, state, share in rows}


def decide(identifier: str, code: str, decision: Decision = "confirm", share: int | None = None) -> None:
    """A person decides on an area of the primary framework."""
    with database.write() as connection:
        number = connection.execute(
            text("SELECT id FROM activity WHERE identifier = :i"), {"i": identifier}
        ).scalar_one()
        area = connection.execute(
            text(
                "SELECT r.id FROM area r JOIN framework f ON f.id = r.framework_id WHERE f.key = :key AND r.code = :code"
            ),
            {"key": FRAMEWORK, "code": code},
        ).scalar_one()
        decide_area(connection, OPERATOR, number, area, decision, None if share is None else Decimal(share))
