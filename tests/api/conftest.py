"""The same people and portfolio as for the pages."""

from tests.pages.conftest import people, portfolio

__all__ = ["people", "portfolio"]
