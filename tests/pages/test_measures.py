"""What a monitoring system collects."""

import re

from prometheus_client.parser import text_string_to_metric_families

from app import database
from app.queries.jobs import add_job
from app.services.import_portfolio import ImportResult
from tests.pages.conftest import People


def collect(people: People) -> dict[tuple[str, ...], float]:
    """(name, labels...) -> value."""
    answer = people.nobody.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (one.name, *one.labels.values()): one.value
        for family in text_string_to_metric_families(answer.text)
        for one in family.samples
    }


def test_requests_jobs_imports_and_projects_are_counted(people: People, portfolio: ImportResult) -> None:
    before = collect(people)
    people.owner.get("/portfolio")
    people.nobody.get("/portfolio")
    people.owner.get("/nothing/is/here")
    people.owner.get("/nothing/is/there")
    with database.write() as connection:
        add_job(connection, "fetch", {})
    after = collect(people)

    def more(*key: str) -> float:
        return after[key] - before.get(key, 0)

    assert more("tessera_request_seconds_count", "GET", "/portfolio", "200") == 1
    assert more("tessera_request_seconds_count", "GET", "none", "404") == 2
    assert after["tessera_activities",] == 2
    assert after["tessera_imports", "committed"] == 1
    assert after["tessera_jobs", "fetch", "waiting"] == 1
    assert 0 < after["tessera_oldest_job_seconds",] < 60
    assert before["tessera_oldest_job_seconds",] == 0


def test_nothing_of_anybodys_data_is_told(people: People, portfolio: ImportResult) -> None:
    people.owner.get("/organisations/XM-DAC-6-4")
    text = people.nobody.get("/metrics").text
    assert not re.search(r"XM-DAC|Schools|example\.org", text)
