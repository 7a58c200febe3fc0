"""How an export carries what the IATI schema has no place for, so that nothing is lost on the way.

What does not fit stands under its own name in a namespace of its own, elements and attributes
alike; what the schema demands and the record lacks is added and marked. Exports write these
names, the import of such a file turns them back: this page is what both agree on.
"""

from typing import cast

from lxml import etree

from app.models.record import TESSERA_NS

KEPT_NS = f"{TESSERA_NS}/kept"
# On an element: "true" (the element was added), or the names of the attributes that were added.
ADDED = f"{{{TESSERA_NS}}}added"
# The text of an element that may have none, as that element's last child.
TEXT = f"{{{TESSERA_NS}}}text"
XML_NS = "http://www.w3.org/XML/1998/namespace"
XSI_NS = "http://www.w3.org/2001/XMLSchema-instance"
# Prefixes for whoever writes such names anywhere in a tree.
etree.register_namespace("tessera", TESSERA_NS)
etree.register_namespace("kept", KEPT_NS)
_PREFIXES = {f"{{{XML_NS}}}": f"{{{TESSERA_NS}}}xml-", f"{{{XSI_NS}}}": f"{{{TESSERA_NS}}}xsi-"}
_WITH_ADDED = etree.XPath("descendant-or-self::*[@t:added]", namespaces={"t": TESSERA_NS})


def attributes_of(element: etree._Element) -> list[tuple[str, str]]:
    """Names and values of the attributes of `element`, in their order."""
    return cast("list[tuple[str, str]]", element.items())


def set_attributes(element: etree._Element, items: list[tuple[str, str]]) -> None:
    """Give `element` these attributes, in this order, instead of those that it has."""
    element.attrib.clear()
    element.attrib.update(items)


def is_judged(name: str) -> bool:
    """Whether a schema judges an attribute of this name on any element, of other namespaces too."""
    return name.startswith(tuple(_PREFIXES))


def kept_name(name: str) -> str:
    """The name under which an element or attribute travels; names of other namespaces stay."""
    if not name.startswith("{"):
        return f"{{{KEPT_NS}}}{name}"
    for plain, kept in _PREFIXES.items():
        name = name.replace(plain, kept)
    return name


def plain_name(name: str) -> str:
    """The name of which `kept_name` made this one."""
    for plain, kept in _PREFIXES.items():
        name = name.replace(kept, plain)
    return name.removeprefix(f"{{{KEPT_NS}}}")


def drop_added(element: etree._Element) -> bool:
    """Take out what an export added to `element` and to the elements in it; whether there was anything."""
    nodes = cast("list[etree._Element]", _WITH_ADDED(element))
    for node in nodes:
        names = (node.get(ADDED) or "").split()
        parent = node.getparent()
        if names == ["true"] and parent is not None:
            parent.remove(node)
            if not len(parent) and not (parent.text or "").strip():
                parent.text = None
        set_attributes(node, [item for item in attributes_of(node) if item[0] not in (ADDED, *names)])
    return bool(nodes)
