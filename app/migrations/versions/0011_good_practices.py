"""Good practices"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXTS = ("title", "description", "results", "lessons", "conditions", "countries", "areas", "projects", "documents",
         "contact", "words")  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "good_practice",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("owner_id", BIG_ID, sa.ForeignKey("organisation.id"), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in TEXTS),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("evidence", "visibility", "state")),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.DateTime(), nullable=False) for name in ("created_at", "updated_at")),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_good_practice_owner_id", "good_practice", ["owner_id"])
    op.create_index("ix_good_practice_state", "good_practice", ["state"])


def downgrade() -> None:
    op.drop_table("good_practice")
