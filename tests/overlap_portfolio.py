"""A small portfolio whose figures are known: METRICS' example E2 in Cambodia, and some more.

In thousands of USD, all disbursed in 2019. Cambodia: E2 by donor and area (N1 to N4), the first project a
second time by a secondary reporter (40), and a project without an area (25). Kenya: 30 in N1, and a refund
of 3 in N2.
"""

from pathlib import Path

from app.services.import_portfolio import ImportRequest, import_portfolio
from importers.base import Source

FILE = Path(__file__).parent / "data" / "overlap.xml"
USAID, STATE, SIDA, UNICEF = "US-GOV-1", "US-GOV-11", "XM-DAC-10-6", "XM-DAC-41122"


def import_overlap_portfolio(owner: str = "XM-DAC-6-4") -> int:
    """Import the file into the settings' database; the import's number."""
    result = import_portfolio(ImportRequest([Source(FILE, FILE.name)], owner))
    assert result.state == "committed", result.issues
    return result.import_id
