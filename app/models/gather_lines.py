"""The lines of an activity: what `read_record` needs of its element, gathered by reading.xsl."""

import re
import secrets
import threading
from pathlib import Path

from lxml import etree

# XML can't hold these, so neither can a stylesheet: it writes two private-use characters in their place, drawn anew
# by each process, so that no file can hold those on purpose.
END_OF_FIELD, END_OF_LINE = "\x1f", "\x1e"
_FIRST, _SECOND = secrets.SystemRandom().sample(range(0xF0000, 0xFFFFE), 2)
_NEW_ACTIVITY = f"A{END_OF_FIELD}"
_TEXT = re.compile(f"{END_OF_LINE}[ne]{END_OF_FIELD}[^{END_OF_FIELD}]*{END_OF_FIELD}([^{END_OF_LINE}]*)")
_LOCAL = threading.local()


def _stylesheet() -> etree.XSLT:
    """The stylesheet, compiled once for each thread."""
    if not hasattr(_LOCAL, "stylesheet"):
        text = Path(__file__).with_name("reading.xsl").read_text(encoding="utf-8")
        text = text.replace("&u;", f"&#{_FIRST};").replace("&r;", f"&#{_SECOND};")
        _LOCAL.stylesheet = etree.XSLT(etree.fromstring(text.encode()))
    found: etree.XSLT = _LOCAL.stylesheet
    return found


def gather(element: etree._Element) -> list[str]:
    """The lines of `element`, or of each activity right below it: one text an activity."""
    told = bytes(_stylesheet()(element))
    text = told.replace(chr(_FIRST).encode(), b"\x1f").replace(chr(_SECOND).encode(), b"\x1e").decode()
    return [_NEW_ACTIVITY + one for one in f"{END_OF_LINE}{text}".split(END_OF_LINE + _NEW_ACTIVITY)[1:]]


def texts_in(lines: str) -> str:
    """Titles and descriptions in the lines of an activity, each once."""
    said = (text.strip() for text in _TEXT.findall(lines))
    return "\n".join(dict.fromkeys(filter(None, said)))
