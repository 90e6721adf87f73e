"""Does a sentence state anything? Headings, questions, references, credits and addresses hold theme words and tell of
no place that it is so."""

from __future__ import annotations

import re

FEWEST_WORDS = 4  # fewer without a full stop are a heading: "Natural disasters" says of no place that there were any
_LONGEST_HEADING = 12  # words
_LONGEST_REFERENCE = 8  # words
_STOPS = (".", "!", "?", "؟", "。", "…", ";", '."', ".”", ".)")
#: A short sentence that begins so sends the reader elsewhere ("See Landmines.").
_REFERENCE = re.compile(
    r"\W*(?:see|refer to|read more|zie|lees meer|voir|consultez|véase|consulte|siehe|انظر|راجع)\b", re.IGNORECASE
)
#: Whom to write to or call.
_ADDRESS = re.compile(
    r"[\w.+-]+@[\w-]+\.\w|\bcontact(?:s|eer)?\s?:|please contact|neem contact op|veuillez contacter"
    r"|para más información"
    r"|for (?:more|further) information|for interviews|to arrange interviews|media contacts?\b|press office"
    r"|voor meer informatie|pour plus d.informations|للمزيد من المعلومات|\+\d{2,3}[ (\d-]{7,}",
    re.IGNORECASE,
)
#: Who wrote it, where it can be found, whom to thank: about the text, not about the place.
_CREDIT = re.compile(
    r"\bplease credit\b|\(reporting by\b|\bediting by\b|\bplease visit\b|\bclick here\b|\bread the (?:full )?report\b"
    r"|\bto download\b|\bfollow us\b|\bgebruik met bronvermelding\b|\blees het (?:hele )?rapport\b|\bklik hier\b"
    r"|\b(?:lire|télécharger) le rapport\b|\bcliquez ici\b|\bleer el informe\b|\bhaga clic\b|اضغط هنا|لقراءة التقرير",
    re.IGNORECASE,
)
_ENDING = 20  # characters in which a question mark ends a sentence
_QUESTION = re.compile(r"[?؟][\s\"”»’'*_)]*$")
_LINK = re.compile(r"\[[^\]\n]*\]\([^)\s]*\)|https?://\S+")
_LEAST_OUTSIDE_LINKS = 0.2  # share of a sentence's characters; with less it is a list of links
_WRAPPED = re.compile(r"\W*(?:\*\*|__|#+ )")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")


def is_statement(sentence: str, part: str = "text") -> bool:
    """True for a sentence that tells something. `part`: "title" or "text" of the document; titles are written like
    headings and are news all the same."""
    words = len(sentence.split())
    stopped = sentence.rstrip(" *_").endswith(_STOPS)
    if words < FEWEST_WORDS and not stopped:
        return False
    if words <= _LONGEST_REFERENCE and _REFERENCE.match(sentence):
        return False
    if _ADDRESS.search(sentence) or _CREDIT.search(sentence) or _QUESTION.search(sentence[-_ENDING:]):
        return False
    if "://" in sentence and len(_LINK.sub("", sentence).strip()) < _LEAST_OUTSIDE_LINKS * len(sentence):
        return False
    return part == "title" or stopped or words > _LONGEST_HEADING or not _is_heading(sentence)


def _is_heading(sentence: str) -> bool:
    """A short line without a stop that is set off, or written in capitals where a sentence would have small letters."""
    if _WRAPPED.match(sentence):
        return True
    long_words = _LONG_WORD.findall(sentence)
    capital = sum(word[0].isupper() for word in long_words)
    return len(long_words) >= 2 and capital == len(long_words) and not any(sign.isdigit() for sign in sentence)
