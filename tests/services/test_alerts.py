"""Alerts: each change is told once, by a mail that a real server receives, whatever dies in between."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, NamedTuple

import pytest
from aiosmtpd.controller import Controller
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app import database
from app.errors import InvalidInput, NotFound
from app.queries import alerts
from app.rules.permissions import OPERATOR, Viewer
from app.services import send_digests as sending
from app.services.alert_feeds import alert_feed
from app.services.close_account import close_account, reopen_account
from app.services.document_kinds import LINE
from app.services.find_alerts import find_alerts
from app.services.remove_document import remove_document
from app.services.run_alerts import queue_alerts
from app.services.run_jobs import run_waiting_jobs
from app.services.save_document import save_document
from app.services.save_search import change_search, list_saved_searches, save_search, unsubscribe, watch_plan
from app.services.send_digests import send_digests
from tests.conftest import forget_settings
from tests.services.funding import a_line, a_plan, an_action, donor, enter_line, enter_plan, soon, team
from tests.services.stored import query

pytestmark = pytest.mark.usefixtures("database_url")


@pytest.fixture(autouse=True)
def forget_refusals() -> None:
    """The process remembers which mails were refused; tests are processes of their own."""
    sending._refused.clear()


class Died(BaseException):
    """The process ends here."""


def kinds(viewer: Viewer) -> list[tuple[int, str]]:
    """(line, kind) of every alert, in order."""
    ids = "SELECT line_id, alert.kind FROM alert JOIN saved_search ON saved_search.id = search_id WHERE user_id = "
    return [(line, kind) for line, kind in query(f"{ids}{viewer.user_id} ORDER BY alert.id")]


def look(later: timedelta = timedelta()) -> None:
    find_alerts(datetime.now(UTC) + later)


def test_what_was_there_when_the_search_was_saved_is_no_news() -> None:
    enter_line(donor(), a_line())
    reader = team()
    save_search(reader, "Children", {"q": ["protection"]}, "now")
    look()
    assert kinds(reader) == []


def test_each_kind_of_change_is_told_once() -> None:
    giver, reader = donor(), team()
    save_search(reader, "Cambodia", {"country": ["KH"]}, "now")
    number = enter_line(giver, a_line())
    look()
    save_document(giver, a_line(closes=soon(90)), number)
    look()
    save_document(giver, a_line(closes=soon(90), maximum=60_000_000), number)
    look()
    look(timedelta(days=80))
    remove_document(giver, LINE, number)
    look()
    look(timedelta(days=80))
    told = ["new", "deadline-moved", "amount-changed", "closing-soon", "withdrawn"]
    assert kinds(reader) == [(number, kind) for kind in told]


def test_a_change_that_moves_a_line_out_of_the_search_is_told() -> None:
    giver, reader = donor(), team()
    number = enter_line(giver, a_line())
    save_search(reader, "Soon", {"closes_by": [soon(70)]}, "now")
    save_document(giver, a_line(closes=soon(100)), number)
    look()
    look()
    save_document(giver, a_line(closes=soon(60)), number)
    look()
    assert kinds(reader) == [(number, "deadline-moved")] * 2


def test_a_line_that_is_no_longer_shared_is_told_without_its_texts() -> None:
    giver, reader = donor(), team()
    number = enter_line(giver, a_line())
    save_search(reader, "All", {}, "now")
    save_document(giver, a_line(title="Secret now", visibility="private"), number)
    look()
    assert kinds(reader) == [(number, "withdrawn")]
    assert "Secret" not in json.dumps(query("SELECT said FROM alert"))


def test_a_plan_is_watched_for_lines_that_fit_it() -> None:
    giver, keeper = donor(), team()
    watch_plan(keeper, enter_plan(keeper, a_plan("KH-NPA", an_action("7.3"))), "now")
    fits = enter_line(giver, a_line())
    enter_line(giver, a_line("OTHER", countries=("KE",)))
    look()
    assert kinds(keeper) == [(fits, "new")]
    with database.read() as connection:
        [shown] = list_saved_searches(connection, keeper)
    assert "For actions: 7.3." in shown.alerts[0][2]


# --- mail ----------------------------------------------------------------------------------


class Inbox:
    """What a mail server received, as aiosmtpd hands it over."""

    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802 (the library's)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@contextmanager
def mail_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    inbox = Inbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setenv("TESSERA_SMTP_URL", f"smtp://127.0.0.1:{port}/?from=tessera@example.org")
    monkeypatch.setenv("TESSERA_PUBLIC_URL", "https://tessera.example.org")
    forget_settings()
    try:
        yield inbox
    finally:
        controller.stop()


def test_a_mail_server_receives_the_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server(monkeypatch) as inbox:
        giver, reader = donor(), team()
        search = save_search(reader, "Cambodia\r\nBcc: x@example.org", {"country": ["KH"]}, "now")
        number = enter_line(giver, a_line(title="Protección de la niñez"))
        queue_alerts()
        run_waiting_jobs()
        queue_alerts()
        run_waiting_jobs()
        [mail] = inbox.mails
        token = query(f"SELECT token FROM saved_search WHERE id = {search}")[0][0]
        assert mail["To"] == "team@example.org"
        assert mail["Bcc"] is None
        assert mail["List-Unsubscribe"] == f"<https://tessera.example.org/unsubscribe/{token}>"
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        text = mail.get_content()
        assert "Protección de la niñez\r\nNew. Closes: ".replace("\r\n", "\n") in text.replace("\r\n", "\n")
        assert f"https://tessera.example.org/opportunities/{number}" in text


def test_daily_and_weekly_mails_wait_for_their_time() -> None:
    giver, reader = donor(), team()
    save_search(reader, "Day", {"country": ["KH"]}, "daily")
    save_search(reader, "Week", {"q": ["protection"]}, "weekly")
    sent: list[EmailMessage] = []
    start = datetime.now(UTC)
    for day in range(15):
        enter_line(giver, a_line(f"LINE-{day}", closes=soon(300)))
        find_alerts(start + timedelta(days=day, minutes=1))
        for hour in (1, 2):
            send_digests(start + timedelta(days=day, hours=hour), sent.append)
    subjects = [str(mail["Subject"]) for mail in sent]
    assert sum("“Week”" in one for one in subjects) == 2
    assert sum("“Day”" in one for one in subjects) == 14


def test_a_refused_mail_stays_and_holds_up_no_other() -> None:
    giver, reader, other = donor(), team(), team("other@example.org")
    for viewer in (reader, other):
        save_search(viewer, "All", {}, "now")
    enter_line(giver, a_line())
    look()
    sent: list[EmailMessage] = []

    def send(mail: EmailMessage) -> None:
        if mail["To"] == "team@example.org" and not sent:
            raise ConnectionRefusedError("no")
        sent.append(mail)

    now = datetime.now(UTC)
    assert send_digests(now, send) == 1
    assert send_digests(now, send) == 0
    assert send_digests(now + timedelta(hours=2), send) == 1
    assert sorted(str(mail["To"]) for mail in sent) == ["other@example.org", "team@example.org"]


def test_a_closed_account_gets_no_mail_and_its_feed_ends_until_it_is_opened_again() -> None:
    giver, reader = donor(), team()
    assert reader.user_id is not None
    save_search(reader, "All", {}, "now")
    enter_line(giver, a_line())
    look()
    token = query("SELECT token FROM saved_search")[0][0]
    sent: list[EmailMessage] = []
    with database.write() as connection:
        close_account(connection, OPERATOR, reader.user_id)
        with pytest.raises(NotFound):
            alert_feed(connection, token)
    assert send_digests(datetime.now(UTC), sent.append) == 0
    with database.write() as connection:
        reopen_account(connection, OPERATOR, reader.user_id)
        assert b"<entry>" in alert_feed(connection, token)
    assert send_digests(datetime.now(UTC), sent.append) == 1


def test_one_click_ends_the_mails_and_the_feed_goes_on() -> None:
    giver, reader = donor(), team()
    number = save_search(reader, "All", {}, "now")
    enter_line(giver, a_line())
    look()
    token = query("SELECT token FROM saved_search")[0][0]
    assert unsubscribe(token) == "All"
    enter_line(giver, a_line("TWO"))
    look()
    sent: list[EmailMessage] = []
    assert send_digests(datetime.now(UTC), sent.append) == 0
    change_search(reader, number, "now")
    assert send_digests(datetime.now(UTC), sent.append) == 0
    enter_line(giver, a_line("THREE"))
    look()
    assert send_digests(datetime.now(UTC), sent.append) == 1
    assert sent[0].get_content().count("/opportunities/") == 1
    with pytest.raises(NotFound):
        unsubscribe("no-such-token")


def test_a_search_is_somebodys_own() -> None:
    reader, other = team(), donor()
    number = save_search(reader, "All", {}, "now")
    assert save_search(reader, "Again", {}, "now") == number
    with pytest.raises(NotFound):
        change_search(other, number, "never")
    with pytest.raises(InvalidInput):
        save_search(reader, "All", {"closes_by": ["tomorrow"]})
    with pytest.raises(InvalidInput):
        change_search(reader, number, "hourly")


# --- any sequence of edits and crashes ----------------------------------------------------------


class Step(NamedTuple):
    """One edit of a line, or a run of the alerts that may die at `value`."""

    what: str
    line: int
    value: int


LINES = 3
EDITS = st.builds(Step, st.sampled_from(["deadline", "amount", "remove"]), st.integers(0, LINES - 1), st.integers(0, 4))
# 0: it lives; 1: before the alerts are written; 2: after, before what was seen is; 3: before a mail leaves; 4: after.
RUNS = st.builds(Step, st.just("run"), st.just(0), st.integers(0, 4))


class World:
    """The lines as they are, what a careful reader would have been told, and what the mail server received."""

    def __init__(self, name: str) -> None:
        self.giver, self.reader = donor(f"d{name}@example.org", f"XX-D-{name}"), team(f"t{name}@example.org")
        self.name, self.ids = name, dict[int, int]()
        self.now: dict[int, tuple[int, int]] = {}  # line -> (deadline, amount)
        self.seen: dict[int, tuple[int, int]] = {}
        self.known: set[int] = set()
        self.expected: list[tuple[int, str]] = []
        self.mails: list[tuple[str, str]] = []
        save_search(self.reader, name, {"donor": [f"XX-D-{name}"]}, "now")

    def edit(self, step: Step) -> None:
        deadline, amount = self.now.get(step.line, (0, 0))
        if step.what == "remove":
            if step.line in self.now:
                remove_document(self.giver, LINE, self.ids.pop(step.line))
                del self.now[step.line]
            return
        self.now[step.line] = (step.value, amount) if step.what == "deadline" else (deadline, step.value)
        deadline, amount = self.now[step.line]
        values = {"closes": soon(30 + deadline), "maximum": 40_000_000 + amount}
        saved = save_document(self.giver, a_line(f"L{step.line}", **values), self.ids.get(step.line))
        assert saved.id is not None
        self.ids[step.line] = saved.id

    def looked(self) -> None:
        """A look that was finished: lines are told apart by number, and one that was removed comes back as another."""
        there = {self.ids[line]: facts for line, facts in self.now.items()}
        for line in sorted({*there, *self.seen}):
            before, after = self.seen.get(line), there.get(line)
            if after is None:
                self.expected.append((line, "withdrawn"))
            elif before is None:
                self.expected.append((line, "new"))
            else:
                names = ("deadline-moved", "amount-changed")
                changed = zip(names, before, after, strict=True)
                self.expected += [(line, kind) for kind, old, new in changed if old != new]
        self.seen = there


def run(world: World, dies: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def send(mail: EmailMessage) -> None:
        if dies == 3:
            raise Died
        world.mails.append((str(mail["Message-ID"]), mail.get_content()))
        if dies == 4:
            raise Died

    def die(*_: Any, **__: Any) -> None:
        raise Died

    with monkeypatch.context() as patched, suppress(Died):
        if dies in (1, 2):
            patched.setattr(alerts, "insert_alerts" if dies == 1 else "update_search", die)
        find_alerts(datetime.now(UTC))
        patched.undo()
        world.looked()
        send_digests(datetime.now(UTC), send)


COUNT = iter(range(10**6))


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(EDITS, RUNS), max_size=14))
def test_any_sequence_of_edits_and_crashes_tells_each_change_once(steps: list[Step]) -> None:
    world, monkeypatch = World(str(next(COUNT))), pytest.MonkeyPatch()
    for step in steps:
        if step.what == "run":
            nothing = not world_has_news(world)
            run(world, 0 if nothing and step.value in (1, 2) else step.value, monkeypatch)
        else:
            world.edit(step)
    run(world, 0, monkeypatch)
    run(world, 0, monkeypatch)
    assert sorted(kinds(world.reader)) == sorted(world.expected)
    mails: dict[str, str] = {}
    for name, text in world.mails:
        assert mails.setdefault(name, text) == text, "a mail that goes out again is the same mail"
    told = "".join(mails.values())
    assert told.count("/opportunities/") == len(world.expected)
    with database.write() as connection:
        for row in alerts.list_searches(connection, world.reader.user_id or 0):
            alerts.delete_search(connection, row.id)


def world_has_news(world: World) -> bool:
    return {world.ids[line]: facts for line, facts in world.now.items()} != world.seen


DYING = """
import os, sys
from datetime import UTC, datetime
from app.services import send_digests as sending
from app.services.find_alerts import find_alerts
find_alerts(datetime.now(UTC))
def send(mail):
    sending.send_mail(mail)
    os._exit(9)
sending.send_digests(datetime.now(UTC), send)
"""


def test_a_process_that_dies_after_sending_leaves_a_mail_that_is_known_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server(monkeypatch) as inbox:
        giver, reader = donor(), team()
        save_search(reader, "All", {}, "now")
        enter_line(giver, a_line())
        assert subprocess.run([sys.executable, "-c", DYING], check=False).returncode == 9
        enter_line(giver, a_line("LATER"))
        look()
        assert send_digests(datetime.now(UTC)) == 1
        assert send_digests(datetime.now(UTC)) == 1
        assert send_digests(datetime.now(UTC)) == 0
    first, again, later = inbox.mails
    assert (first["Message-ID"], first.get_content()) == (again["Message-ID"], again.get_content())
    assert later["Message-ID"] != first["Message-ID"]
    assert "LATER" in later.get_content()
    assert "LATER" not in again.get_content()
