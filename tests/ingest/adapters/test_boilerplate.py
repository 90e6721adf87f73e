"""Lines that sites add go; the same words inside a sentence that says something stay."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.adapters import govuk, reisadvies
from ingest.adapters._boilerplate import KNOWN, LINES, faults, without_boilerplate
from ingest.catalog import CatalogError, load
from ingest.model import Document
from tests.ingest.adapters.helpers import answer, documents, source

ROOT = Path(__file__).resolve().parents[3]
FACT = "Shelling killed 14 people in Aleppo."
ADDED = {
    "go on reading": [
        "Read more: the war in numbers", "Continue reading", "Lees ook: het dossier", "Klik hier voor de kaart",
        "Lire la suite", "Leer más", "Lea también: la sequía", "Lesen Sie auch: die Dürre", "اقرأ أيضًا: أخبار حلب",
    ],
    "where it came first": [
        "The post Market burns appeared first on The Wire.", "This article was originally published by The Wire.",
        "L’article Le marché brûle est apparu en premier sur Le Fil.",
    ],
    "share": ["Share this article", "Share", "Deel dit via e-mail", "Partager cet article", "Compartir en redes",
              "شارك هذا الخبر"],
    "subscribe": [
        "Subscribe to our newsletter", "Get our weekly newsletter in your inbox", "Meld je aan voor de nieuwsbrief",
        "E-mail ontvangen als deze pagina wijzigt?", "Abonnez-vous à notre lettre", "Suscríbase al boletín",
        "اشترك في نشرتنا", "Donate now to keep us going",
    ],
    "follow": ["Follow us on X", "Follow @TheWire on Twitter", "Volg ons op Facebook", "Suivez-nous sur X",
               "Síganos en X", "تابعونا على فيسبوك"],
    "rights": ["© 2026 The Wire", "Copyright 2026 The Wire", "Alle rechten voorbehouden", "Tous droits réservés.",
               "جميع الحقوق محفوظة", "Advertisement"],
    "cookies": ["We use cookies to make this site better.", "Accept all cookies", "Deze website gebruikt cookies.",
                "Nous utilisons des cookies."],
    "about the document": [
        "For more information, please contact the press desk", "For information media. Not an official record.",
        "Voor meer informatie: de persdienst", "Media contact", "Pour plus d’informations : le service de presse",
    ],
}  # fmt: skip
SAYING = (
    "He read more names of the dead.", "Share prices fell after the attack on the port.",
    "Donated tents arrived in Herat.",
    "Subscribers of the only network lost their connection.", "Copyright holders were detained in Minsk.",
    "Follow-up raids killed two men.", "De politie meldt 14 doden.", "Le partage du pouvoir a échoué à Juba.",
    "Contacts with the villages were lost.", "شاركت قوات النظام في الهجوم على حلب.",
    "Cookies and bread were handed out.",
    "For more than a week the information ministry was shelled.",
)  # fmt: skip


@pytest.mark.parametrize(("kind", "line"), [(kind, line) for kind, lines in ADDED.items() for line in lines])
def test_added_lines_go_also_as_bullets_and_in_emphasis(kind: str, line: str) -> None:
    for form in (line, f"- {line}", f"**{line}**", f"• {line} "):
        assert without_boilerplate(f"{FACT}\n\n{form}\n\nRain fell.") == f"{FACT}\n\nRain fell."


def test_every_class_is_tried() -> None:
    assert ADDED.keys() == LINES.keys()


@pytest.mark.parametrize("line", SAYING)
def test_sentences_stay(line: str) -> None:
    assert without_boilerplate(line) == line


def test_a_long_line_says_something_of_its_own() -> None:
    long = "Read more " + "names of the dead were read out, " * 20
    assert not KNOWN.fullmatch(long)
    assert without_boilerplate(long) == long


def test_a_source_names_its_own_lines() -> None:
    own = ["the wire needs your help.*", "standing note .*"]
    text = f"The Wire needs your help. Give now.\n\n{FACT}\n\nStanding note {'of the desk ' * 60}"
    assert without_boilerplate(text, own) == FACT
    assert without_boilerplate(text) == text


def test_a_pattern_that_is_none_or_drops_everything_is_refused(tmp_path: Path) -> None:
    assert faults(["good .*"]) == []
    assert "is no pattern" in faults(["("])[0]
    assert "would drop any line" in faults([".*"])[0]
    catalog = (ROOT / "sources.toml").read_text(encoding="utf-8")
    written = tmp_path / "sources.toml"
    written.write_text(catalog.replace("    'UK Counter Terrorism Policing has information.*',", "    '.*',"))
    with pytest.raises(CatalogError, match=r"uk_travel.*boilerplate.*would drop any line"):
        load(written)


def test_standing_notes_of_the_british_pages_are_no_text_of_a_country() -> None:
    own = load(ROOT / "sources.toml")["uk_travel"].options["boilerplate"]
    notes = (
        "There is a high threat of terrorist attack globally, invented words follow.",
        "- see general advice for women travellers",
        "No travel can be guaranteed safe, invented words follow.",
    )
    told = "There is a high threat of terrorist attack in Mogadishu."
    assert without_boilerplate("\n\n".join((*notes, told)), own) == told


def test_travel_advice_is_stored_without_its_standing_notes() -> None:
    own = {"boilerplate": ["standing note .*"]}
    page = {
        "document_type": "travel_advice", "base_path": "/foreign-travel-advice/somalia", "title": "Somalia",
        "public_updated_at": "2026-11-01T00:00:00Z", "updated_at": "2026-11-01T00:00:00Z",
        "details": {
            "country": {"name": "Somalia"}, "alert_status": [], "summary": "<p>Standing note of the office.</p>",
            "parts": [{"title": "Safety", "body": "<p>Mines lie near Baidoa.</p><p>Standing note of the office.</p>"}],
        },
    }  # fmt: skip
    read = documents(govuk.parse(
        answer(json.dumps(page), "https://www.gov.uk/api/content/foreign-travel-advice/somalia"),
        source(store_fulltext=True, adapter="govuk", options=own),
    ))[0]  # fmt: skip
    assert read.text == "Safety\n\nMines lie near Baidoa."
    advice = {
        "isocode": "SOM", "title": "Reisadvies Somalië", "modificationdate": "Laatst gewijzigd op: 01-11-2026",
        "introduction": "<p>De kleurcode van het reisadvies voor Somalië is rood.</p><p>Standing note of ours.</p>",
        "content": [{"contentblock": [{"paragraphtitle": "Mijnen", "paragraph": "<p>Bij Baidoa liggen mijnen.</p>"}]}],
    }  # fmt: skip
    found: Document = documents(reisadvies.parse(
        answer(json.dumps(advice), "https://opendata.example/countries/SOM/traveladvice"),
        source(store_fulltext=True, adapter="reisadvies", options=own),
    ))[0]  # fmt: skip
    assert found.text is not None
    assert "Standing note" not in found.text + (found.summary or "")
    assert "Bij Baidoa liggen mijnen." in found.text
