"""Whether what is stored of an IATI file equals the file: activities, transactions, sums by type, currency and year.

The file's own figures come by XPath from the whole tree, with none of the product's reading. 1.x transaction types
are compared under their 2.x numbers. Run: python -m benchmarks.check_counts FILE...
"""

import os
import sys
import tempfile
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

OLD_TYPES = {"C": "2", "D": "3", "E": "4", "IF": "1", "IR": "5", "LR": "6", "R": "7", "QP": "8", "QS": "9", "CG": "10"}
Sums = dict[tuple[str, str, str], Decimal]


def count_by_xpath(path: Path) -> tuple[int, int, Sums]:
    root: Any = etree.parse(str(path), etree.XMLParser(huge_tree=True))
    sums: Sums = defaultdict(Decimal)
    transactions = root.xpath("//iati-activity/transaction")
    for transaction in transactions:
        kind = transaction.xpath("string(transaction-type/@code)")
        currency = transaction.xpath("string(value/@currency)") or transaction.xpath("string(../@default-currency)")
        day = transaction.xpath("string(transaction-date/@iso-date)") or transaction.xpath("string(value/@value-date)")
        key = (OLD_TYPES.get(kind, kind), currency.strip().upper(), day[:4])
        sums[key] += Decimal(transaction.xpath("normalize-space(value)"))
    return len(root.xpath("//iati-activity")), len(transactions), dict(sums)


def count_stored() -> tuple[int, int, Sums]:
    from app import database

    sums: Sums = defaultdict(Decimal)
    count = 0
    with database.read() as connection:
        activities = connection.exec_driver_sql("SELECT COUNT(*) FROM activity WHERE state = 'current'").scalar_one()
        rows = connection.exec_driver_sql("SELECT kind, currency, start, whole, pico FROM flow WHERE kind NOT IN "
                                          "('budget', 'budget-revised', 'planned')")  # fmt: skip
        for kind, currency, start, whole, pico in rows:
            count += 1
            sums[kind, currency, (start or "")[:4]] += Decimal(whole) + Decimal(pico).scaleb(-12)
    return activities, count, dict(sums)


def check(path: Path) -> bool:
    from app.services.import_portfolio import ImportRequest, import_portfolio
    from app.services.migrate_database import migrate_database
    from app.settings import settings
    from importers.base import Source

    with tempfile.TemporaryDirectory() as folder:
        os.environ["TESSERA_DATA_DIR"] = folder
        settings.cache_clear()
        migrate_database()
        result = import_portfolio(ImportRequest([Source(path, path.name)], suggest=False))
        stored, wanted = count_stored(), count_by_xpath(path)
    is_equal = stored == wanted and result.state == "committed"
    total = sum(wanted[2].values(), Decimal(0))
    print(f"{'equal' if is_equal else 'DIFFERENT':<10}{path.name:<28}{wanted[0]:>6} activities {wanted[1]:>6} transactions "
          f"{len(wanted[2]):>5} sums, of {total} in all currencies, {len(result.issues)} issues")  # fmt: skip
    return is_equal


if __name__ == "__main__":
    os.environ.pop("TESSERA_DATABASE_URL", None)
    results = [check(Path(name)) for name in sys.argv[1:]]
    sys.exit(0 if all(results) else 1)
