"""Small IATI files as text, for tests that say themselves what an activity holds."""

from xml.sax.saxutils import escape, quoteattr

FRAMEWORK = "florence-2008"


def iati(*activities: str, version: str = "2.03") -> str:
    """A file with these activities, each on lines of its own; the first one starts on line 3."""
    head = f'<iati-activities version="{version}" xmlns:tessera="https://tessera.example/ns/iati">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *activities, "</iati-activities>", ""])


def activity(
    identifier: str, *parts: str, reporter: str = "XX-1", title: str = "Safe schools", currency: str = "USD",
    secondary: bool = False, hierarchy: int | None = None,
) -> str:  # fmt: skip
    """An activity with these parts; its reporter is its donor unless the parts name another one."""
    level = "" if hierarchy is None else f' hierarchy="{hierarchy}"'
    second = ' secondary-reporter="1"' if secondary else ""
    return "\n".join([
        f'<iati-activity default-currency="{currency}" xml:lang="en"{level}>',
        f"  <iati-identifier>{escape(identifier)}</iati-identifier>",
        f'  <reporting-org ref="{reporter}" type="10"{second}><narrative>Donor {reporter}</narrative></reporting-org>',
        f"  <title><narrative>{escape(title)}</narrative></title>",
        *(f"  {part}" for part in parts),
        "</iati-activity>",
    ])  # fmt: skip


def _element(tag: str, content: str = "", **attributes: object) -> str:
    """An element with the attributes that have a value; '_' in a name stands for '-'."""
    said = "".join(
        f" {name.replace('_', '-')}={quoteattr(str(value))}" for name, value in attributes.items() if value is not None
    )
    return f"<{tag}{said}>{content}</{tag}>"


def country(code: str, percentage: object = None) -> str:
    return _element("recipient-country", code=code, percentage=percentage)


def region(code: str, percentage: object = None, vocabulary: str | None = None) -> str:
    return _element("recipient-region", code=code, percentage=percentage, vocabulary=vocabulary)


def sector(code: str, percentage: object = None, vocabulary: str | None = "1") -> str:
    return _element("sector", code=code, percentage=percentage, vocabulary=vocabulary)


def organisation(role: str, ref: str = "", name: str = "", kind: str | None = None) -> str:
    return _element(
        "participating-org",
        f"<narrative>{escape(name)}</narrative>" if name else "",
        role=role,
        ref=ref or None,
        type=kind,
    )


def description(text: str) -> str:
    return f'<description type="1"><narrative>{escape(text)}</narrative></description>'


def related(kind: str, ref: str) -> str:
    return _element("related-activity", type=kind, ref=ref)


def area(code: str, share: object = None, framework: str = FRAMEWORK, said: str = "") -> str:
    """An area as a tag; `said` holds further attributes of ours."""
    uri = f"https://tessera.example/frameworks/{framework}"
    ours = f' tessera:share="{share}"' if share is not None else ""
    return f'<tag vocabulary="99" vocabulary-uri="{uri}" code="{code}"{ours}{said}/>'


def transaction(
    kind: str, day: str, value: object, *parts: str, currency: str | None = None, provider: str | None = None,
    provider_activity: str | None = None, receiver: str | None = None, receiver_activity: str | None = None,
) -> str:  # fmt: skip
    """A transaction whose value date is its day; `parts` are its own sectors and countries."""
    lines = [
        _element("transaction-type", code=kind),
        _element("transaction-date", iso_date=day),
        _element("value", str(value), currency=currency, value_date=day),
    ]
    if provider or provider_activity:
        lines.append(_element("provider-org", ref=provider, provider_activity_id=provider_activity))
    if receiver or receiver_activity:
        lines.append(_element("receiver-org", ref=receiver, receiver_activity_id=receiver_activity))
    return "\n    ".join(["<transaction>", *lines, *parts]) + "\n  </transaction>"


def spent(day: str, value: object, *parts: str, **said: str) -> str:
    """A disbursement."""
    return transaction("3", day, value, *parts, **said)


def committed(day: str, value: object, *parts: str, **said: str) -> str:
    return transaction("2", day, value, *parts, **said)


def budget(start: str, end: str, value: object, kind: str | None = None, currency: str | None = None) -> str:
    content = (
        _element("period-start", iso_date=start)
        + _element("period-end", iso_date=end)
        + _element("value", str(value), currency=currency, value_date=start)
    )
    return _element("budget", content, type=kind)
