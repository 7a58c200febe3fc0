"""Agreements and snapshots"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "snapshot",
        sa.Column("id", ID, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("user_name", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("framework", sa.String(), nullable=False),
        sa.Column("flow", sa.String(), nullable=False),
        sa.Column("places", sa.Text(), nullable=False),
        sa.Column("first_year", sa.Integer(), nullable=True),
        sa.Column("last_year", sa.Integer(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.Column("data_version", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("money", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    _create_agreements()


def _create_agreements() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", ID, nullable=False),
        sa.Column("framework_id", ID, sa.ForeignKey("framework.id"), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("area_id", ID, sa.ForeignKey("area.id"), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("snapshot_id", ID, sa.ForeignKey("snapshot.id"), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_agreement_country", "agreement", ["country", "framework_id"])
    op.create_table(
        "agreement_party",
        sa.Column("agreement_id", ID, sa.ForeignKey("agreement.id"), nullable=False),
        sa.Column("organisation_id", ID, sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("agreement_id", "organisation_id"),
    )
    op.create_table(
        "agreement_change",
        sa.Column("id", ID, nullable=False),
        sa.Column("agreement_id", ID, sa.ForeignKey("agreement.id"), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("user_name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_agreement_change_agreement_id", "agreement_change", ["agreement_id"])


def downgrade() -> None:
    for name in ("agreement_change", "agreement_party", "agreement", "snapshot"):
        op.drop_table(name)
