"""What the API says about itself holds: generated requests, checked against its own description."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from app.main import create_app
from app.services.import_portfolio import ImportResult

CHECKS = [not_a_server_error, response_schema_conformance, status_code_conformance]
SESSION = {"Cookie": "tessera_session=session-of-owner"}


def test_every_operation(portfolio: ImportResult) -> None:
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", create_app())
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) >= 12
    for operation in operations:

        @settings(
            max_examples=8, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def check(case: schemathesis.Case[Any]) -> None:
            case.call_and_validate(checks=CHECKS, headers=SESSION)

        check()
