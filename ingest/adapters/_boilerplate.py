"""Lines that sites put around every item: "Read more", "The post … appeared first on …". They are no part of the text.

Known lines in six languages go from every feed, page and report; what one source alone adds to all its documents stands
in the catalog (option `boilerplate`: patterns, one of which a whole line has to match; `returnwatch sources repeated`
finds them). A standing note about "a terrorist attack" on every country's page would else be a claim about each.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

LONGEST = 400  # characters; a longer line that begins like a known one says something of its own
AROUND = " \t-–—*_•>→»"  # bullets and emphasis around a line
LINES = {
    "go on reading": (
        r"read (?:more|the full|full|also)\b.{0,80}|continue reading\b.{0,80}|click here\b.{0,80}|learn more\b.{0,80}"
        r"|lees (?:meer|verder|ook)\b.{0,80}|klik hier\b.{0,80}|lire (?:la suite|aussi|plus)\b.{0,80}"
        r"|cliquez ici\b.{0,80}|leer más\b.{0,60}|lea también\b.{0,80}|haga clic aquí\b.{0,80}"
        r"|mehr lesen\b.{0,60}|lesen sie (?:auch|mehr)\b.{0,80}|weiterlesen\b.{0,60}"
        r"|(?:اقرأ|إقرأ) (?:المزيد|أيضا|أيضًا|ايضا).{0,80}|انقر هنا.{0,80}"
    ),
    "where it came first": (
        r"the post .{0,300} appeared first on .{0,200}|view (?:original|this email).{0,60}"
        r"|(?:this (?:article|story) )?(?:was )?(?:first|originally) (?:published|appeared) (?:on|in|at|by) .{0,120}"
        r"|l[’']article .{0,300} est apparu en premier sur .{0,200}|la entrada .{0,300} aparece primero en .{0,200}"
    ),
    "share": (
        r"(?:share|tweet|print|email) (?:this|on|via)\b.{0,40}|(?:share|print|tweet|email)"
        r"|deel (?:dit|deze|via|op)\b.{0,40}|partage[rz] (?:cet|cette|sur|via|par)\b.{0,40}"
        r"|compart(?:ir|e) (?:en|este|esta|vía)\b.{0,40}|teilen (?:auf|über)\b.{0,40}|شارك (?:هذا|هذه|على|عبر).{0,40}"
    ),
    "subscribe": (
        r"subscribe\b.{0,80}|sign up (?:for|to)\b.{0,80}|get (?:our|the) (?:daily |weekly )?newsletter.{0,80}"
        r"|(?:meld (?:je|u)|schrijf (?:je|u)) (?:aan|in)\b.{0,80}|e-mail ontvangen als\b.{0,160}"
        r"|(?:abonnez|inscrivez)-vous\b.{0,80}|suscr[ií]b(?:ase|ete)\b.{0,80}"
        r"|abonnieren sie\b.{0,80}|(?:اشترك|اشتركوا) (?:في|الآن).{0,80}"
        r"|support our (?:work|journalism|reporting)\b.{0,120}|donate (?:now|today|here)\b.{0,80}"
    ),
    "follow": (
        r"(?:follow|join|find) us on\b.{0,80}|follow @?\w+ on (?:x|twitter|facebook|instagram|telegram)\b.{0,40}"
        r"|volg ons (?:op|via)\b.{0,80}|suivez-nous\b.{0,80}|síg(?:anos|uenos)\b.{0,80}|folgen sie uns\b.{0,80}"
        r"|(?:تابعونا|تابعنا) (?:على|عبر).{0,80}"
    ),
    "rights": (
        r"©.{0,120}|copyright (?:©|\(c\)|\d{4}).{0,120}|all rights reserved.{0,80}|alle rechten voorbehouden.{0,80}"
        r"|tous droits réservés.{0,80}|todos los derechos reservados.{0,80}|alle rechte vorbehalten.{0,80}"
        r"|(?:جميع|كافة|كل) الحقوق محفوظة.{0,80}|advertisement|advertentie|publicité|publicidad|anzeige|إعلان"
    ),
    "cookies": (
        r"(?:this (?:site|website)|we|our (?:site|website)) uses? cookies\b.{0,300}"
        r"|(?:accept|manage|reject)(?: all)? cookies"
        r"|(?:deze (?:site|website) gebruikt|wij gebruiken) cookies\b.{0,300}"
        r"|(?:ce site|nous) utilis(?:e|ons) des cookies\b.{0,300}|(?:este sitio|esta web) utiliza cookies\b.{0,300}"
    ),
    "about the document": (
        r"please (?:refer to the attached|see attached|download).{0,60}"
        r"|(?:for )?(?:further|more|additional) information,? (?:please )?(?:contact|visit|see|call)\b.{0,160}"
        r"|for information media\.? not an official record\.?|media contacts?:?"
        r"|(?:voor meer informatie|pour plus d[’']informations?|para más información|للمزيد من المعلومات)\b.{0,120}"
    ),
}
KNOWN = re.compile("|".join(f"(?:{lines})" for lines in LINES.values()), re.IGNORECASE)


def without_boilerplate(text: str, own: Sequence[str] = ()) -> str:
    """The text without such lines. own: the patterns of the source."""
    of_source = _compiled(tuple(own))
    lines = text.split("\n")
    kept = [line for line in lines if not _is_added(line, of_source)]
    if len(kept) == len(lines):
        return text
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip("\n")


def faults(own: Sequence[object]) -> list[str]:
    """What is wrong with a catalog's patterns, a sentence each."""
    found = []
    for pattern in own:
        try:
            matches_all = re.compile(str(pattern), re.IGNORECASE).fullmatch("Shelling killed 14 people in Aleppo.")
        except re.error as error:
            found.append(f"{pattern!r} is no pattern: {error}")
            continue
        if matches_all or not isinstance(pattern, str):
            found.append(f"{pattern!r} would drop any line; write the words the site adds")
    return found


@lru_cache(maxsize=256)
def _compiled(own: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{pattern})" for pattern in own), re.IGNORECASE) if own else None


def _is_added(line: str, of_source: re.Pattern[str] | None) -> bool:
    said = line.strip(AROUND)
    if of_source and of_source.fullmatch(said):
        return True
    return len(said) <= LONGEST and bool(KNOWN.fullmatch(said))
