"""What a named place does in its sentence: where it happened, where people fled from or to, an embassy, a dateline.

Rules over the words around the span and the endings of the name (places_words.toml). A place that only follows another
in a list ("from Homs, Hama and Aleppo") takes over its role.
"""

import re

from ingest.text import places_words as w
from ingest.text.places_page import Page
from ingest.text.places_shapes import LOWER, UPPER
from ingest.text.places_tokens import APOSTROPHES, fold_word
from ingest.text.places_vocabulary import listed, vocabulary

ROLES = ("event_place", "origin", "destination", "embassy", "dateline", "mention")
_ENGLISH = vocabulary("en")
_GOVERNING = _ENGLISH.in_words | _ENGLISH.to_words | _ENGLISH.and_words
_SKIP = (w.DESIGNATORS | w.DIRECTIONS | w.ARTICLES) - _GOVERNING | w.words_of(
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
    i, skipped = first - 1, _SKIP | vocabulary(page.language).between
    while i >= start and page.words.folded[i] in skipped and page.separator[i + 1] in ("", "-", "'", "’"):
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
    """Somebody moves in words start..word-1, or up to the end of the sentence where the verb stands last."""
    words = vocabulary(page.language)
    past = _sentence_past(page, word) if words.verb_last else word
    return any(folded in words.motion for folded in page.words.folded[start:past])


def _sentence_past(page: Page, word: int, farthest: int = 15) -> int:
    """Index past the last word of the sentence, looking ahead at most `farthest` words."""
    last = min(word + farthest, len(page.words))
    return next((i for i in range(word, last) if _SENTENCE_END.search(page.separator[i])), last)


def role_of(
    page: Page, first: int, past: int, kind: str, previous: tuple[int, str] | None, inflected: bool = False
) -> str:
    """Role of the span first..past-1; `previous`: (last word, role) of the place before it in the text; `inflected`:
    the name is not in its base form."""
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
    carried = _carried_role(page, start, first, past)
    if carried in ("origin", "destination") or _inhabitants_leave(page, i, first, past):
        return carried if carried in ("origin", "destination") else "origin"
    if i < start or page.separator[i + 1] not in ("", "'", "’", "-"):
        return carried or _arabic_prefix_role(page, first) or _attached(page, first, past, previous)
    return (
        _by_governor(page, i, start, first, past, inflected) or carried or _arabic_prefix_role(page, first) or "mention"
    )


def _inhabitants_leave(page: Page, governor: int, first: int, past: int) -> bool:
    """ "Inwoners van Goma vluchtten": those who live there leave it. `governor`: the word before "of" and articles."""
    folded, leaving = page.words.folded, vocabulary(page.language).leaving
    if governor < 0 or folded[governor] not in w.INHABITANTS or first - governor > 3:
        return False
    if governor and folded[governor - 1] in leaving:  # Arabic puts the verb first
        return True
    stops = [page.separator[past]] if past < len(folded) else []
    return not _has_stop(stops) and bool(leaving & set(folded[past : past + 4]))


#: French and Spanish: "rentrés à", "déplacés de".
_ROMANCE_ARRIVING, _ROMANCE_LEAVING = listed("arriving", "fr", "es"), listed("leaving", "fr", "es")


def _by_governor(page: Page, i: int, start: int, first: int, past: int, inflected: bool) -> str:
    """Role from the preposition or verb at word i before the span."""
    folded, governor = page.words.folded, page.words.folded[i]
    words, moving = vocabulary(page.language), _moves(page, start, i + 1)
    if governor in words.from_words:
        onward = any(word in words.to_words for word in folded[past : past + 8])
        coming = bool(words.people & set(folded[max(start, i - 2) : i]))
        return "origin" if moving or onward or coming else "mention"
    if governor in words.either:
        rests = folded[past - 1].endswith(words.resting) and (inflected or not _after_origin(page, start, i))
        return "event_place" if rests or not moving else "destination"
    if governor in ("a", "au", "aux"):  # French and Spanish "à": where to after a verb of arriving, else where
        return "destination" if _ROMANCE_ARRIVING & set(folded[max(start, i - 6) : i]) else "event_place"
    if governor in _TOWARDS and not moving and _FIRED & set(folded[max(start, i - 8) : i]):
        return "event_place"  # "fired from Syria into Turkey"
    if governor in words.to_words and (moving or _after_origin(page, start, i)):
        return "destination"
    if governor in _ON:
        return "event_place" if any(word in _STRIKE for word in folded[max(start, i - 6) : i]) else "mention"
    if governor in words.in_words:
        if folded[past : past + 1] in (["direction"], ["directions"], ["axis"]):  # fighting towards it, not there
            return "mention"
        return "destination" if i > start and folded[i - 1] in words.arriving else "event_place"
    if governor in ("de", "du", "des", "d") and moving and _closest_motion_leaves(page, start, i):
        return "origin"
    return ""


def _closest_motion_leaves(page: Page, start: int, word: int) -> bool:
    """ "déplacés de Homs", not "le retour de…": the nearest word of motion is one of leaving, right before."""
    return any(folded in _ROMANCE_LEAVING for folded in page.words.folded[max(start, word - 2) : word])


def _after_origin(page: Page, start: int, word: int) -> bool:
    """ "from Kabul to …": an origin preposition (or a verb of leaving) shortly before."""
    from_words = vocabulary(page.language).from_words
    return any(folded in from_words for folded in page.words.folded[max(start, word - 6) : word])


def _carried_role(page: Page, start: int, first: int, past: int) -> str:
    """Role that the name itself carries ("Halep'ten", "ከትግራይ") or a word right behind it ("Sudaan keessatti")."""
    words, folded = vocabulary(page.language), page.words.folded
    following = folded[past] if past < len(folded) and not _has_stop([page.separator[past]]) else ""
    role = next((role for role, after in words.after if following in after), "")
    for possible, parts in words.carried:
        role = role or (possible if any(_carries(page, first, past, part) for part in parts) else "")
    return role if role in ("", "event_place") or _moves(page, start, past) else "mention"


def _carries(page: Page, first: int, past: int, part: str) -> bool:
    forms = vocabulary(page.language).forms
    if forms.apostrophe:
        after = re.split(f"[{APOSTROPHES}]", page.words.raw[past - 1])[1:]
        return bool(after) and fold_word(after[-1]) == part
    if forms.prefixes:
        return page.words.folded[first].startswith(part) and len(page.words.folded[first]) > len(part) + 1
    return page.words.folded[past - 1].endswith(part)


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
    words = vocabulary(page.language)
    ands = words.and_words
    joined = any(sep in (",", "،", "&", "/", "، و") for sep in separators) or any(word in ands for word in between)
    attached = page.words.folded[first][:1] == "و" or page.words.folded[first - 1].endswith(words.and_suffix)
    if (
        (joined or (attached and not between))
        and all(word in ands or word in _SKIP for word in between)
        and not _has_stop(separators)
    ):
        return "" if previous[1] in ("dateline", "embassy") else previous[1]
    return ""


def _has_stop(separators: list[str]) -> bool:
    return any(separator and separator[0] in ".;:(!?\n" for separator in separators)


def _attached(page: Page, first: int, past: int, previous: tuple[int, str] | None) -> str:
    """ "Aleppo (Syria)" or a name that opens its sentence: no preposition, so a plain mention."""
    if previous is not None and first - previous[0] == 1 and page.separator[first] in ("(", ","):
        return previous[1]
    return "mention"
