"""What a named place does in its sentence: where it happened, where people fled from or to, an embassy, a dateline.

Rules over the words around the span; languages as in `places_words`. A place that only follows another in a list
("from Homs, Hama and Aleppo") takes over its role.
"""

import re

from ingest.text import places_words as w
from ingest.text.places_features import Page
from ingest.text.places_shapes import LOWER, UPPER

ROLES = ("event_place", "origin", "destination", "embassy", "dateline", "mention")
_AND = w.words_of("and or as en of et ou y e o und oder و en")
_SKIP = (w.DESIGNATORS | w.DIRECTIONS | w.ARTICLES) - w.IN_WORDS - w.TO_WORDS - _AND | w.words_of(
    """of van von du des de del d da do nearby neighbouring neighboring buurland voisin capital hoofdstad capitale
    city province rural"""
)
_ON = w.words_of("on op sur against contre contra auf علي aan")
_STRIKE = w.words_of(
    """attack attacks attacked strike strikes airstrike airstrikes raid raids shelling bombing bombardment offensive
    assault siege bombardement aanval aanvallen luchtaanval luchtaanvallen beschieting beschietingen offensief
    attaque attaques frappe frappes bombardements offensive ataque ataques bombardeo ofensiva هجوم هجمات غاره
    غارات قصف القصف ضربات هجوما"""
)
_FIRED = w.words_of(
    """fired fires firing launched shelled shelling rockets missiles mortars afgevuurd vuurden vuurde gelanceerd
    raketten granaten tires tire lances lance roquettes obus dispararon disparo lanzaron cohetes
    اطلق اطلقت صواريخ قذاءف"""
)
_TOWARDS = w.words_of("into toward towards at richting hacia contra نحو")
_SENTENCE_END = re.compile(r"[.!?؟。…\n]")
_DATELINE = re.compile(
    r"^[^\n.!?]{0,45}?(?:\((?:[A-Z][\w./ -]{1,25}|[\u0600-\u06ff ]{2,20})\)\s*[-–—:]?|\s[-–—]{1,2}\s|[-–—]{2}|\s?—)",
    re.UNICODE,
)


def sentence_start(page: Page, word: int, farthest: int = 25) -> int:
    """Index of the first word of the sentence of a word, looking back at most `farthest` words."""
    first = word
    while first > 0 and word - first < farthest:
        before = page.separator[first]
        if before and _SENTENCE_END.search(before) and not (before == "." and page.words.glued[first - 1]):
            return first
        first -= 1
    return first


def _step_back(page: Page, first: int, start: int) -> int:
    """Index of the word that governs a span: designators, articles and directions before it are skipped."""
    i = first - 1
    while i >= start and page.words.folded[i] in _SKIP and page.separator[i + 1] in ("", "-", "'", "’"):
        i -= 1
    return i


def _is_embassy(page: Page, first: int, past: int, start: int) -> bool:
    folded = page.words.folded
    after = {word for word in folded[past : past + 3] if "." not in page.separator[min(past, len(folded) - 1)]}
    if after & w.EMBASSY_WORDS and not {"in", "في", "te", "a"} & set(folded[past : past + 1]):
        return True
    return any(word in w.EMBASSY_WORDS for word in folded[max(start, first - 4) : first])


def _is_dateline(page: Page, first: int, past: int) -> bool:
    """A place at the start of a line that a dash or an agency in brackets closes: "BEIRUT, 3 May (AFP) - …"."""
    if not page.newline_before[first] or (page.shapes[first] == LOWER):
        return False
    text, end = page.words.text, page.words.ends[past - 1]
    line = text[end : end + 80]
    if not _DATELINE.match(line):
        return False
    head = text[end : end + _DATELINE.match(line).end()]  # type: ignore[union-attr]
    small = [word for word in re.findall(r"[^\W\d_]+", head) if word.islower()]
    return page.shapes[first] == UPPER or len(small) <= 1


def _moves(page: Page, start: int, word: int) -> bool:
    return any(folded in w.MOVEMENT_WORDS for folded in page.words.folded[start:word])


def role_of(page: Page, first: int, past: int, kind: str, previous: tuple[int, str] | None) -> str:
    """Role of the span first..past-1; `previous` is (last word, role) of the place before it in the text."""
    start = sentence_start(page, first)
    if _is_dateline(page, first, past):
        return "dateline"
    if _is_embassy(page, first, past, start):
        return "embassy"
    if kind == "demonym":
        return "mention"
    listed = _same_list(page, first, previous, start)
    if listed:
        return listed
    i = _step_back(page, first, start)
    if _inhabitants_leave(page, i, first, past):
        return "origin"
    if i < start or page.separator[i + 1] not in ("", "'", "’", "-"):
        return _arabic_prefix_role(page, first) or _attached(page, first, past, previous)
    return _by_governor(page, i, start, first, past) or _arabic_prefix_role(page, first) or "mention"


_FLEE = w.words_of(
    """fled flee fleeing left leave escaped vluchtten vluchtte vluchten verlieten verlaten fui fuient fuyaient quitte
    فر نزح غادر هرب quittent huyeron huyen abandonaron salieron flohen fliehen فروا نزحوا غادروا هربوا"""
)


def _inhabitants_leave(page: Page, governor: int, first: int, past: int) -> bool:
    """ "Inwoners van Goma vluchtten": those who live there leave it. `governor`: the word before "of" and articles."""
    folded = page.words.folded
    if governor < 0 or folded[governor] not in w.INHABITANTS or first - governor > 3:
        return False
    if governor and folded[governor - 1] in _FLEE:  # Arabic puts the verb first
        return True
    stops = [page.separator[past]] if past < len(folded) else []
    return not _has_stop(stops) and bool(_FLEE & set(folded[past : past + 4]))


_PEOPLE = w.words_of(
    """people families civilians residents refugees refugee displaced asylum seekers applicants nationals from
    vluchtelingen vluchteling ontheemden migranten migrants refugies deplaces refugiados desplazados afkomstig
    originaire originaires asielzoekers asielzoeker gezinnen mensen burgers statushouders demandeurs ressortissants
    familles personas familias لاجيون لاجيين نازحون نازحين"""
)


def _by_governor(page: Page, i: int, start: int, first: int, past: int) -> str:
    """Role from the preposition or verb at word i before the span."""
    folded, governor = page.words.folded, page.words.folded[i]
    moving = _moves(page, start, i + 1)
    if governor in w.FROM_WORDS and governor not in ("des", "de"):
        verb = governor in w.MOVEMENT_WORDS or governor in ("uit", "depuis") or moving
        onward = any(word in w.TO_WORDS for word in folded[past : past + 8])
        coming = bool(_PEOPLE & set(folded[max(start, i - 2) : i]))
        return "origin" if (verb and (moving or governor in w.MOVEMENT_WORDS)) or onward or coming else "mention"
    if governor in ("a", "au", "aux"):  # French and Spanish "à": where to after a verb of arriving, else where
        return "destination" if _ARRIVING & set(folded[max(start, i - 6) : i]) else "event_place"
    if governor in _TOWARDS and not moving and _FIRED & set(folded[max(start, i - 8) : i]):
        return "event_place"  # "fired from Syria into Turkey"
    if governor in w.TO_WORDS and (moving or _after_origin(page, start, i)):
        return "destination"
    if governor in _ON:
        return "event_place" if any(word in _STRIKE for word in folded[max(start, i - 6) : i]) else "mention"
    if governor in w.IN_WORDS:
        if folded[past : past + 1] in (["direction"], ["directions"], ["axis"]):  # fighting towards it, not there
            return "mention"
        return "destination" if i > start and folded[i - 1] in _ARRIVED else "event_place"
    if governor in ("de", "du", "des", "d") and moving and _closest_motion_leaves(page, start, i):
        return "origin"
    return ""


_ARRIVING = w.words_of(
    """rentre rentres rentrees retourne retournes retournees arrive arrives arrivees revenu revenus revenues retour
    expulses transferes rapatries llegaron llego regresaron regreso volvieron trasladados deportados"""
)
#: Before "in": "arrived in Dnipro".
_ARRIVED = w.words_of(
    "arrived arrive arriving settled resettled aangekomen aankwamen aankomen llegaron llegado وصلوا وصل"
)
_LEAVING = w.words_of(
    """fui fuir fuient fuyant quitte quittant parti partis venus originaires chasses deplaces deplaces expulses
    rapatries refugies huyeron salieron"""
)


def _closest_motion_leaves(page: Page, start: int, word: int) -> bool:
    """ "déplacés de Homs", not "le retour de…": the nearest word of motion is one of leaving, right before."""
    return any(folded in _LEAVING for folded in page.words.folded[max(start, word - 2) : word])


def _after_origin(page: Page, start: int, word: int) -> bool:
    """ "from Kabul to …": an origin preposition shortly before."""
    return any(
        folded in ("from", "van", "vanuit", "uit", "depuis", "من", "desde")
        for folded in page.words.folded[max(start, word - 6) : word]
    )


def _arabic_prefix_role(page: Page, first: int) -> str:
    """ "بدمشق" (in Damascus) and "لدمشق", "للعراق" (to …) carry the preposition in the word."""
    raw = page.words.folded[first]
    if not "\u0600" <= raw[0] <= "\u06ff":
        return ""
    return (
        {"ب": "event_place", "ل": "destination" if _moves(page, max(0, first - 8), first) else ""}.get(raw[0], "")
        if len(raw) > 4
        else ""
    )


def _same_list(page: Page, first: int, previous: tuple[int, str] | None, start: int) -> str:
    """Role of the place before when only commas, "and" and designators stand between."""
    if previous is None or previous[0] < start or first - previous[0] > 4:
        return ""
    between = page.words.folded[previous[0] + 1 : first]
    separators = page.separator[previous[0] + 1 : first + 1]
    joined = any(sep in (",", "،", "&", "/", "، و") for sep in separators) or any(word in _AND for word in between)
    arabic_and = not between and page.words.folded[first][:1] == "و"
    if (joined or arabic_and) and all(word in _AND or word in _SKIP for word in between) and not _has_stop(separators):
        return "" if previous[1] in ("dateline", "embassy") else previous[1]
    return ""


def _has_stop(separators: list[str]) -> bool:
    return any(separator and separator[0] in ".;:(!?\n" for separator in separators)


def _attached(page: Page, first: int, past: int, previous: tuple[int, str] | None) -> str:
    """ "Aleppo (Syria)" or a name that opens its sentence: no preposition, so a plain mention."""
    if previous is not None and first - previous[0] == 1 and page.separator[first] in ("(", ","):
        return previous[1]
    return "mention"
