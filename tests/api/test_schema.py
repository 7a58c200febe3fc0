"""What the API says about itself holds: generated requests, checked against its own description."""

from functools import cache
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from starlette.types import Receive, Scope, Send

from app.services.import_portfolio import ImportResult
from tests.pages.conftest import application

SESSION = {"Cookie": "tessera_session=session-of-owner"}


async def served(scope: Scope, receive: Receive, send: Send) -> None:
    """The application without its start, at which schemathesis would leave it working on jobs for all later tests."""
    assert scope["type"] == "http"
    await application()(scope, receive, send)


@cache
def cases() -> list[Any]:
    """The requests, the same for either kind of database: making them takes longer than their answers."""
    import schemathesis
    from schemathesis.core.result import Ok

    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", served)
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) >= 12
    made: list[Any] = []
    for operation in operations:

        @settings(
            max_examples=4 if operation.body else 8,  # a body takes ten times as long to make
            deadline=None, database=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def keep(case: Any) -> None:
            made.append(case)

        keep()
    return made


def test_every_operation(portfolio: ImportResult) -> None:
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

    checks = [not_a_server_error, response_schema_conformance, status_code_conformance]
    for case in cases():
        case.call_and_validate(checks=checks, headers=SESSION)
