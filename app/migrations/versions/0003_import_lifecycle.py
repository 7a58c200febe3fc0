"""Uploaded files, jobs, questions and choices of an import"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NEW_COLUMNS = (
    ("keep_good", sa.Boolean(), sa.false()),
    ("asked_format", sa.String(), "auto"),
    ("profile", sa.String(), "default"),
    ("answers", sa.Text(), "{}"),
    ("files_digest", sa.String(), ""),
    ("questions", sa.Text(), "[]"),
    ("mode_effects", sa.Text(), "{}"),
    ("totals", sa.Text(), "{}"),
    ("done", sa.Integer(), "0"),
    ("total", sa.Integer(), "0"),
)


def upgrade() -> None:
    _drop_staged_versions()
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        for name, kind, default in NEW_COLUMNS:
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=default))
        batch_op.create_index(batch_op.f("ix_import_run_files_digest"), ["files_digest"], unique=False)
    with op.batch_alter_table("heading_profile", schema=None) as batch_op:
        batch_op.create_unique_constraint("uq_heading_profile", ["owner_id", "name"])
    _create_tables()
    _create_fetched_addresses()


def _drop_staged_versions() -> None:
    """Previews are staged in a table of their own from here on: those that wait have to be made anew."""
    op.execute("DELETE FROM activity_version WHERE import_id IN (SELECT id FROM import_run WHERE state = 'previewed')")
    op.execute("UPDATE import_run SET state = 'refused' WHERE state = 'previewed'")


def _create_tables() -> None:
    op.create_table(
        "import_file",
        sa.Column("import_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["import_run.id"]),
        sa.PrimaryKeyConstraint("import_id", "position"),
    )
    op.create_table(
        "staged_activity",
        sa.Column("import_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("in_add", sa.String(), nullable=False),
        sa.Column("in_update", sa.String(), nullable=False),
        sa.Column("in_replace", sa.String(), nullable=False),
        sa.Column("activity_id", ID, nullable=True),
        sa.Column("previous_id", ID, nullable=True),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("left_out", sa.Boolean(), nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.Column("places", sa.Text(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["import_run.id"]),
        sa.PrimaryKeyConstraint("import_id", "position"),
    )
    op.create_table(
        "import_twin",
        sa.Column("import_id", ID, nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("activity_id", ID, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["import_run.id"]),
        sa.PrimaryKeyConstraint("import_id", "identifier", "activity_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "job",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("import_id", ID, nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("dedupe_key", sa.String(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["import_run.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dedupe_key"),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_import_id"), ["import_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_state"), ["state"], unique=False)


def _create_fetched_addresses() -> None:
    op.create_table(
        "fetched_address",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.Text(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address", "owner"),
    )


def downgrade() -> None:
    for table in ("fetched_address", "job", "import_twin", "staged_activity", "import_file"):
        op.drop_table(table)
    with op.batch_alter_table("heading_profile", schema=None) as batch_op:
        batch_op.drop_constraint("uq_heading_profile", type_="unique")
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_run_files_digest"))
        for name, _, _ in reversed(NEW_COLUMNS):
            batch_op.drop_column(name)
