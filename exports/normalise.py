"""An activity as the IATI 2.03 schema wants it, whatever was read, with nothing lost.

Children come into the schema's order; a value that the product can read is written in the
schema's own form (`5e-10` as a plain decimal, a date without its time of day). What still does not
fit travels beside it under its own name in the namespace of kept parts, and mandatory parts that
the record lacks are added and marked; the import of such a file undoes both (app.models.kept).
"""

from collections.abc import Set as AbstractSet
from functools import lru_cache

from lxml import etree

from app.models.kept import ADDED, TEXT, attributes_of, drop_added, is_judged, kept_name, set_attributes
from app.models.parse_lines import parse_amount, parse_date
from app.models.record import XML_LANG
from exports.schema_203 import GLOBALS, KINDS, ROOT, Kind, activity_schema, is_value

# An amount without a value date is dated by its transaction, or by the start of its period.
_PERIOD = "period-start"
_DATED_BY = {"transaction": "transaction-date", "budget": _PERIOD, "planned-disbursement": _PERIOD}
# An activity-date is mandatory, and so is its day. Without a type it says nothing.
_NO_DAY = "1900-01-01"


def normalise(activity: etree._Element) -> etree._Element:
    """Bring `activity` (an `iati-activity`, changed in place) into the shape of the schema.

    Comments and processing instructions are left out. Doing it twice changes nothing.
    """
    etree.strip_tags(activity, etree.Comment, etree.ProcessingInstruction)
    for reporter in activity.findall("reporting-org"):
        _complete_reporter(reporter)
    if not _fit(activity, KINDS[ROOT]):
        _add_missing(activity)
    return activity


@lru_cache(maxsize=65536)
def fit_value(kind: str, text: str) -> str | None:
    """`text` as a value of the simple type `kind`, read as the product reads it; None if it is none."""
    if is_value(kind, text):
        return text
    if kind == "decimal" and (number := parse_amount(text)) is not None:
        written = f"{number:f}"
        return written if is_value(kind, written) else None
    if kind == "date" and (day := parse_date(text)) is not None:
        return day.isoformat()
    if kind == "boolean" and (word := text.strip().lower()) in ("true", "false"):
        return word
    return None


# --- one element ---------------------------------------------------------------------------


def _fit(element: etree._Element, kind: Kind) -> bool:
    """Bring `element` and all in it into the shape of `kind`; False if it can't be: it must be kept."""
    if len(element) and GLOBALS.get(element.tag) == kind.name and activity_schema().validate(element):
        return True  # libxml2 knows this at once
    if not _fit_attributes(element, kind):
        return False
    if kind.text is not None:
        return _fit_text(element, kind.text)
    _set_text_aside(element)
    if not len(element):
        return not kind.mandatory
    if kind.name in _DATED_BY:
        _lend_date(element, _DATED_BY[kind.name])
    return kind.mandatory <= _fit_children(element, kind)


def _fit_attributes(element: etree._Element, kind: Kind) -> bool:
    for name, value in attributes_of(element):
        expected = kind.attributes.get(name) or ("lang" if name == XML_LANG else None)
        if expected is None and name.startswith("{") and not is_judged(name):
            if kind.is_closed:
                return False
            continue
        given = value.strip().removesuffix("%").rstrip() if name == "percentage" and "%" in value else value
        fitted = None if expected is None else fit_value(expected, given)
        if kind.is_closed and (fitted is None or name not in kind.attributes):
            return False
        if fitted is None:
            _set_attribute_aside(element, name)
        elif fitted != value:
            element.set(name, fitted)
    return kind.required.issubset(element.keys())


def _fit_text(element: etree._Element, kind: str) -> bool:
    text = element.text or ""
    fitted = fit_value(kind, text)
    if fitted is None or len(element):
        return False
    if fitted != text:
        element.text = fitted
    return True


def _fit_children(element: etree._Element, kind: Kind) -> AbstractSet[str]:
    """Put the children that fit in the schema's order, the others behind them; the names of the first."""
    fitting: dict[str, list[etree._Element]] = {}
    others = []
    before = list(element)
    for child in before:
        place = kind.children.get(child.tag)
        # Tried even if there is no room, so that it is kept in the same shape whatever stands before it.
        fits = place is not None and _fit(child, KINDS[place.kind])
        if place and fits and (place.repeated or child.tag not in fitting):
            fitting.setdefault(child.tag, []).append(child)
        else:
            _set_aside(child)
            others.append(child)
    names = sorted(fitting, key=lambda name: kind.children[name].position)
    after = [child for name in names for child in fitting[name]] + others
    if after != before:
        element.extend(after)
    return fitting.keys()


# --- what is kept --------------------------------------------------------------------------


def _set_aside(element: etree._Element) -> None:
    """Rename all in `element` that the schema would refuse, so that it may stand behind its siblings."""
    drop_added(element)
    if element.tag.startswith("{"):
        _shield(element)
        return
    for node in element.iter():
        is_ours = not node.tag.startswith("{")
        _rename_attributes(node, all_of_them=is_ours)
        node.tag = kept_name(node.tag)


def _shield(element: etree._Element) -> None:
    """Set aside what would be refused within `element`, which is of another namespace."""
    if element.tag not in GLOBALS:
        _rename_attributes(element, all_of_them=False)
        for child in element:
            _shield(child)
    elif not activity_schema().validate(element):
        _set_aside(element)


def _may_stay(name: str, value: str) -> bool:
    if name == "value-date":
        return is_value("date", value)
    return is_value("lang", value) if name == XML_LANG else not is_judged(name)


def _rename_attributes(element: etree._Element, *, all_of_them: bool) -> None:
    items = attributes_of(element)
    renamed = [(kept_name(name) if all_of_them or not _may_stay(name, value) else name, value) for name, value in items]
    if renamed != items:
        set_attributes(element, renamed)


def _set_attribute_aside(element: etree._Element, name: str) -> None:
    value = element.get(name, "")
    del element.attrib[name]
    element.set(kept_name(name), value)


def _set_text_aside(element: etree._Element) -> None:
    """Put text between children into an element of its own; drop the white space there."""
    text = element.text or ""
    element.text = None
    for child in element:
        if child.tail:
            text += child.tail
            child.tail = None
    if text.strip():
        etree.SubElement(element, TEXT).text = text.strip()


# --- what is added -------------------------------------------------------------------------


def _lend_date(element: etree._Element, source: str) -> None:
    """Date an amount by its transaction or period, or else a transaction by its amount."""
    values = list(element.iterchildren("value"))
    days = [fit_value("date", dated.get("iso-date", "")) for dated in element.iterchildren(source)]
    day = next(filter(None, days), None)
    for value in values:
        if day and not _own_date(value):
            if "value-date" in value.attrib:
                _set_attribute_aside(value, "value-date")
            value.set("value-date", day)
            value.set(ADDED, "value-date")
    if not days and source == "transaction-date":
        own = next(filter(None, map(_own_date, filter(_is_amount, values))), None)
        if own:
            etree.SubElement(element, source, {"iso-date": own, ADDED: "true"})


def _own_date(value: etree._Element) -> str | None:
    return fit_value("date", value.get("value-date", ""))


def _is_amount(value: etree._Element) -> bool:
    return not len(value) and fit_value("decimal", value.text or "") is not None


def _complete_reporter(reporter: etree._Element) -> None:
    """Let a reporter of whom only a part is known stay the reporter."""
    missing = [name for name in ("ref", "type") if name not in reporter.attrib]
    for name in missing:
        reporter.set(name, "")
    if missing:
        reporter.set(ADDED, " ".join(missing))
    reporter.text = (reporter.text or "").strip() or None
    if reporter.find("narrative") is None:
        known_as = reporter.text or reporter.get("ref")
        etree.SubElement(reporter, "narrative", {ADDED: "true"}).text = known_as or None


def _add_missing(activity: etree._Element) -> None:
    """Add the mandatory children that are missing: the identifier as title, the title as description."""
    for name, child in KINDS[ROOT].children.items():
        if child.required and activity.find(name) is None:
            known_as = activity.findtext("title/narrative") or activity.findtext("iati-identifier") or ""
            text = known_as if name in ("title", "description") else ""
            earlier = [e for e in activity if _position_of(e) < child.position]
            activity.insert(len(earlier), _build_added(name, KINDS[child.kind], text))


def _build_added(name: str, kind: Kind, text: str) -> etree._Element:
    added = etree.Element(name)
    for attribute, expected in kind.attributes.items():
        if attribute in kind.required:
            added.set(attribute, _NO_DAY if expected == "date" else "")
    added.set(ADDED, "true")
    if "narrative" in kind.mandatory:
        etree.SubElement(added, "narrative").text = text or None
    return added


def _position_of(element: etree._Element) -> int:
    places = KINDS[ROOT].children
    return places[element.tag].position if element.tag in places else len(places)
