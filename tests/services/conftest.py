"""A portfolio to import into, on a database of either kind."""

from pathlib import Path

import pytest

from tests.services.stored import Portfolio


@pytest.fixture
def portfolio(database_url: str, tmp_path: Path) -> Portfolio:
    folder = tmp_path / "sent"
    folder.mkdir()
    return Portfolio(folder)
