"""Test every invariant of the stored data: what must hold whatever was imported, mapped or undone."""

from itertools import islice

from sqlalchemy import Connection, text

from app.queries.check_roll_ups import find_unlike_sheets
from app.queries.projections import DERIVED

# Each finds rows that must not exist; the sentence says what is wrong with them.
INVARIANTS = {
    f"rows of {table} without a current activity": f"""
        SELECT DISTINCT d.activity_id FROM {table} d LEFT JOIN activity p ON p.id = d.activity_id
        WHERE p.id IS NULL OR p.state <> 'current'"""  # noqa: S608 (names of our own tables)
    for table in DERIVED
} | {
    "current activities without their stored record": """
        SELECT p.id FROM activity p LEFT JOIN activity_version v ON v.id = p.version_id
        WHERE p.state = 'current' AND (v.record IS NULL OR v.record_hash <> p.record_hash OR v.activity_id <> p.id)""",
    "current activities of an import that is not committed": """
        SELECT p.id FROM activity p LEFT JOIN import_run r ON r.id = p.import_id
        WHERE p.state = 'current' AND (r.state IS NULL OR r.state NOT IN ('committed', 'undoing'))""",
    "staged projects of an import that is settled": """
        SELECT s.import_id FROM staged_activity s JOIN import_run r ON r.id = s.import_id
        WHERE r.state NOT IN ('queued', 'running', 'previewed', 'confirming') GROUP BY s.import_id""",
    "countries whose shares do not sum to the whole": """
        SELECT activity_id FROM activity_country GROUP BY activity_id HAVING SUM(share) <> 1000000""",
    "sectors whose shares do not sum to the whole": """
        SELECT activity_id FROM activity_sector GROUP BY activity_id, vocabulary HAVING SUM(share) <> 1000000""",
    "converted flows that do not sum to the project's money": """
        SELECT activity_id FROM (
            SELECT activity_id, base_cents AS cents, CASE WHEN kind = '2' THEN 'commitment'
                WHEN kind IN ('3', '4') THEN 'disbursement' ELSE 'budget' END AS flow_type
            FROM flow WHERE kind IN ('2', '3', '4', 'budget', 'budget-revised') AND base_cents IS NOT NULL AND note = ''
            UNION ALL SELECT activity_id, -gross, flow_type FROM allocation WHERE framework_id = 0) both_sides
        GROUP BY activity_id, flow_type HAVING SUM(cents) <> 0""",
    "money by area that does not sum to the project's money": """
        SELECT part.activity_id FROM (
            SELECT activity_id, framework_id, country, flow_type, donor_id, year, SUM(gross) AS gross, SUM(net) AS net
            FROM allocation WHERE framework_id <> 0
            GROUP BY activity_id, framework_id, country, flow_type, donor_id, year) part
        LEFT JOIN allocation whole ON whole.framework_id = 0 AND whole.country = part.country
            AND whole.flow_type = part.flow_type AND whole.area_id = 0 AND whole.donor_id = part.donor_id
            AND whole.activity_id = part.activity_id AND whole.year = part.year
        WHERE whole.gross IS NULL OR whole.gross <> part.gross OR whole.net <> part.net""",
    "money that the index by country and donor does not lead to": """
        SELECT activity_id FROM (
            SELECT DISTINCT country, donor_id, activity_id, 1 AS found FROM allocation WHERE framework_id = 0
            UNION ALL SELECT country, donor_id, activity_id, -1 FROM activity_money) both_sides
        GROUP BY country, donor_id, activity_id HAVING SUM(found) <> 0""",
    "roll-ups that differ from the allocations they sum": """
        SELECT country FROM (
            SELECT framework_id, country, flow_type, area_id, donor_id, year, gross, net, equal, confirmed, linked, amounts,
                1 AS cells FROM cell_year
            UNION ALL SELECT framework_id, country, flow_type, area_id, donor_id, year, -gross, -net, -equal, -confirmed,
                -linked, -1, 0 FROM allocation) both_sides
        GROUP BY framework_id, country, flow_type, area_id, donor_id, year
        HAVING SUM(gross) <> 0 OR SUM(net) <> 0 OR SUM(equal) <> 0 OR SUM(confirmed) <> 0 OR SUM(linked) <> 0
            OR SUM(amounts) <> 0 OR SUM(cells) <> 1 OR COUNT(*) = 1""",
    "net money above gross money": """
        SELECT activity_id FROM allocation
        WHERE (gross >= 0 AND (net > gross OR net < 0)) OR (gross < 0 AND net NOT IN (gross, 0))""",
    "net money that differs from gross without a reason": """
        SELECT activity_id FROM allocation WHERE net <> gross AND reasons = ''""",
    "pairs whose state nobody's answer stands for": """
        SELECT k.id FROM activity_link k LEFT JOIN activity_link_answer n ON n.link_id = k.id AND n.ended_at IS NULL
        GROUP BY k.id, k.state HAVING (k.state = 'proposed') <> (COUNT(n.id) = 0)""",
    "donors that no organisation stands for": """
        SELECT DISTINCT a.donor_id FROM allocation a LEFT JOIN organisation o ON o.id = a.donor_id
        WHERE a.donor_id <> 0 AND o.id IS NULL""",
    "suggested areas that do not wait for a review, or reviews that wait for nothing": """
        SELECT activity_id FROM (
            SELECT DISTINCT m.activity_id, m.framework_id, 1 AS waits FROM area_mapping m
            JOIN activity p ON p.id = m.activity_id WHERE m.state = 'suggested' AND p.state = 'current'
            UNION ALL SELECT activity_id, framework_id, -1 FROM mapping_review WHERE is_open AND why LIKE '%suggested%') both_sides
        GROUP BY activity_id, framework_id HAVING SUM(waits) <> 0""",
    "mappings to areas of another framework": """
        SELECT m.id FROM area_mapping m JOIN area a ON a.id = m.area_id WHERE a.framework_id <> m.framework_id""",
}
SHOWN = 10


def check_data(connection: Connection) -> list[str]:
    """One sentence for each invariant that does not hold, with the first rows that break it."""
    findings = []
    for sentence, query in INVARIANTS.items():
        rows = [str(row[0]) for row in connection.execute(text(query)).fetchmany(SHOWN)]
        if rows:
            findings.append(f"{sentence}: {', '.join(rows)}{'...' if len(rows) == SHOWN else ''}")
    unlike = list(islice(find_unlike_sheets(connection), SHOWN))
    if unlike:
        findings.append(f"packed roll-ups that differ from the allocations they sum: {'; '.join(unlike)}")
    return findings
