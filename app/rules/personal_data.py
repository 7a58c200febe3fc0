"""Finds what may tell who a child is, or where a shelter stands: so that nobody publishes it by oversight.

Names with ages, telephone numbers, private e-mail addresses, home addresses, case numbers, and addresses or
coordinates of shelters, in English, French, Spanish, Italian, Portuguese and Arabic. The patterns are narrow: what
every tenth project text holds would soon be waved through. Our own rule.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal, NamedTuple

import ahocorasick

from app.codelists import codes, name_of
from app.codelists.babel_names import territory_name

Kind = Literal["name-age", "phone", "e-mail", "address", "case-number", "shelter-address"]
OLDEST_CHILD = 17
LANGUAGES = ("en", "fr", "es", "it", "pt")
NEARBY = 90  # characters between an address and the words that make it somebody's home, or a shelter

_NAME = r"[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ'’-]+(?:\s[A-ZÀ-ÖØ-Þ](?:[a-zß-öø-ÿ'’-]+|\.)){0,2}"
_RANGE = r"(?!\s*(?:-|–|to\b|and\b|or\b|à\b|et\b|a\b|y\b|e\b|o\b|ou\b|años y|anni e)\s*\d)(?!\s*(?:-|–)\s*\d)"
_PERSON = (
    r"girl|boy|child|daughter|son|victim|survivor|pupil|fille|fillette|garçon|enfant|élève|victime|niñ[ao]|menor|"
    r"alumn[ao]|víctima|bambin[ao]|ragazz[ao]|minore|vittima|menin[ao]|crianca|criança|rapariga|vítima"
)
_AGES = re.compile(
    rf"(?P<a>{_NAME}),?\s*\(?\s*(?:is|was|aged|age|now|who is)?\s*(?P<x>\d{{1,2}})[\s-]*(?:years?|yrs?)[\s-]*(?:old|of age)"
    rf"|(?P<b>{_NAME}),?\s*\(?\s*aged\s(?P<y>\d{{1,2}}){_RANGE}\b"
    rf"|(?P<z>\d{{1,2}})[\s-]year[\s-]old\s(?P<c>{_NAME})(?!\s(?:{_PERSON}|children|boys|girls|students?|m[ae]n|wom[ae]n))"
    rf"|(?P<d>{_NAME}),?\s*\(?\s*(?:âgée?\sde\s|de\s|di\s|com\s|con\s)(?P<u>\d{{1,2}})\s(?:ans|años|anni|anos)\b{_RANGE}"
    rf"|(?P<e>{_NAME})(?:,\s*|\s\()(?P<v>\d{{1,2}})(?:\s(?:ans|años|anni|anos)\b)?(?=\)|,\s(?:who|was|is|from|lives|told|qui|vit|que|vive|che|racconta)\b)"
)
_ARABIC_AGES = re.compile(
    r"(?:الطفلة?|الفتاة|الفتى|الصبي|القاصرة?)\s+(?P<a>[\u0621-\u064a]{3,}(?:\s+[\u0621-\u064a]{3,})?)\s*،?\s*"
    r"(?:البالغة?|عمره|عمرها|وعمره|وعمرها)\s*(?:من\s+العمر\s*)?(?P<x>[\d٠-٩]{1,2})\b"
)
_WITHIN = re.compile(r"\b(?:in|from|at|across|en|au|aux|dans|nel|nella|em|no|na|all|among)\s(?:the\s)?$", re.IGNORECASE)
_SIGNS = r"[\s().\u2011/-]"
_PHONE = re.compile(
    rf"(?<![\w.+])(?:\+|00)[1-9]\d{{0,2}}{_SIGNS}*(?:\d{_SIGNS}{{0,2}}){{6,11}}\d(?![\w%]|[.,]\d)"
    rf"|\b(?:tele?phone|tel|phone|mobile|cell|whats\s?app|tél|téléphone|teléfono|telefono|telefone|telemóvel|móvil|celular|cellulare)"
    rf"(?:\s?(?:number|no|nr|n[°º]))?\s?[.:]*\s?\(?0?(?:\d{_SIGNS}{{0,2}}){{6,12}}\d(?![\w%])"
    r"|(?:هاتف|الهاتف|جوال|موبايل|واتساب)\s*:?\s*\+?(?:[\d٠-٩][\s-]?){7,14}",
    re.IGNORECASE,
)
_MAIL = re.compile(
    r"[\w.+-]+@(?:gmail|googlemail|yahoo|hotmail|outlook|live|msn|icloud|aol|gmx|protonmail|proton|mail|yandex|ymail|libero|"
    r"virgilio|orange|wanadoo|laposte|uol|terra|sapo)\.[a-z.]{2,6}\b",
    re.IGNORECASE,
)
_CASE = re.compile(
    r"\b(?:(?:case|court|docket|police|victim|child)\s(?:file\s|report\s|case\s)?(?:no\.?|nr\.?|number|ref\.?|reference|id)"
    r"|(?:numéro|n[°º])\s(?:de\s|du\s)?(?:dossier\s(?:judiciaire|pénal|de\s(?:la\s)?victime)|cas\sindividuel)"
    r"|dossier\s(?:judiciaire|pénal)\s(?:n[°º]|numéro)|(?:expediente|caso|causa|denuncia)\s(?:judicial|penal|policial)\s(?:n[.°ºo]{1,2}|núm\.?|número)"
    r"|(?:fascicolo|procedimento|causa)\s(?:penale|giudiziari[oa])\sn[.°º]{1,2}|(?:processo|inquérito)\s(?:judicial|criminal|policial)\sn[.°º]{1,2}"
    r")\s?[:#]?\s?[A-Z]{0,6}[\s/-]?\d[\w/.-]*"
    r"|(?:رقم\s(?:القضية|البلاغ)|(?:القضية|البلاغ)\sرقم)\s*:?\s*[\d٠-٩][\d٠-٩/-]*",
    re.IGNORECASE,
)
_CAPITAL = r"[A-ZÀ-ÖØ-Þ0-9][\w'’.-]*"
_ADDRESS = re.compile(
    rf"\b\d{{1,5}}[A-Za-z]?,?\s(?:{_CAPITAL}\s){{1,3}}(?:Street|Road|Avenue|Lane|Drive|Boulevard|Close|Crescent)\b"
    rf"|\b(?:House|Plot|Apartment|Flat|Villa)\s(?:No\.?\s?)?\d+\w?,\s(?:{_CAPITAL}[\s,]*){{1,4}}"
    rf"|\b\d{{1,4}}(?:\s(?:bis|ter))?,?\s(?:rue|avenue|boulevard|impasse|allée)\s(?:de\sla\s|de\sl['’]|des?\s|du\s)?{_CAPITAL}(?:\s{_CAPITAL}){{0,3}}"
    rf"|\b(?:Calle|Avenida|Jirón|Pasaje|Rua|Travessa|Via|Viale|Piazza|Corso|Largo)\s(?:(?:de|del|della|dei|da|do|dos|das|la|las|los)\s)*{_CAPITAL}(?:\s(?:de\s)?{_CAPITAL}){{0,3}}"
    r",?\s(?:n\.?[°º.]?\s?|#\s?|núm\.?\s)?\d{1,5}\b"
    r"|شارع\s+[\u0621-\u064a\s]{3,30}،?\s*(?:رقم\s*)?[\d٠-٩]{1,4}"
)
_COORDINATES = re.compile(r"-?\d{1,2}\.\d{3,}°?\s?[NS]?\s?[,;/]\s?-?\d{1,3}\.\d{3,}°?\s?[EWO]?")
_HOME = re.compile(
    rf"\b(?:{_PERSON}|famil(?:y|ia|ia|ille|le|lia)|lives?|living|home\sof|vit|habite|vive|abita|mora|reside|parents?|mother|father)\b"
    r"|الطفل|أسرة|عائلة|يسكن|تسكن",
    re.IGNORECASE,
)
_SHELTER = re.compile(
    r"\bsafe[\s-]?hous(?:e|es|ing)\b|\b(?:shelter|refuge|transit|rescue|recovery|protection)[\s-](?:homes?|cent(?:re|er)s?|houses?)\b"
    r"|\b(?:women|girls|boys|children|child|victims?|survivors?)['’]?s?['’]?\s(?:shelters?|refuges?)\b"
    r"|\bshelters?\s(?:for|of|to|housing)\s(?:\w+\s){0,3}(?:women|girls|boys|children|victims?|survivors?|minors)\b"
    r"|\b(?:centre|foyer|maison|refuge)s?\s(?:d['’]accueil|d['’]hébergement|de\stransit|pour\s(?:\w+\s){0,2}(?:femmes|filles|enfants|victimes))"
    r"|\b(?:casas?|centros?)\s(?:de\s)?(?:acogida|refugio)\b|\b(?:casa|hogar|albergue|refugio)s?\s(?:para|de)\s(?:\w+\s){0,2}(?:mujeres|niñas|niños|víctimas|menores)"
    r"|\bcas[ae]\s(?:rifugio|protett[ae]|famiglia|di\saccoglienza)\b|\bcentr[oi]\sdi\saccoglienza\b"
    r"|\bcasas?[\s-](?:abrigo|de\sacolhimento)\b|\babrigos?\s(?:para|de)\s(?:\w+\s){0,2}(?:mulheres|meninas|crianças|vítimas)|\bcentros?\sde\sacolhimento\b"
    r"|(?:دار|دور|مركز|مراكز)\s(?:ال)?(?:إيواء|رعاية|حماية)|ملاجئ?\s|مأوى|بيت\sآمن|بيوت\sآمنة",
    re.IGNORECASE,
)
_GROUP_WORDS = """
children child girls girl boys boy adolescents adolescent youth youths women men people persons students
pupils orphans minors young victims survivors mothers fathers infants babies those individuals adults workers
participants beneficiaries learners enfants enfant filles fille garçons garçon jeunes femmes hommes
adolescentes élèves mineurs personnes jeune niños niñas niño niña jóvenes mujeres hombres menores personas
estudiantes adolescente bambini bambine ragazzi ragazze giovani minori donne uomini persone crianças meninas
meninos jovens mulheres homens pessoas phase phases project programme program plan period article articles
section table annex chapter target goal objective output outcome activity component result year years month
months day days week weeks grade class level sdg resolution durée duration projet programa proyecto progetto
projeto objectif résultat activité fase durata duración duração resultado objetivo january february march
april may june july august september october november december age ages aged target group groups
"""
_GROUPS = frozenset(_GROUP_WORDS.split())
_SMALL_WORDS = """
the this these for with from and under over about after before until between we our when then while but a an in on at her his
le la les l' un une et de el los las y e ed il lo i gli una o os as um uma quando cuando quand
"""
_SMALL = frozenset(_SMALL_WORDS.split())


class Finding(NamedTuple):
    """Words of a text, from `start` to `end`, that may be personal data or the place of a shelter."""

    kind: Kind
    start: int
    end: int
    words: str

    @property
    def masked(self) -> str:
        """The words so that whoever wrote them knows them again, and nobody else learns them."""
        return mask(self.words)


def mask(words: str) -> str:
    """The first letter of each word; digits and other letters as dots: "Srey M., 12" -> "S••• M., ••"."""
    return re.sub(r"\d|(?<=\w)\w", "•", words)


def find_personal_data(text: str) -> list[Finding]:
    """Everything in `text` that may be personal data or the address of a shelter, in order of the text."""
    found: list[Finding] = []
    if "@" in text:
        found += _find(_MAIL, "e-mail", text, [(0, len(text))])
    if _has_digit(text):
        stretches = _find_stretches(text)
        found += _find_ages(text, stretches.get("age", []))
        found += _find(_CASE, "case-number", text, stretches.get("case", []))
        found += _find(_PHONE, "phone", text, stretches.get("phone", []))
        found += _find_addresses(_ADDRESS, text, stretches.get("address", []))
        found += _find_addresses(_COORDINATES, text, stretches.get("decimals", []))
    return sorted(found, key=lambda one: (one.start, one.kind))


# --- where to look -----------------------------------------------------------------------------
#
# The patterns cost a hundred times what a search for words costs. So each is tried only around the words
# without which it finds nothing, and there only where a number of its kind stands close to them.

_DIGIT = re.compile(r"\d")
_AGE_NUMBER = re.compile(r"(?<![\d٠-٩.,])(?:0?[1-9]|1[0-7]|[٠-٩]{1,2})(?![\d٠-٩%]|[.,]\d)")
_LONG_NUMBER = re.compile(r"(?:[\d٠-٩][^\w+]{0,3}){7}")
_CASE_WORD = re.compile(
    r"(?:\b(?:no|nr|number|ref|reference|id|num|núm|número|numéro|n)\b|n[°º]|judiciaire|pénal|individuel|victime|القضية|البلاغ)"
    r"[\W°ºo]{0,5}[A-Z]{0,6}[\s/-]?[\d٠-٩]",
    re.IGNORECASE,
)
_SIGNS_OF = {
    "age": ("year", "yrs", "aged ", " ans", "años", " anni", "anos", "العمر", "عمره"),
    "bare age": tuple(f"{opening}{digit}" for opening in ("(", ", ") for digit in range(10)),
    "decimals": tuple(f".{digit}" for digit in range(10)),
    "phone": ("+", " 00", "phone", "tel", "tél", "mobile", "móvil", "cell", "celular", "whats", "هاتف", "جوال", "موبايل", "واتساب"),
    "case": (
        "case", "court", "docket", "police", "victim", "child ", "dossier", "numéro", "n°", "expediente", "caso", "causa",
        "denuncia", "fascicolo", "procedimento", "processo", "inquérito", "قضية", "بلاغ",
    ),
    "shelter": (
        "safe", "shelter", "refuge", "home", "foyer", "accueil", "hébergement", "transit", "acogida", "refugio",
        "hogar", "albergue", "casa", "case ", "accoglienza", "abrigo", "acolhimento", "centre", "center", "centro",
        "إيواء", "رعاية", "حماية", "ملاج", "مأوى", "آمن",
    ),
    "address": (
        "street", "road", "avenue", "lane", "drive", "boulevard", "close", "crescent", "house", "plot", "flat", "villa",
        "apartment", "rue ", "impasse", "allée", "calle ", "avenida", "jirón", "pasaje", "rua ", "travessa", "via ", "viale",
        "piazza", "corso", "largo", "شارع",
    ),
}  # fmt: skip


def _has_digit(text: str) -> bool:
    if text.isascii():  # ten searches for a character cost a tenth of one for a class of them
        return any(digit in text for digit in "0123456789")
    return _DIGIT.search(text) is not None


class _Number(NamedTuple):
    """What must stand close to a sign: so many characters before its end, and after."""

    pattern: re.Pattern[str]
    before: int
    after: int


_NUMBERS = {
    "age": _Number(_AGE_NUMBER, 16, 16), "bare age": _Number(re.compile(r"[,(] ?\d{1,2}[),]"), 3, 5),
    "phone": _Number(_LONG_NUMBER, 2, 56), "case": _Number(_CASE_WORD, 40, 60), "address": _Number(_DIGIT, 80, NEARBY),
    "decimals": _Number(re.compile(r"\d\.\d{3}"), 3, 4),
}  # fmt: skip


@cache
def _signs(*kinds: str) -> ahocorasick.Automaton:
    """The words of these kinds of sign, all looked up in one pass."""
    by_word: dict[str, list[str]] = {}
    for kind in kinds:
        for word in _SIGNS_OF[kind]:
            by_word.setdefault(word, []).append(kind)
    automaton = ahocorasick.Automaton()
    for word, found in by_word.items():
        automaton.add_word(word, tuple(found))
    automaton.make_automaton()
    return automaton


def _find_stretches(text: str) -> dict[str, list[tuple[int, int]]]:
    """For each kind of sign the stretches of the text, apart from each other, in which its patterns are to be tried."""
    stretches: dict[str, list[tuple[int, int]]] = {}
    for end, kinds in _signs(*_NUMBERS).iter(text.lower()):
        for kind in kinds:
            pattern, before, after = _NUMBERS[kind]
            if pattern.search(text, max(end - before, 0), end + after) is not None:
                _widen(stretches.setdefault("age" if kind == "bare age" else kind, []), end)
    return stretches


def _widen(stretches: list[tuple[int, int]], end: int) -> None:
    """Add what is around a sign to the stretches, which are in the order of the text."""
    start = max(end - NEARBY, 0)
    if stretches and start <= stretches[-1][1]:
        start = stretches.pop()[0]
    stretches.append((start, end + NEARBY))


def names_shelter(text: str) -> bool:
    """Whether a text speaks of a shelter where children or victims live."""
    ends = (end for end, _ in _signs("shelter").iter(text.lower()))
    return any(_SHELTER.search(text, max(end - NEARBY // 2, 0), end + NEARBY // 2) is not None for end in ends)


# --- what is found there -----------------------------------------------------------------------


def _find(pattern: re.Pattern[str], kind: Kind, text: str, stretches: list[tuple[int, int]]) -> Iterator[Finding]:
    for match in _matches(pattern, text, stretches):
        yield Finding(kind, match.start(), match.end(), match[0].strip())


def _matches(pattern: re.Pattern[str], text: str, stretches: list[tuple[int, int]]) -> Iterator[re.Match[str]]:
    for start, end in stretches:
        yield from pattern.finditer(text, start, end)


def _find_ages(text: str, stretches: list[tuple[int, int]]) -> Iterator[Finding]:
    for pattern in (_AGES, _ARABIC_AGES):
        for match in _matches(pattern, text, stretches):
            said = {key: value for key, value in match.groupdict().items() if value}
            name = next(value for key, value in said.items() if key in "abcde")
            age = int(next(value for key, value in said.items() if key in "xyzuv"))
            bare = "v" in said
            if (
                age <= OLDEST_CHILD
                and _is_name(name)
                and not _WITHIN.search(text[max(match.start() - 16, 0) : match.start()])
            ):
                around = text[max(match.start() - NEARBY, 0) : match.end() + NEARBY]
                if not bare or re.search(rf"\b(?:{_PERSON})\b", around, re.IGNORECASE):
                    yield Finding("name-age", match.start(), match.end(), match[0].strip())


def _is_name(name: str) -> bool:
    """Whether capitals stand for a person: not for a group, a heading or a country."""
    words = [word for word in name.casefold().split() if word not in _SMALL]
    return bool(words) and not _GROUPS.intersection(words) and not _places().intersection([*words, " ".join(words)])


@cache
def _places() -> frozenset[str]:
    """Names of countries in the six languages, and each longer word of them."""
    listed = [code for code in codes("Country") if len(code) == 2]
    names = {(territory_name(code, locale) or "").casefold() for code in listed for locale in LANGUAGES}
    names.update(name_of("Country", code, "en").casefold() for code in listed)
    return frozenset(names | {word for name in names for word in re.findall(r"\w{4,}", name)})


def _find_addresses(pattern: re.Pattern[str], text: str, stretches: list[tuple[int, int]]) -> Iterator[Finding]:
    """Addresses near words for a home or for a shelter; others are offices and building sites."""
    for match in _matches(pattern, text, stretches):
        around = text[max(match.start() - NEARBY, 0) : match.end() + NEARBY]
        if _SHELTER.search(around):
            yield Finding("shelter-address", match.start(), match.end(), match[0].strip())
        elif pattern is _ADDRESS and _HOME.search(around):
            yield Finding("address", match.start(), match.end(), match[0].strip())
