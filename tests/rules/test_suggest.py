"""Areas suggested from a project's text: which, with what share, and on the evidence of which words."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import NotFound
from app.frameworks import load_builtin
from app.rules.lexicon import SHARED_FILES, load_lexicon, read_lexicon_file, read_lexicons
from app.rules.suggest import TOLD, Suggester, Suggestion, suggest_all, suggester, suggestible_frameworks


def read_examples(block: str) -> list[tuple[str, str]]:
    """(code, text) of each line."""
    return [(line.split()[0], line.partition(" ")[2]) for line in block.strip().splitlines()]


# At least one text for each area of florence-2008, in five languages.
FLORENCE = read_examples("""
O1 Promoting children's rights and child protection: law and practice follow the best interests of the child.
O1 Protection de l'enfance : une approche fondée sur les droits, dans l'intérêt supérieur de l'enfant.
O2 Child trafficking in border towns: hotels sign a code of conduct; a referral mechanism links the services.
O2 Protección de la niñez: rutas de atención interinstitucionales y códigos de conducta en el turismo.
O3 Ending child marriage in Sylhet by changing harmful social norms and working with men and boys.
O3 Lotta al lavoro minorile: attività generatrici di reddito e campagne di sensibilizzazione.
O4 Girls against violence: children's clubs and child participation in village councils to end child abuse.
O4 Proteção da criança em Nampula com participação das crianças e um parlamento infantil distrital.
N1 Support to the national child protection working group and the interministerial committee.
N1 Protection des enfants : appui au comité national de coordination et au cadre de concertation.
N2 A national plan of action against the sexual exploitation of children, with a budget and an ombudsperson.
N2 Sistema nacional de protección de la infancia: políticas públicas contra la violencia infantil.
N3 Ending impunity for sexual abuse of children: child-friendly justice and support to child victims.
N3 Proteção de crianças vítimas de abuso sexual: acesso à justiça, apoio jurídico e reforma legislativa.
N4 A free child helpline and safe reporting channels for violence against children in three districts.
N4 Linea telefonica e numero verde per la segnalazione di abusi sessuali sui minori.
N5 Training of police officers, judges and social workers on the protection of children from trafficking.
N5 Formation des magistrats et des travailleurs sociaux à l'écoute des enfants victimes de traite.
N6 Community-based child protection committees, psychosocial support, reintegration of trafficked children.
N6 Reintegración y apoyo psicosocial comunitario para niñas víctimas de explotación sexual.
R1 EU advocacy for a directive on child sexual abuse and harmonisation of policies in Europe.
R1 Armonizzazione della legislazione con le direttive europee contro lo sfruttamento sessuale dei minori.
R2 Regional cooperation against child trafficking: cross-border agreements between ASEAN countries.
R2 Coopération régionale et transfrontalière pour la protection des enfants en mobilité.
I1 Global study on online child sexual exploitation, with an impact evaluation and common definitions.
I1 Cooperación internacional y estudio mundial sobre la explotación sexual de niños.
I2 Monitoring of states' commitments: shadow reports to the Committee on the Rights of the Child.
I2 Acompanhamento dos compromissos dos governos contra a exploração sexual infantil e congresso mundial.
D1 Donor coordination on violence against children: a pooled fund and joint programming of six funders.
D1 Coordinamento dei donatori e cofinanziamento dei programmi contro la tratta di minori.
""")
# The same in plain words, as people write who do not speak in the field's terms.
PLAIN = read_examples("""
N3 Law on child marriage: parliament is helped to pass a law that sets the age of marriage at 18.
N3 Defesa legal das meninas vítimas de abuso sexual, para que os casos cheguem aos tribunais.
N3 Rappresentanza legale delle bambine vittime di abuso sessuale, perché i casi arrivino in tribunale.
N3 تمثيل قانوني للفتيات ضحايا الاعتداء الجنسي وحماية الشهود لكي تصل القضايا إلى المحاكم.
N5 Curriculum on child protection for the police academy.
N5 Los docentes aprenden a reconocer señales de maltrato infantil, mediante talleres y un manual.
N5 Gli insegnanti imparano a riconoscere i segnali di maltrattamento dei minori.
N5 Renforcement des compétences du personnel des centres d'accueil pour enfants victimes de maltraitance.
N6 Des comités de village et des bénévoles veillent sur les enfants exposés à la violence.
N6 Protección de la niñez: los niños salen de los orfanatos para vivir con familias acogedoras.
N6 I bambini soldato usciti dai gruppi armati trovano un alloggio e cure per il trauma.
N6 لجان القرى والمتطوعون يسهرون على الأطفال المعرضين للعنف.
O3 Fathers question their beliefs about corporal punishment of children.
O3 Activités et revenus pour les mères, afin que les familles ne dépendent plus du travail des enfants.
O3 Pequenos créditos e poupança para as mães, para acabar com o trabalho infantil.
O3 Uomini e padri mettono in discussione le punizioni corporali sui bambini.
O4 Les enfants élisent des représentants qui présentent leurs propositions contre les violences faites aux enfants.
N4 Um serviço gratuito de telefone e chat onde as crianças vítimas de violência encontram ajuda.
N4 Canales de denuncia seguros para niñas y niños víctimas de violencia.
N2 Child protection is written into district development plans and budgets.
N2 Elaboração do plano nacional de enfrentamento da violência sexual contra crianças.
N2 إنشاء قاعدة بيانات وطنية حول العنف ضد الأطفال.
N1 Reuniones mensuales de ministerios y ONG sobre protección de la infancia, con una secretaría.
O2 Protocolli tra scuole, ospedali e tribunali per i casi di abuso sui minori.
O2 وضع آلية إحالة بين القطاعات لحالات العنف ضد الأطفال.
I1 Des universités comparent ce qui marche contre la maltraitance des enfants.
I2 Las ONG comprueban qué hicieron los gobiernos con las recomendaciones sobre los derechos del niño.
R2 Postos fronteiriços e consulados de dois Estados vizinhos acordam o regresso de crianças vítimas de tráfico.
""")
IRRELEVANT = [
    "Construction of 45 km of rural roads with drainage and culverts; training of maintenance committees.",
    "Improved maternal and child health: vaccination of children under five and training of health workers.",
    "Accès à l'eau potable et à l'assainissement dans les écoles primaires pour élèves et enseignants.",
    "Prevention of drug trafficking at the airport: equipment and training for the border police.",
    "Fortalecimiento de la explotación agrícola familiar y acceso al mercado para pequeños productores.",
    "Energia solare per le scuole e formazione professionale dei tecnici.",
    "Combate ao tráfico de drogas e reforma da polícia nas províncias do norte.",
    "Reforma de la justicia: capacitación de jueces y fiscales en derecho mercantil.",
]
FORMS = [
    ("TRAF", "Safe return of children after child trafficking across the border."),
    (
        "TOUR",
        "Exploitation sexuelle des enfants dans les voyages et le tourisme : hôtels et agences s'engagent.",
    ),
    ("IMAG", "Unità di polizia contro la pedopornografia e le immagini di abusi sui minori."),
    ("PROS", "Atención a niñas en prostitución y víctimas de explotación sexual comercial infantil."),
    ("ONLI", "Online grooming of children: a school programme on internet safety."),
    ("ABUS", "Abuso sexual intrafamiliar: proteção de crianças e apoio às famílias."),
    ("INST", "Sexual abuse of children in residential care and orphanages: complaints and inspections."),
    ("EMER", "Refugee camps: protection of girls from sexual exploitation and sexual violence."),
    ("DISA", "Girls and boys with disabilities protected from abuse and neglect at home."),
]


def evidence_of(suggestion: Suggestion) -> list[str]:
    return [words for area in (*suggestion.areas, *suggestion.forms) for words in area.evidence if words != TOLD]


@pytest.mark.parametrize(("code", "text"), FLORENCE + PLAIN)
def test_each_area_is_found_from_its_words(code: str, text: str) -> None:
    suggestion = suggester("florence-2008").suggest(text)
    assert code in {area.code for area in suggestion.areas}
    assert suggestion.relevance != "none"


def test_every_area_of_florence_has_a_text() -> None:
    assert {code for code, _ in FLORENCE} == {area.code for area in read_lexicons()["florence-2008"].areas}


@pytest.mark.parametrize(("code", "text"), FORMS)
def test_forms_of_exploitation_are_found(code: str, text: str) -> None:
    assert code in {form.code for form in suggester("florence-2008").suggest(text).forms}


@pytest.mark.parametrize("text", [*IRRELEVANT, "", "   ", "الأطفال"])
def test_other_projects_get_nothing(text: str) -> None:
    assert suggester("florence-2008").suggest(text) == Suggestion("none")
    assert suggest_all(text) == {}


def test_core_and_part_are_told_apart() -> None:
    suggest = suggester("florence-2008").suggest
    assert suggest("Protecting girls from sexual exploitation in Manila").relevance == "core"
    assert suggest("Water, health and child protection in the camps of Dohuk").relevance == "part"
    assert suggest("Counter-trafficking of migrant workers").relevance == "none"


@pytest.mark.parametrize("text", [text for _, text in FLORENCE + FORMS])
def test_evidence_stands_in_the_text_as_quoted_and_shares_sum_to_one(text: str) -> None:
    for suggestion in suggest_all(text).values():
        assert all(words in text for words in evidence_of(suggestion))
        for areas in (suggestion.areas, suggestion.forms):
            assert not areas or sum(round(100 * area.share) for area in areas) == 100
            assert all(0 < area.confidence <= 1 and 1 <= len(area.evidence) <= 6 for area in areas)


def test_original_spelling_is_quoted() -> None:
    decomposed = "Protection des enfants : re\u0301inte\u0301gration \u2013 SOUTIEN  PSYCHOSOCIAL des mineurs"
    (area,) = (a for a in suggester("florence-2008").suggest(decomposed).areas if a.code == "N6")
    assert area.evidence == ("re\u0301inte\u0301gration", "SOUTIEN  PSYCHOSOCIAL")


def test_whole_words_only_and_the_longest_wins() -> None:
    suggest = suggester("florence-2008").suggest
    text = "Child protection: case managements, subcommunity-led, child-friendly justice"
    assert evidence_of(suggest(text)) == ["child-friendly justice"]


def test_sectors_and_countries_add_weight_but_need_words() -> None:
    suggest = suggester("florence-2008").suggest
    text = "Child protection, police and access to justice"
    bare, weighted = suggest(text), suggest(text, sectors=["15130"])
    assert weighted.areas[0].code == bare.areas[0].code == "N3"
    assert weighted.areas[0].confidence > bare.areas[0].confidence
    assert suggest("Child protection", sectors=["15130"], countries=["KH", "LA", "VN"]).areas == ()
    assert suggest("Ending violence in homes with boys", sectors=["15180"]).relevance == "part"
    assert suggest("Centres for girls in Kathmandu").relevance == "none"
    assert suggest("Centres for girls in Kathmandu", sectors=["15180"]).relevance == "part"


def test_all_frameworks_at_once_agree_with_each_alone() -> None:
    text = "Shelter and livelihoods for trafficked children; a film and media campaign; life skills at school."
    together = suggest_all(text, ["15180"], ["NP"])
    assert set(together) == set(suggestible_frameworks())
    assert together == {key: Suggester(key).suggest(text, ["15180"], ["NP"]) for key in together}
    assert all(suggestion.areas for suggestion in together.values())
    assert together["exploitation-forms"].areas == together["florence-2008"].forms


def test_a_framework_without_words_is_refused() -> None:
    for key in ("no-such-framework", *SHARED_FILES):
        with pytest.raises(NotFound, match=key):
            Suggester(key)


def test_lexicons_cover_every_area_of_their_framework() -> None:
    for framework in load_builtin():
        areas = read_lexicons()[framework.key].areas
        assert [area.code for area in areas] == [area.code for area in framework.areas]


def test_lexicons_hold_plain_phrases_and_name_known_groups() -> None:
    lexicons = read_lexicons()
    groups = {name for lexicon in lexicons.values() for name in lexicon.groups}
    for lexicon in lexicons.values():
        for area in lexicon.areas:
            assert {rule.group for rule in area.rules} | {r.partner for r in area.rules if r.partner} <= groups
        for phrases in lexicon.groups.values():
            odd = [phrase for phrase in phrases if re.search(r"[()|]|\*\S|^\*|^.{0,2}$", phrase)]
            assert odd == []


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    relevant = f"{text} child trafficking: {text}psychosocial support {text}"
    first = suggest_all(relevant, [text], [text])
    assert first == suggest_all(relevant, [text], [text])
    assert all(words in relevant for suggestion in first.values() for words in evidence_of(suggestion))


def test_irrelevant_texts_cost_microseconds() -> None:
    text = (IRRELEVANT[0] * 10)[:500]
    suggest_all(text)
    started = time.process_time()
    for _ in range(1000):
        suggest_all(text)
    assert time.process_time() - started < 0.1  # some 6 ms on a quiet machine


def test_every_area_has_arabic_words_of_its_own_or_of_areas_like_it() -> None:
    def speaks_arabic(key: str, code: str) -> bool:
        area = read_lexicon_file(key)["areas"][code]
        own = any("ar" in area.get(kind, {}) for kind in ("terms", "hints")) or "pairs" in area
        return own or any(speaks_arabic(*other.split("/")) for other in area.get("like", ()))

    for key in suggestible_frameworks():
        assert [area.code for area in read_lexicons()[key].areas if not speaks_arabic(key, area.code)] == []


def test_arabic_is_read_with_and_without_article_and_prefixes() -> None:
    suggest = suggester("florence-2008").suggest
    for text in ("حماية الأطفال: دعم نفسي", "ولحماية الأطفالِ: والدعم النفسي", "لحماية أطفال: بالدعم النفسي"):
        assert [area.code for area in suggest(text).areas] == ["N6"]
    (evidence,) = evidence_of(suggest("ولحماية الأطفال: وبالدعم النفسي"))
    assert evidence == "وبالدعم النفسي"


def test_evidence_says_where_it_stands_and_how_much_it_counts_there() -> None:
    text = "Child helpline in Lomé | As children face violence at home, the project will train police officers."
    found = suggester("florence-2008").suggest(text)
    places = {text[place.start : place.end]: place.weight for area in found.areas for place in area.places}
    assert places == {"Child helpline": 1.15, "train police officers": 1.0}
    for area in found.areas:
        assert tuple(text[place.start : place.end] for place in area.places) == area.evidence


def test_a_word_list_with_a_coordinators_words_in_it() -> None:
    ours = load_lexicon("florence-2008", {"version": "ours-2", "areas": {"N3": {"terms": {"en": ["law clinic*"]}}}})
    text = "Child protection: law clinics in Hanoi and child-friendly justice"
    assert (ours.version, load_lexicon("florence-2008").version) == ("ours-2", "2026-11.2")
    assert "law clinics" in evidence_of(Suggester(ours).suggest(text))
    assert "child-friendly justice" not in evidence_of(Suggester(ours).suggest(text))
    assert "child-friendly justice" in evidence_of(suggester("florence-2008").suggest(text))
    assert load_lexicon("florence-2008", {}) is load_lexicon("florence-2008")


def test_a_sector_speaks_alone_only_where_it_means_children_and_says_so() -> None:
    suggest = suggester("florence-2008").suggest
    (area,) = suggest("", sectors=["15261"]).areas
    assert (area.code, area.confidence, area.evidence) == ("N6", 0.2, ("15261",))
    assert suggest("", sectors=["15160", "72010"]) == Suggestion("none")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "Protect",
        "Children",
        "子供を守る",
        "Zaštita djece od nasilja i zlostavljanja",
        "\x00\x00",
        "....",
        "🧒 " * 50,
    ],
)
def test_where_nothing_is_understood_nothing_is_suggested(text: str) -> None:
    assert suggester("florence-2008").suggest(text) == Suggestion("none")


def test_capitals_without_accents_and_mixed_languages() -> None:
    suggest = suggester("florence-2008").suggest
    capitals = suggest("PROTECTION DE L ENFANCE: RESEAUX COMMUNAUTAIRES, LIGNE VERTE")
    assert {area.code for area in capitals.areas} == {"N4", "N6"}
    mixed = suggest("Protección comunitaria de la niñez | Child helpline | دعم نفسي للأطفال")
    assert {area.code for area in mixed.areas} == {"N4", "N6"}


def test_what_readers_name_for_itself_only_and_what_beside_others_only() -> None:
    suggest = suggester("florence-2008").suggest

    def codes(text: str) -> set[str]:
        return {area.code for area in suggest(f"Child protection in Mbale | The project offers {text}.").areas}

    assert codes("counselling and a shelter for abused girls") == {"N6"}
    assert codes("counselling and legal aid to abused girls") == {"N3"}
    assert codes("counselling by village committees and legal aid to abused girls") == {"N3", "N6"}
    assert codes("access to information to girls") == set()
    assert codes("access to information on how to report abuse") == {"N4"}
    assert codes("legal aid to abused girls and access to information to girls") == {"N3"}
    assert codes("legal aid to abused girls and access to information on how to report abuse") == {"N3", "N4"}


def test_victims_and_trafficking_alone_say_nothing_of_justice() -> None:
    suggest = suggester("florence-2008").suggest
    for text in (
        "Lutte contre la traite des enfants | Réinsertion des enfants victimes de traite dans leur famille.",
        "Lucha contra la trata de niñas | Casa de acogida y terapia para niñas víctimas de trata.",
        "Child trafficking | Foster families and counselling for child victims of trafficking.",
    ):
        assert {area.code for area in suggest(text).areas} == {"N6"}, text


def test_to_tackle_and_to_improve_the_situation_are_aims() -> None:
    suggest = suggester("florence-2008").suggest
    for text in (
        "Plano | Enfrentamento da exploração sexual de crianças com abrigos e apoio psicossocial.",
        "Plan | Mejorar la situación de las niñas víctimas de abuso sexual con albergues y apoyo psicosocial.",
        "Projet | Améliorer la situation des enfants de la rue par des centres d'accueil et un soutien psychosocial.",
    ):
        assert {area.code for area in suggest(text).areas} == {"N6"}, text
    need = "Plano | O país enfrenta a exploração sexual de crianças sem abrigos nem apoio psicossocial."
    assert suggest(need).areas == ()


def test_a_title_that_lists_other_fields_asks_for_more() -> None:
    suggest = suggester("florence-2008").suggest
    text = " for children in Tigray | Families receive life-saving aid and family tracing."
    assert [area.code for area in suggest(f"Child protection{text}").areas] == ["N6"]
    assert suggest(f"Health, nutrition, water and child protection{text}").areas == ()


@pytest.mark.parametrize("text", ["Child helpline and psychosocial support. ", "حماية الأطفال ودعم نفسي. ", "é" * 30])
def test_half_a_megabyte_is_read_in_seconds(text: str) -> None:
    started = time.process_time()
    suggester("florence-2008").suggest((text * (500_000 // len(text)))[:500_000])
    assert time.process_time() - started < 7.5  # some 1.5 s on a quiet machine


def test_a_thousand_relevant_texts_in_two_seconds() -> None:
    text = "Child protection in Sylhet | " + "Case workers train police officers and support the helpline. " * 14
    suggest = suggester("florence-2008").suggest
    suggest(text)
    started = time.process_time()
    for number in range(1000):
        suggest(f"{text}{number}")
    assert time.process_time() - started < 2
