"""full text of activities"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE activity_search USING fts5(document, tokenize='unicode61 remove_diacritics 2')"
        )
    else:
        op.execute("CREATE TABLE activity_search (activity_id bigint PRIMARY KEY, document tsvector NOT NULL)")
        op.execute("CREATE INDEX ix_activity_search_document ON activity_search USING gin (document)")


def downgrade() -> None:
    op.execute("DROP TABLE activity_search")
