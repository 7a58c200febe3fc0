"""Mail what saved searches have to tell: one mail a search, sent and then marked as sent.

The alerts of a mail are fixed before it leaves. If the process ends between sending and marking, the same mail goes
out again with the same Message-ID, by which mail programs know it.
"""

import logging
import smtplib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from app import database
from app.languages import gettext as _
from app.languages import speaking
from app.queries import alerts
from app.rules.permissions import Viewer
from app.services.alert_words import alert_title, alert_words
from app.settings import settings

TIMEOUT = 30  # seconds
PAUSE = timedelta(hours=1)  # before a mail that was refused is tried again
_refused: dict[int, datetime] = {}
log = logging.getLogger(__name__)
# An address that is one word must stay on the line of its header.
WIDE = policy.SMTP.clone(max_line_length=400)
Send = Callable[[EmailMessage], None]


def send_digests(now: datetime, send: Send | None = None) -> int:
    """Send every mail that is due; how many. One that can't be sent stays, and holds up no other."""
    if not (send or settings().smtp_url):
        return 0
    with database.write() as connection:
        due = alerts.due_search_ids(connection, now)
    return sum(_send_one(number, now, send or send_mail) for number in due if _refused.get(number, now) <= now)


def _send_one(search_id: int, now: datetime, send: Send) -> bool:
    with database.write() as connection:
        search = alerts.lock_search(connection, search_id)
        rows = alerts.claim_delivery(connection, search_id) if search else []
        viewer = alerts.viewer_of(connection, search.user_id) if rows else None
    if viewer is None:
        return False
    try:
        send(build_digest(viewer, search, rows))
    except (OSError, smtplib.SMTPException) as error:
        log.warning("the mail of saved search %s was not sent: %s", search_id, error)
        _refused[search_id] = now + PAUSE
        return False
    with database.write() as connection:
        alerts.mark_sent(connection, search_id, rows[0].delivery, now)
    return True


def build_digest(viewer: Viewer, search: Any, rows: list[Any]) -> EmailMessage:
    """The mail, in its reader's language; it says the same whenever it is made from these alerts."""
    base, stop = settings().public_url, f"{settings().public_url}/unsubscribe/{search.token}"
    message = EmailMessage(WIDE)
    with speaking(viewer.locale):
        message["Subject"] = _("Tessera: %(count)s news for “%(name)s”") % {
            "count": len(rows),
            "name": _line(search.name),
        }
        blocks = [f"{alert_title(row)}\n{alert_words(row)}\n{base}/opportunities/{row.line_id}" for row in rows]
        end = _("You asked to be told of this on %(address)s. Stop these mails with one click: %(stop)s")
        blocks.append("-- \n" + end % {"address": f"{base}/alerts", "stop": stop})
    message["To"], message["From"] = (
        viewer.email,
        parse_qs(urlsplit(settings().smtp_url).query).get("from", [viewer.email])[0],
    )
    message["Date"] = format_datetime(_aware(rows[-1].made_at))
    message["Message-ID"] = f"<tessera-{rows[0].delivery}-{search.token[:12]}@{urlsplit(base).hostname}>"
    message["List-Unsubscribe"] = f"<{stop}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n\n".join(blocks) + "\n")
    return message


def _line(text: str) -> str:
    """A header has one line."""
    return " ".join(text.split())


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def send_mail(message: EmailMessage) -> None:
    """By the server of TESSERA_SMTP_URL, with TLS wherever it offers it. Raises OSError, SMTPException."""
    url = urlsplit(settings().smtp_url)
    kind = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
    with kind(url.hostname or "", url.port or (465 if url.scheme == "smtps" else 25), timeout=TIMEOUT) as server:
        server.ehlo()
        if url.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls()
            server.ehlo()
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(message)
