"""Test every invariant of the stored data: what must hold whatever was imported, mapped or undone."""

from sqlalchemy import Connection, text

# Each finds rows that must not exist; the sentence says what is wrong with them.
INVARIANTS = {
    "projections without a current activity": """
        SELECT DISTINCT a.activity_id FROM allocation a LEFT JOIN activity p ON p.id = a.activity_id
        WHERE p.id IS NULL OR p.state <> 'current'""",
    "flows without a current activity": """
        SELECT DISTINCT f.activity_id FROM flow f LEFT JOIN activity p ON p.id = f.activity_id
        WHERE p.id IS NULL OR p.state <> 'current'""",
    "current activities without a stored record": """
        SELECT p.id FROM activity p LEFT JOIN activity_version v ON v.id = p.version_id
        WHERE p.state = 'current' AND (v.record IS NULL OR v.record_hash <> p.record_hash)""",
    "money by area that does not sum to the project's money": """
        SELECT part.activity_id FROM (
            SELECT activity_id, framework_id, country, flow_type, donor_id, year, SUM(gross) AS gross, SUM(net) AS net
            FROM allocation WHERE framework_id <> 0
            GROUP BY activity_id, framework_id, country, flow_type, donor_id, year) part
        LEFT JOIN allocation whole ON whole.framework_id = 0 AND whole.country = part.country
            AND whole.flow_type = part.flow_type AND whole.area_id = 0 AND whole.donor_id = part.donor_id
            AND whole.activity_id = part.activity_id AND whole.year = part.year
        WHERE whole.gross IS NULL OR whole.gross <> part.gross OR whole.net <> part.net""",
    "roll-up rows that differ from the allocations they sum": """
        SELECT c.country FROM cell_year c LEFT JOIN (
            SELECT framework_id, country, flow_type, area_id, donor_id, year, SUM(gross) AS gross, SUM(net) AS net
            FROM allocation GROUP BY framework_id, country, flow_type, area_id, donor_id, year) a
        ON a.framework_id = c.framework_id AND a.country = c.country AND a.flow_type = c.flow_type
            AND a.area_id = c.area_id AND a.donor_id = c.donor_id AND a.year = c.year
        WHERE a.gross IS NULL OR a.gross <> c.gross OR a.net <> c.net""",
    "allocations that no roll-up row holds": """
        SELECT a.country FROM allocation a LEFT JOIN cell_year c
        ON a.framework_id = c.framework_id AND a.country = c.country AND a.flow_type = c.flow_type
            AND a.area_id = c.area_id AND a.donor_id = c.donor_id AND a.year = c.year
        WHERE c.gross IS NULL GROUP BY a.country""",
    "net money above gross money": """
        SELECT activity_id FROM allocation WHERE gross >= 0 AND (net > gross OR net < 0)""",
    "net money that differs from gross without a reason": """
        SELECT activity_id FROM allocation WHERE net <> gross AND reasons = ''""",
    "donors that no organisation stands for": """
        SELECT DISTINCT a.donor_id FROM allocation a LEFT JOIN organisation o ON o.id = a.donor_id
        WHERE a.donor_id <> 0 AND o.id IS NULL""",
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
    return findings
