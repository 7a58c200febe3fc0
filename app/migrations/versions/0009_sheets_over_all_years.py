"""Packed roll-ups over all years beside those by year; `tessera migrate` makes them from the latter"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No table changes; a database that is not at this revision lacks the sheets."""


def downgrade() -> None:
    op.execute("DELETE FROM roll_up_sheet WHERE kind LIKE '%-whole'")
