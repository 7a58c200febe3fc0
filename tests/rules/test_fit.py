"""The golden set: pairs of a line and an action that were decided by hand, every verdict and every reason."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.frameworks import load_builtin, load_crosswalk
from app.models.line_document import line_of
from app.rules.conditions import MET
from app.rules.fit import Fit, Need, Offer, fit, link_areas, list_wider
from app.rules.opportunity_status import Dates, opportunity_status

GOLDEN = yaml.load(Path(__file__).with_name("golden_fit.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
RATES = {"USD": Decimal(1), "EUR": Decimal("1.10")}
MONEY = ("total", "minimum", "maximum")
LINKS = link_areas(
    [
        *(
            (f"{one.framework}/{one.area}", f"{one.other_framework}/{one.other_area}", one.match)
            for one in load_crosswalk()
        ),
        *(
            pair
            for one in load_builtin()
            for pair in list_wider(one.key, {area.code: area.parent for area in one.areas})
        ),
    ]
)


def cents(value: float | None) -> int | None:
    return None if value is None else int(Decimal(str(value)) * 100)


def judge(pair: dict[str, Any]) -> Fit:
    told = GOLDEN["usual"]["line"] | pair.get("line", {})
    told |= {name: cents(told.get(name)) for name in MONEY}
    told["own_share"] = None if told["own_share"] is None else int(Decimal(str(told["own_share"])) * 10_000)
    line = line_of(told)
    rate = RATES.get(line.currency)
    base = {name: None if rate is None or told[name] is None else int(told[name] * rate) for name in MONEY}
    status = opportunity_status(Dates(line.forecast, line.opens, line.closes, line.time_zone, line.rolling), NOW)
    action = GOLDEN["usual"]["action"] | pair.get("action", {})
    years = action.pop("years")
    action |= {name: cents(action[name]) for name in ("cost", "budget")}
    action |= {name: tuple(action[name]) for name in ("areas", "languages")}
    need = Need(**action, open_years=None if years is None else tuple(int(cents(year) or 0) for year in years))
    return fit(Offer(line, status, **base), need, LINKS)


@pytest.mark.parametrize("pair", GOLDEN["pairs"], ids=lambda pair: pair["id"])
def test_a_pair_of_the_golden_set(pair: dict[str, Any]) -> None:
    found = judge(pair)
    told = {one.name: [one.state, one.words] for one in found.conditions if one.state != MET}
    assert told == pair.get("not", {})
    assert found.verdict == pair["verdict"]
    assert found.score == 10 - len(pair.get("not", {}))
    assert all(one.words.endswith(".") for one in found.conditions)
    assert bool(found.missing) == (found.verdict != "fits")


def test_the_golden_set_is_large_and_has_every_verdict() -> None:
    verdicts = Counter(pair["verdict"] for pair in GOLDEN["pairs"])
    assert sum(verdicts.values()) >= 60
    assert min(verdicts[name] for name in ("fits", "almost", "no")) >= 10
    assert len({pair["id"] for pair in GOLDEN["pairs"]}) == sum(verdicts.values())


def test_what_is_missing_is_named_exactly() -> None:
    found = judge({"line": {"applicant_types": ["22"], "languages": [], "countries": []}})
    assert found.missing == (
        "The line does not say which countries are eligible.",
        "Only National NGO may apply; the action's applicant is Government.",
    )


def test_met_conditions_say_why() -> None:
    said = {
        one.name: one.words for one in judge({"line": {"countries": ["798"], "areas": ["sdg-2030/16.2"]}}).conditions
    }
    assert said == {
        "country": "Cambodia is eligible as part of Asia, regional.",
        "area": "florence-2008/N3 of the action is part of sdg-2030/16.2 of the line.",
        "applicant": "Government may apply.",
        "nationality": "Applicants of Cambodia may apply.",
        "amount": "The open need of USD 100,000 is within what the line gives.",
        "own contribution": "No own contribution is asked for.",
        "currency": "USD can be compared with the cost of the action.",
        "deadline": "It closes on 2026-06-30 (UTC), in 107 days.",
        "duration": "The action lasts 24 months, as projects may.",
        "language": "The team can apply in en.",
    }
