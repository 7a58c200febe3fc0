"""The demo portfolio's IATI files: what is stored equals an independent count by XPath."""

from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from lxml import etree

from tests.services.stored import Portfolio, findings, query

EXAMPLES = Path(__file__).parents[2] / "examples"
FILES = [
    (EXAMPLES / "portfolio" / row["file"], row["as"])
    for row in yaml.safe_load((EXAMPLES / "manifest.yaml").read_text(encoding="utf-8"))
    if row["file"].endswith(".xml")
]
OLD_TYPES = {"C": "2", "D": "3", "E": "4", "IF": "1", "IR": "5", "LR": "6", "R": "7"}
Sums = dict[tuple[str, str, str], Decimal]


def counted(path: Path) -> tuple[int, int, Sums]:
    """Activities, transactions, and sums by type, currency and year, without any code of ours."""
    root: Any = etree.parse(str(path)).getroot()
    sums: Sums = defaultdict(Decimal)
    for activity in root.findall("iati-activity"):
        usual = activity.get("default-currency", "")
        for element in activity.xpath("transaction | budget | planned-disbursement"):
            value = element.find("value")
            day = element.xpath("string(transaction-date/@iso-date | period-start/@iso-date)") or value.get(
                "value-date"
            )
            kind = {
                "transaction": element.xpath("string(transaction-type/@code)"),
                "planned-disbursement": "planned",
            }.get(element.tag, "budget-revised" if element.get("type") == "2" else "budget")
            key = (OLD_TYPES.get(kind, kind), value.get("currency") or usual, day[:4])
            sums[key] += Decimal(value.text.strip())
    transactions = int(root.xpath("count(iati-activity/transaction)"))
    return len(root.findall("iati-activity")), transactions, dict(sums)


def stored(import_id: int) -> tuple[int, int, Sums]:
    rows = query(
        """SELECT f.kind, f.currency, f.start, f.whole, f.pico FROM flow f JOIN activity p ON p.id = f.activity_id
        WHERE p.import_id = :number""", number=import_id,
    )  # fmt: skip
    sums: Sums = defaultdict(Decimal)
    for kind, currency, start, whole, pico in rows:
        sums[kind, currency, str(start)[:4]] += Decimal(whole) + Decimal(pico).scaleb(-12)
    [(activities,)] = query("SELECT COUNT(*) FROM activity WHERE import_id = :number", number=import_id)
    transactions = sum(row[0] not in ("budget", "budget-revised", "planned") for row in rows)
    return activities, transactions, dict(sums)


def test_every_sum_is_that_of_the_file(portfolio: Portfolio) -> None:
    assert len(FILES) == 9
    for path, owner in FILES:
        result = portfolio.import_paths([path], owner, suggest=False)
        assert (result.state, stored(result.import_id)) == ("committed", counted(path)), path.name
    assert findings() == []
    # Every converted amount is in the totals, to the cent, and nothing else is.
    flows = "kind IN ('2', '3', '4', 'budget', 'budget-revised') AND note = ''"
    [(cents,)] = query(f"SELECT SUM(base_cents) FROM flow WHERE {flows}")
    assert [(cents,)] == query("SELECT SUM(gross) FROM cell_year WHERE framework_id = 0")
