"""Funding lines, national plans, searches and alerts"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_plans()
    _create_funding_lines()
    _create_interest()


def _create_plans() -> None:
    op.create_table(
        "plan",
        sa.Column("id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("first_year", sa.Integer(), nullable=True),
        sa.Column("last_year", sa.Integer(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("fiscal_year_start", sa.Integer(), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("applicant_type", sa.String(), nullable=False),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_plan_country", "plan", ["country"])
    op.create_index("ix_plan_owner_id", "plan", ["owner_id"])
    op.create_table(
        "plan_action",
        sa.Column("id", ID, nullable=False),
        sa.Column("plan_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("responsible", sa.Text(), nullable=False),
        sa.Column("applicant_type", sa.String(), nullable=False),
        sa.Column("priority", sa.String(), nullable=False),
        sa.Column("indicators", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("plan_id", "code"),
    )
    op.create_table(
        "plan_action_area",
        sa.Column("action_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["action_id"], ["plan_action.id"]),
        sa.PrimaryKeyConstraint("action_id", "position"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_plan_action_area_area", "plan_action_area", ["area"])
    op.create_table(
        "plan_cost",
        sa.Column("action_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("base_cents", sa.BigInteger(), nullable=True),
        sa.Column("rate_note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["plan_action.id"]),
        sa.PrimaryKeyConstraint("action_id", "position"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "action_link",
        sa.Column("id", ID, nullable=False),
        sa.Column("action_id", ID, nullable=False),
        sa.Column("activity_id", ID, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["plan_action.id"]),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("action_id", "activity_id"),
    )
    op.create_index("ix_action_link_activity_id", "action_link", ["activity_id"])


def _create_funding_lines() -> None:
    op.create_table(
        "funding_line",
        sa.Column("id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("countries", sa.Text(), nullable=False),
        sa.Column("excluded", sa.Text(), nullable=False),
        sa.Column("areas", sa.Text(), nullable=False),
        sa.Column("applicant_types", sa.Text(), nullable=False),
        sa.Column("nationalities", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("minimum", sa.BigInteger(), nullable=True),
        sa.Column("maximum", sa.BigInteger(), nullable=True),
        sa.Column("total_base", sa.BigInteger(), nullable=True),
        sa.Column("minimum_base", sa.BigInteger(), nullable=True),
        sa.Column("maximum_base", sa.BigInteger(), nullable=True),
        sa.Column("rate_note", sa.String(), nullable=False),
        sa.Column("own_share", sa.Integer(), nullable=True),
        sa.Column("forecast", sa.String(), nullable=False),
        sa.Column("opens", sa.String(), nullable=False),
        sa.Column("closes", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("forecast_at", MOMENT, nullable=True),
        sa.Column("opens_at", MOMENT, nullable=True),
        sa.Column("closes_at", MOMENT, nullable=True),
        sa.Column("rolling", sa.Boolean(), nullable=False),
        sa.Column("months_min", sa.Integer(), nullable=True),
        sa.Column("months_max", sa.Integer(), nullable=True),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("documents", sa.Text(), nullable=False),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["organisation.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_funding_line_closes_at", "funding_line", ["closes_at"])
    op.create_index("ix_funding_line_owner_id", "funding_line", ["owner_id"])
    op.create_table(
        "funding_line_term",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("line_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["funding_line.id"]),
        sa.PrimaryKeyConstraint("kind", "code", "line_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_funding_line_term_line_id", "funding_line_term", ["line_id"])
    op.create_table(
        "funding_line_change",
        sa.Column("id", ID, nullable=False),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["funding_line.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_funding_line_change_line_id", "funding_line_change", ["line_id"])
    op.create_table(
        "funding_entry",
        sa.Column("import_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["import_run.id"]),
        sa.PrimaryKeyConstraint("import_id", "position"),
        sqlite_with_rowid=False,
    )


def _create_interest() -> None:
    op.create_table(
        "interest",
        sa.Column("id", ID, nullable=False),
        sa.Column("action_id", ID, nullable=False),
        sa.Column("donor_id", ID, nullable=False),
        sa.Column("line_id", ID, nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("history", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["plan_action.id"]),
        sa.ForeignKeyConstraint(["donor_id"], ["organisation.id"]),
        sa.ForeignKeyConstraint(["line_id"], ["funding_line.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_interest_action_id", "interest", ["action_id"])
    op.create_index("ix_interest_donor_id", "interest", ["donor_id"])
    op.create_table(
        "saved_search",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("plan_id", ID, nullable=True),
        sa.Column("frequency", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"]),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token"),
    )
    op.create_index("ix_saved_search_user_id", "saved_search", ["user_id"])
    op.create_table(
        "alert",
        sa.Column("id", ID, nullable=False),
        sa.Column("search_id", ID, nullable=False),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("dedupe_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("delivery", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["funding_line.id"]),
        sa.ForeignKeyConstraint(["search_id"], ["saved_search.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dedupe_key"),
    )
    op.create_index("ix_alert_delivery", "alert", ["delivery"])
    op.create_index("ix_alert_line_id", "alert", ["line_id"])
    op.create_index("ix_alert_search_id", "alert", ["search_id"])
    op.create_table(
        "shortlist_entry",
        sa.Column("id", ID, nullable=False),
        sa.Column("organisation_id", ID, nullable=False),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("action_id", ID, nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["plan_action.id"]),
        sa.ForeignKeyConstraint(["line_id"], ["funding_line.id"]),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organisation_id", "line_id"),
    )
    op.create_index("ix_shortlist_entry_line_id", "shortlist_entry", ["line_id"])
    op.create_table(
        "shortlist_note",
        sa.Column("id", ID, nullable=False),
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["shortlist_entry.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_shortlist_note_entry_id", "shortlist_note", ["entry_id"])


def downgrade() -> None:
    for name in (
        "shortlist_note",
        "shortlist_entry",
        "alert",
        "saved_search",
        "interest",
        "funding_entry",
        "funding_line_change",
        "funding_line_term",
        "funding_line",
        "action_link",
        "plan_cost",
        "plan_action_area",
        "plan_action",
        "plan",
    ):
        op.drop_table(name)
