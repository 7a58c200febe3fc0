"""Every table, imported once so that the metadata is complete."""

from sqlmodel import SQLModel

from app.models.activity import (
    Activity,
    ActivityCountry,
    ActivityOrganisation,
    ActivityRelation,
    ActivitySector,
    ActivityVersion,
)
from app.models.allocation import ActivityMoney, Allocation, CellYear, Unconverted
from app.models.audit import AuditEntry, Counter
from app.models.flow import Flow
from app.models.framework import Area, AreaMatch, Framework
from app.models.import_run import HeadingProfile, ImportIssue, ImportRun
from app.models.link import ActivityLink
from app.models.mapping import AreaMapping
from app.models.organisation import Organisation
from app.models.rate import ExchangeRate
from app.models.user import ApiToken, SignInAttempt, SignInSession, User

METADATA = SQLModel.metadata
TABLES = {table.name: table for table in METADATA.sorted_tables}

__all__ = [
    "METADATA", "TABLES", "Activity", "ActivityCountry", "ActivityLink", "ActivityMoney", "ActivityOrganisation", "ActivityRelation",
    "ActivitySector", "ActivityVersion", "Allocation", "ApiToken", "Area", "AreaMapping", "AreaMatch", "AuditEntry",
    "CellYear", "Counter", "ExchangeRate", "Flow", "Framework", "HeadingProfile", "ImportIssue", "ImportRun",
    "Organisation", "SignInAttempt", "SignInSession", "Unconverted", "User",
]  # fmt: skip
