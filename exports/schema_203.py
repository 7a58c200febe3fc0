"""What IATI 2.03 allows in an activity, as one table, and the judge that is built from it.

Each line is a kind of element: its name, `closed` where foreign attributes are not allowed, `=TYPE`
where it holds text, its attributes (`@name:TYPE`, `!` where required, TYPE `string` if not given)
and, after `>`, its children in the order that the standard asks for (`name=KIND`, where the kind has
another name; then `?`, `*` or `+` as usual, nothing for exactly one). Elements without text may end
with elements of other namespaces; that rule has no exception, so the table does not repeat it.
The facts are those of the official schema, version 2.03; a test compares the two.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, NamedTuple

from lxml import etree

from app.models.kept import XML_NS

ROOT = "iati-activity"

_TABLE = """
iati-activity @last-updated-datetime:dateTime @xml:lang:lang @default-currency @humanitarian:boolean
  @hierarchy:int @linked-data-uri:anyURI @budget-not-provided > iati-identifier=string reporting-org
  title=text description+ participating-org+ other-identifier* activity-status=code activity-date+
  contact-info* activity-scope=code? recipient-country* recipient-region* location* sector* tag*
  country-budget-items? humanitarian-scope* policy-marker* collaboration-type=code?
  default-flow-type=code? default-finance-type=code? default-aid-type=aid-type* default-tied-status=code?
  budget* planned-disbursement* capital-spend? transaction* document-link* related-activity* legacy-data*
  conditions? result* crs-add? fss?

narrative =string @xml:lang:lang
text > narrative+
description @type > narrative+
string =string
uri =anyURI
plain closed =string
number closed =decimal
code @code!
day @iso-date!:date
money =decimal @currency @value-date!:date

reporting-org @ref! @type! @secondary-reporter:boolean > narrative+
participating-org @ref @type @role! @activity-id @crs-channel-code > narrative*
other-identifier @ref! @type! > owner-org?
owner-org @ref > narrative*
activity-date @type! @iso-date!:date > narrative*
contact-info @type > organisation=text? department=text? person-name=text? job-title=text?
  telephone=string* email=string* website=uri* mailing-address=text*
recipient-country @code! @percentage:decimal > narrative*
recipient-region @code! @vocabulary @vocabulary-uri:anyURI @percentage:decimal > narrative*
sector @vocabulary @vocabulary-uri:anyURI @code! @percentage:decimal > narrative*
tag @code! @vocabulary! @vocabulary-uri:anyURI > narrative*
humanitarian-scope @type! @vocabulary! @vocabulary-uri:anyURI @code! > narrative*
policy-marker @vocabulary @vocabulary-uri:anyURI @code! @significance > narrative*
aid-type @code! @vocabulary
related-activity closed @ref! @type!
legacy-data closed @name! @value! @iati-equivalent:NMTOKEN
country-budget-items @vocabulary! > budget-item+
budget-item @code! @percentage:decimal > description=text?
conditions @attached!:boolean > condition*
condition closed @type! > narrative+

location @ref > location-reach=code? location-id* name=text? description=text? activity-description=text?
  administrative* point? exactness=code? location-class=code? feature-designation=code?
location-id @code! @vocabulary!
administrative @code! @vocabulary! @level:nonNegativeInteger
point @srsName! > pos=plain

budget @type @status > period-start=day period-end=day value=money
planned-disbursement @type > period-start=day period-end=day? value=money provider-org? receiver-org?
capital-spend @percentage!:decimal
transaction @ref @humanitarian:boolean > transaction-type=code transaction-date=day value=money
  description=text? provider-org? receiver-org? disbursement-channel=code? sector=flow-sector*
  recipient-country=flow-country? recipient-region=flow-region? flow-type=code? finance-type=code?
  aid-type* tied-status=code?
provider-org @ref @provider-activity-id @type > narrative*
receiver-org @ref @receiver-activity-id @type > narrative*
flow-sector @vocabulary @vocabulary-uri:anyURI @code! > narrative*
flow-country @code! > narrative*
flow-region @code! @vocabulary @vocabulary-uri:anyURI > narrative*

document-link @url!:anyURI @format! > title=text description=text? category=code+ language=code*
  document-date=day?
result @type! @aggregation-status:boolean > title=text description=text? document-link*
  reference=result-reference* indicator+
result-reference @code! @vocabulary! @vocabulary-uri:anyURI
indicator @measure! @ascending:boolean @aggregation-status:boolean > title=text description=text?
  document-link* reference=indicator-reference* baseline* period*
indicator-reference @vocabulary! @code! @indicator-uri:anyURI
baseline @iso-date:date @year!:positiveInteger @value > location=place* dimension* document-link*
  comment=text?
period > period-start=day period-end=day target=measured* actual=measured*
measured closed @value > location=place* dimension* comment=text? document-link*
place @ref
dimension @name @value

crs-add > other-flags* loan-terms? loan-status? channel-code=plain?
other-flags @code! @significance!:boolean
loan-terms @rate-1:decimal @rate-2:decimal > repayment-type=code? repayment-plan=code?
  commitment-date=day? repayment-first-date=day? repayment-final-date=day?
loan-status @year!:decimal @currency @value-date!:date > interest-received=number?
  principal-outstanding=number? principal-arrears=number? interest-arrears=number?
fss @extraction-date!:date @priority:boolean @phaseout-year:decimal > forecast*
forecast =decimal @year!:decimal @currency @value-date:date
"""
_ATTRIBUTE = re.compile(r"@([\w:-]+?)(!?)(?::(\w+))?$")
_CHILD = re.compile(r"([\w-]+)(?:=([\w-]+))?([?*+]?)$")


class Child(NamedTuple):
    """One kind of child: where it stands among its siblings, its kind and how often it may occur."""

    position: int
    kind: str
    required: bool
    repeated: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """What one kind of element may hold; `text` is the type of its text, None where it has none."""

    name: str
    text: str | None
    is_closed: bool
    attributes: dict[str, str]
    required: frozenset[str]
    children: dict[str, Child]
    mandatory: frozenset[str]


def _read_kind(line: str) -> Kind:
    head, _, tail = line.partition(">")
    name, *words = head.split()
    attributes = [match.groups() for word in words if (match := _ATTRIBUTE.match(word))]
    children = {}
    for position, word in enumerate(tail.split()):
        child, kind, occurs = _CHILD.match(word).groups()  # type: ignore[union-attr]
        children[child] = Child(position, kind or child, occurs in ("", "+"), occurs in ("*", "+"))
    return Kind(
        name,
        next((word[1:] for word in words if word.startswith("=")), None),
        "closed" in words,
        {attribute.replace("xml:", f"{{{XML_NS}}}"): kind or "string" for attribute, _, kind in attributes},
        frozenset(attribute for attribute, required, _ in attributes if required),
        children,
        frozenset(child for child, place in children.items() if place.required),
    )


KINDS = {kind.name: kind for kind in map(_read_kind, filter(None, re.sub(r"\n +", " ", _TABLE).split("\n")))}
# Names that the official schema declares for any place: it judges them in elements of other namespaces too.
GLOBALS = {name: child.kind for name, child in KINDS[ROOT].children.items() if name != "document-link"} | {
    "description": "text", "comment": "text", "dimension": "dimension", "narrative": "narrative"
}  # fmt: skip


# --- the judge -----------------------------------------------------------------------------

_XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'
_LANG = """<xs:simpleType><xs:union memberTypes="xs:language"><xs:simpleType><xs:restriction base="xs:string">
<xs:enumeration value=""/></xs:restriction></xs:simpleType></xs:union></xs:simpleType>"""
# The official schema judges xml:id, xml:base and xml:space too. No activity needs them: nothing fits
# this type, so that they are kept aside like whatever else does not fit.
_NEVER = """<xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="&#xE000;"/>
</xs:restriction></xs:simpleType>"""
_XML_ATTRIBUTES = f"""<xs:schema {_XS} targetNamespace="{XML_NS}">
<xs:attribute name="lang">{_LANG}</xs:attribute>
<xs:attribute name="id">{_NEVER}</xs:attribute><xs:attribute name="base">{_NEVER}</xs:attribute>
<xs:attribute name="space">{_NEVER}</xs:attribute></xs:schema>"""
_FOREIGN = '<xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>'
_FOREIGN_ATTRIBUTES = '<xs:anyAttribute namespace="##other" processContents="lax"/>'


class _XmlAttributes(etree.Resolver):
    """Gives libxml2 the declarations of xml:lang and its like from memory."""

    def resolve(self, *request: Any) -> Any:
        return self.resolve_string(_XML_ATTRIBUTES, request[-1])  # type: ignore[call-arg]  # stubs lag behind


def _attributes_xsd(kind: Kind) -> str:
    declared = []
    for name, simple in kind.attributes.items():
        use = "required" if name in kind.required else "optional"
        named = 'ref="xml:lang"' if simple == "lang" else f'name="{name}" type="xs:{simple}"'
        declared.append(f'<xs:attribute {named} use="{use}"/>')
    return "".join(declared) + ("" if kind.is_closed else _FOREIGN_ATTRIBUTES)


def _kind_xsd(kind: Kind) -> str:
    if kind.text:
        base = f'<xs:extension base="xs:{kind.text}">{_attributes_xsd(kind)}</xs:extension>'
        return f'<xs:complexType name="{kind.name}"><xs:simpleContent>{base}</xs:simpleContent></xs:complexType>'
    children = "".join(
        f'<xs:element name="{name}" type="{child.kind}" minOccurs="{int(child.required)}"'
        f' maxOccurs="{"unbounded" if child.repeated else 1}"/>'
        for name, child in kind.children.items()
    )
    content = f"<xs:sequence>{children}{_FOREIGN}</xs:sequence>{_attributes_xsd(kind)}"
    return f'<xs:complexType name="{kind.name}">{content}</xs:complexType>'


@cache
def activity_schema() -> etree.XMLSchema:
    """The judge of an `iati-activity`, or of one of GLOBALS, for libxml2 to run.

    It is built from the table, and never laxer than the official schema.
    """
    elements = "".join(f'<xs:element name="{n}" type="{k}"/>' for n, k in {ROOT: ROOT, **GLOBALS}.items())
    parser = etree.XMLParser()
    parser.resolvers.add(_XmlAttributes())
    text = f"""<xs:schema {_XS}><xs:import namespace="{XML_NS}" schemaLocation="memory:xml"/>{elements}
<xs:attribute name="value-date" type="xs:date"/>{"".join(map(_kind_xsd, KINDS.values()))}</xs:schema>"""
    return etree.XMLSchema(etree.fromstring(text, parser))


@cache
def _value_schema(kind: str) -> etree.XMLSchema:
    declared = f">{_LANG}</xs:element>" if kind == "lang" else f' type="xs:{kind}"/>'
    return etree.XMLSchema(etree.fromstring(f'<xs:schema {_XS}><xs:element name="v"{declared}</xs:schema>'))


@lru_cache(maxsize=65536)
def is_value(kind: str, text: str) -> bool:
    """Whether `text` is a value of the simple type `kind` ('decimal', 'date', 'lang', ...)."""
    if kind == "string":
        return True
    element = etree.Element("v")
    element.text = text
    return _value_schema(kind).validate(element)
