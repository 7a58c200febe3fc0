"""Turn back what an export of ours carried apart, so that the record is again as it was read."""

from typing import cast

from lxml import etree

from app.models.kept import KEPT_NS, TEXT, attributes_of, drop_added, plain_name, set_attributes
from app.models.record import TESSERA_NS

_CARRIED = etree.XPath(
    "descendant-or-self::*[self::k:* or self::t:text or @k:* or"
    " @t:*[starts-with(local-name(), 'xml-') or starts-with(local-name(), 'xsi-')]]",
    namespaces={"k": KEPT_NS, "t": TESSERA_NS},
)


def restore_kept(element: etree._Element) -> bool:
    """Give the parts of an activity that travelled apart their own names, and drop what was added; whether there was any.

    To be called where the file names the namespace (TESSERA_NS); changes `element` in place and
    keeps the line numbers. What the product itself says in that namespace (areas, columns) stays.
    """
    had_more = drop_added(element)
    nodes = cast("list[etree._Element]", _CARRIED(element))
    for node in nodes:
        if node.tag == TEXT:
            _put_text_back(node)
        else:
            node.tag = plain_name(node.tag)
            set_attributes(node, [(plain_name(name), value) for name, value in attributes_of(node)])
    return had_more or bool(nodes)


def _put_text_back(node: etree._Element) -> None:
    parent = node.getparent()
    if parent is not None:
        parent.text = node.text
        parent.remove(node)
