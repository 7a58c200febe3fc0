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
from app.models.agreement import Agreement, AgreementChange, AgreementParty
from app.models.allocation import ActivityMoney, Allocation, CellYear, Unconverted
from app.models.audit import AuditEntry, Counter
from app.models.fetched_address import FetchedAddress
from app.models.flow import Flow
from app.models.framework import Area, AreaMatch, Framework, FrameworkVersion
from app.models.funding_line import (
    Alert,
    FundingEntry,
    FundingLine,
    FundingLineChange,
    FundingLineTerm,
    Interest,
    SavedSearch,
    ShortlistEntry,
    ShortlistNote,
)
from app.models.good_practice import GoodPractice
from app.models.import_run import HeadingProfile, ImportFile, ImportIssue, ImportRun, ImportTwin, StagedActivity
from app.models.job import Job
from app.models.link import ActivityLink, ActivityLinkAnswer, TwinLook
from app.models.mapping import AreaMapping
from app.models.organisation import Organisation
from app.models.plan import ActionLink, Plan, PlanAction, PlanActionArea, PlanCost
from app.models.rate import ExchangeRate
from app.models.review import LexiconOverride, MappingDecision, MappingReview, ReviewComment, TextRelease
from app.models.roll_up import RolledUp, RollUpSheet
from app.models.snapshot import Snapshot
from app.models.user import ApiToken, SignInAttempt, SignInSession, User

METADATA = SQLModel.metadata
TABLES = {table.name: table for table in METADATA.sorted_tables}

__all__ = [
    "METADATA",
    "TABLES",
    "ActionLink",
    "Activity",
    "ActivityCountry",
    "ActivityLink",
    "ActivityLinkAnswer",
    "ActivityMoney",
    "ActivityOrganisation",
    "ActivityRelation",
    "ActivitySector",
    "ActivityVersion",
    "Agreement",
    "AgreementChange",
    "AgreementParty",
    "Alert",
    "Allocation",
    "ApiToken",
    "Area",
    "AreaMapping",
    "AreaMatch",
    "AuditEntry",
    "CellYear",
    "Counter",
    "ExchangeRate",
    "FetchedAddress",
    "Flow",
    "Framework",
    "FrameworkVersion",
    "FundingEntry",
    "FundingLine",
    "FundingLineChange",
    "FundingLineTerm",
    "GoodPractice",
    "HeadingProfile",
    "ImportFile",
    "ImportIssue",
    "ImportRun",
    "ImportTwin",
    "Interest",
    "Job",
    "LexiconOverride",
    "MappingDecision",
    "MappingReview",
    "Organisation",
    "Plan",
    "PlanAction",
    "PlanActionArea",
    "PlanCost",
    "ReviewComment",
    "RollUpSheet",
    "RolledUp",
    "SavedSearch",
    "ShortlistEntry",
    "ShortlistNote",
    "SignInAttempt",
    "SignInSession",
    "Snapshot",
    "StagedActivity",
    "TextRelease",
    "TwinLook",
    "Unconverted",
    "User",
]  # fmt: skip
