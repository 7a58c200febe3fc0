"""What reviewing area mappings needs"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "mapping_review",
        sa.Column("activity_id", ID, sa.ForeignKey("activity.id"), nullable=False),
        sa.Column("framework_id", ID, sa.ForeignKey("framework.id"), nullable=False),
        sa.Column("owner_id", ID, sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("decided_version_id", sa.Integer(), nullable=True),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_of", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("activity_id", "framework_id"),
    )
    queue = ["framework_id", "owner_id", "is_open", "priority", "activity_id"]
    op.create_index("ix_mapping_review_queue", "mapping_review", queue)
    op.create_index("ix_mapping_review_all", "mapping_review", [name for name in queue if name != "owner_id"])
    _create_decisions()
    _create_frameworks()


def _create_decisions() -> None:
    op.create_table(
        "mapping_decision",
        sa.Column("id", ID, nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("activity_id", ID, sa.ForeignKey("activity.id"), nullable=False),
        sa.Column("framework_id", ID, sa.ForeignKey("framework.id"), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("is_undone", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    for name in ("batch", "activity_id", "user_id"):
        op.create_index(f"ix_mapping_decision_{name}", "mapping_decision", [name])
    op.create_table(
        "review_comment",
        sa.Column("id", ID, nullable=False),
        sa.Column("activity_id", ID, sa.ForeignKey("activity.id"), nullable=False),
        sa.Column("framework_id", ID, sa.ForeignKey("framework.id"), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_review_comment_activity_id", "review_comment", ["activity_id"])
    op.create_table(
        "text_release",
        sa.Column("activity_id", ID, sa.ForeignKey("activity.id"), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("activity_id"),
    )


def _create_frameworks() -> None:
    op.create_table(
        "framework_version",
        sa.Column("id", ID, nullable=False),
        sa.Column("framework_id", ID, sa.ForeignKey("framework.id"), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_framework_version_framework_id", "framework_version", ["framework_id"])
    with op.batch_alter_table("area_match") as batch_op:
        batch_op.add_column(sa.Column("source", sa.String(), nullable=False, server_default="built-in"))
    op.create_table(
        "lexicon_override",
        sa.Column("lexicon", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("phrases", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("lexicon", "area", "language", "kind"),
    )


def downgrade() -> None:
    with op.batch_alter_table("area_match") as batch_op:
        batch_op.drop_column("source")
    for name in (
        "lexicon_override", "framework_version", "text_release", "review_comment", "mapping_decision", "mapping_review",
    ):  # fmt: skip
        op.drop_table(name)
