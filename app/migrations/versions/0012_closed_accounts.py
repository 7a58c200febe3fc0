"""When an account was last signed in to, and when it was closed"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("signed_in_at", "closed_at"):
        op.add_column("user_account", sa.Column(name, sa.DateTime(), nullable=True))


def downgrade() -> None:
    for name in ("closed_at", "signed_in_at"):
        op.drop_column("user_account", name)
