"""Decisions that two reports are of the same money"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # Nothing has ever written to the table of 0001.
    op.drop_table("activity_link")
    op.create_table(
        "activity_link",
        sa.Column("id", ID, nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("reporter_id", ID, sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("other_identifier", sa.String(), nullable=False),
        sa.Column("other_reporter_id", ID, sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("leads", sa.String(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "identifier", "reporter_id", "other_identifier", "other_reporter_id", name="uq_activity_link"
        ),
    )
    op.create_index("ix_activity_link_other", "activity_link", ["other_identifier", "other_reporter_id"])
    op.create_index("ix_activity_link_state", "activity_link", ["state"])
    _create_answers()
    op.create_table(
        "twin_look",
        sa.Column("activity_id", ID, nullable=False),
        sa.Column("version_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("activity_id"),
        sqlite_with_rowid=False,
    )


def _create_answers() -> None:
    op.create_table(
        "activity_link_answer",
        sa.Column("id", ID, nullable=False),
        sa.Column("link_id", ID, sa.ForeignKey("activity_link.id"), nullable=False),
        sa.Column("organisation_id", ID, sa.ForeignKey("organisation.id"), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("leads", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_activity_link_answer_link_id", "activity_link_answer", ["link_id"])


def downgrade() -> None:
    for name in ("twin_look", "activity_link_answer", "activity_link"):
        op.drop_table(name)
    op.create_table(
        "activity_link",
        sa.Column("id", ID, nullable=False),
        sa.Column("activity_id", ID, sa.ForeignKey("activity.id"), nullable=False),
        sa.Column("other_id", ID, sa.ForeignKey("activity.id"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_activity_link_activity_id", "activity_link", ["activity_id"])
    op.create_index("ix_activity_link_other_id", "activity_link", ["other_id"])
