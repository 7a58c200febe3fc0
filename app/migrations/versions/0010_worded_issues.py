"""How the text of an issue was put together, so that it can be said in other languages"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("import_issue", sa.Column("wording", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("import_issue", "wording")
