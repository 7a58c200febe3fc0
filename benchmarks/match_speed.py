"""A plan's matches among 10,000 funding lines and 5,000 actions: under 200 ms, and how long a search takes.

Each plan for the first time, once more, and after a change of one line. Run alone: python -m benchmarks.match_speed
[--database URL]; an empty database, else one of SQLite is made for the run.
"""

import argparse
import gc
import random
import statistics
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection

from app import database
from app.codelists import codes
from app.models.line_document import LineDocument
from app.models.plan_document import ActionDocument, Cost, PlanDocument
from app.queries.area_links import list_area_keys
from app.queries.imports import organisation_id
from app.queries.rates import stored_rates
from app.rules.permissions import OPERATOR
from app.services.match_funding import judge_of, match_funding
from app.services.migrate_database import migrate_database
from app.services.search_lines import LineFilter, search_lines
from app.services.store_line import store_line
from app.services.store_plan import store_plan

LINES, PLANS, ACTIONS_A_PLAN, ROUNDS = 10_000, 100, 50, 15
LIMIT_MS = 200
REGIONS = ("298", "289", "498", "798", "789", "679", "89", "*")
WORDS = [
    "children",
    "protection",
    "recovery",
    "shelter",
    "school",
    "police",
    "justice",
    "online",
    "travel",
    "family",
    "law",
    "data",
    "court",
    "care",
    "community",
]


def main(database_url: str = "") -> None:
    with TemporaryDirectory(prefix="tessera-match-") as folder:
        url = database_url or f"sqlite:///{Path(folder, 'match.db')}"
        migrate_database(url)
        _fill(url, random.Random(6))
        _note_sizes(url)
        gc.collect()
        gc.freeze()  # as the server does when it starts
        print(f"match: {LINES:,} lines x {PLANS * ACTIONS_A_PLAN:,} actions on {url.partition(':')[0]}")
        with database.read(url) as connection:
            _time_matches(connection)
        _time_a_change(url)


def _note_sizes(url: str) -> None:
    """What a database does by itself soon after its tables have grown."""
    with database.engine(url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _time_matches(connection: Connection) -> None:
    now, counts = datetime.now(UTC), list[int]()
    first = [
        _milliseconds(lambda n=n: counts.append(len(match_funding(connection, OPERATOR, now, plan_id=n))))
        for n in range(1, ROUNDS + 1)
    ]
    lines = [_milliseconds(lambda n=n: match_funding(connection, OPERATOR, now, line_id=n)) for n in range(1, 6)]
    asked = LineFilter("protection court", country="KH")
    searches = [_milliseconds(lambda: search_lines(connection, OPERATOR, asked, now)) for _ in range(5)]
    median, slowest = statistics.median(first), max(first)
    print(
        f"match: one plan {median:.0f} ms (slowest {slowest:.0f}), ratio to {LIMIT_MS} ms {median / LIMIT_MS:.2f}"
        f" (slowest {slowest / LIMIT_MS:.2f}); {round(statistics.mean(counts)):,} matches a plan on average"
    )
    print(f"match: one line {statistics.median(lines):.0f} ms; search of lines {statistics.median(searches):.0f} ms")


def _time_a_change(url: str) -> None:
    """A line of each plan gets another maximum; only its own pairs are judged again."""
    now, times, judged = datetime.now(UTC), list[float](), list[int]()
    for plan in range(1, ROUNDS + 1):
        with database.read(url) as connection:
            found = match_funding(connection, OPERATOR, now, plan_id=plan)[0].line
        with database.write(url) as connection:
            changed = replace(found.line, maximum=(found.line.maximum or 0) + 100)
            owner = organisation_id(connection, "XX-BENCH")
            store_line(connection, changed, found.id, owner, stored_rates(connection), now)
        with database.read(url) as connection:
            before = judge_of(connection).pairs
            times.append(_milliseconds(lambda n=plan: match_funding(connection, OPERATOR, now, plan_id=n)))
            judged.append(judge_of(connection).pairs - before)
    print(
        f"match: again after a change of one line {statistics.median(times):.0f} ms (slowest {max(times):.0f}),"
        f" {round(statistics.median(judged))} pairs judged"
    )


def _milliseconds(work: object) -> float:
    began = time.perf_counter()
    work()  # type: ignore[operator]
    return (time.perf_counter() - began) * 1000


def _fill(url: str, chance: random.Random) -> None:
    now = datetime.now(UTC)
    with database.write(url) as connection:
        rates, owner = stored_rates(connection), organisation_id(connection, "XX-BENCH")
        areas = sorted(list_area_keys(connection))
        countries = list(codes("Country"))[:PLANS]
        for number in range(LINES):
            store_line(connection, _line(chance, number, areas, countries, now), None, owner, rates, now)
        for number, country in enumerate(countries):
            store_plan(connection, _plan(chance, number, country, areas), None, owner, rates, now)


def _line(chance: random.Random, number: int, areas: list[str], countries: list[str], now: datetime) -> LineDocument:
    places = chance.sample(countries, 3) if chance.random() < 0.6 else [chance.choice(REGIONS)]
    closes = (now + timedelta(days=chance.randint(-200, 300))).date().isoformat()
    least = chance.randint(1, 100) * 1_000_000
    return LineDocument(
        f"L-{number}", " ".join(chance.sample(WORDS, 5)), " ".join(chance.choices(WORDS, k=120)), countries=tuple(places),
        areas=tuple(chance.sample(areas, chance.randint(1, 3))), applicant_types=("10", "22"), nationalities=("*",), currency="USD",
        minimum=least, maximum=least * 20, own_share=0, closes=closes, months_min=6, months_max=60, languages=("en",),
    )  # fmt: skip


def _plan(chance: random.Random, number: int, country: str, areas: list[str]) -> PlanDocument:
    actions = tuple(
        ActionDocument(
            str(code), f"Action {code}", areas=tuple((area, None) for area in chance.sample(areas, 2)),
            costs=tuple(Cost("cost", year, chance.randint(1, 500) * 1_000_000, "USD") for year in (2025, 2026, 2027)),
        )
        for code in range(ACTIONS_A_PLAN)
    )  # fmt: skip
    return PlanDocument(
        f"P-{number}",
        country,
        f"Plan {number}",
        languages=("en",),
        applicant_type="10",
        visibility="public",
        actions=actions,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="", metavar="URL")
    main(parser.parse_args().database)
