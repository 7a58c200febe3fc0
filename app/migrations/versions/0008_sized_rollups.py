"""Roll-ups that are sized for a million projects; `tessera migrate` fills them from the allocations"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "roll_up_sheet",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("framework_id", sa.Integer(), nullable=False),
        sa.Column("flow_type", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("donor_id", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "framework_id", "flow_type", "country", "donor_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rolled_up",
        sa.Column("activity_id", ID, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("activity_id"),
    )
    # Filled anew with the rest: nothing tells how many amounts an old sum is of.
    op.execute("DELETE FROM cell_year")
    with op.batch_alter_table("cell_year", table_kwargs={"sqlite_with_rowid": False}) as batch_op:
        batch_op.add_column(sa.Column("amounts", sa.BigInteger(), nullable=False))
    if op.get_bind().dialect.name == "postgresql":
        # Sheets are read whole by the thousand: unpacking them would cost more than reading them.
        op.execute("ALTER TABLE roll_up_sheet ALTER COLUMN data SET STORAGE EXTERNAL")


def downgrade() -> None:
    with op.batch_alter_table("cell_year", table_kwargs={"sqlite_with_rowid": False}) as batch_op:
        batch_op.drop_column("amounts")
    op.drop_table("rolled_up")
    op.drop_table("roll_up_sheet")
