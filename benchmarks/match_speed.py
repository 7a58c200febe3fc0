"""A plan's matches among 10,000 funding lines and 5,000 actions: under 200 ms, and how long a search takes."""

import random
import statistics
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from app import database
from app.codelists import codes
from app.models.line_document import LineDocument
from app.models.plan_document import ActionDocument, Cost, PlanDocument
from app.queries.area_links import list_area_keys
from app.queries.imports import organisation_id
from app.queries.rates import stored_rates
from app.rules.permissions import OPERATOR
from app.services.match_funding import match_funding
from app.services.migrate_database import migrate_database
from app.services.save_line import store_line
from app.services.save_plan import store_plan
from app.services.search_lines import LineFilter, search_lines

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


def main() -> None:
    with TemporaryDirectory(prefix="tessera-match-") as folder:
        url = f"sqlite:///{Path(folder, 'match.db')}"
        migrate_database(url)
        _fill(url, random.Random(6))
        now = datetime.now(UTC)
        with database.read(url) as connection:
            counts: list[int] = []
            plans = [
                _milliseconds(lambda n=n: counts.append(len(match_funding(connection, OPERATOR, now, plan_id=n))))
                for n in range(1, ROUNDS + 1)
            ]
            lines = [
                _milliseconds(lambda n=n: match_funding(connection, OPERATOR, now, line_id=n)) for n in range(1, 6)
            ]
            asked = LineFilter("protection court", country="KH")
            searches = [_milliseconds(lambda: search_lines(connection, OPERATOR, asked, now)) for _ in range(5)]
        print(
            f"match: {LINES:,} lines x {PLANS * ACTIONS_A_PLAN:,} actions, {round(statistics.mean(counts)):,} matches a plan on average"
        )
        median = statistics.median(plans)
        print(
            f"match: one plan {median:.0f} ms (slowest {max(plans):.0f}), ratio to {LIMIT_MS} ms {median / LIMIT_MS:.2f}"
        )
        print(
            f"match: one line {statistics.median(lines):.0f} ms; search of lines {statistics.median(searches):.0f} ms"
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
    main()
