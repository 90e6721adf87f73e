"""What was done about a place and who talks about it, told apart from how it is there.

Reports say at length what agencies gave, funded, planned and trained. That is the response; a claim needs the
situation. And a country is named in many sentences only because somebody speaks or pays for it ("the representative of
…", "funded by …", "(Canada) said"): such a sentence tells nothing of that country. The words are in response.toml.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .lexicon import LexiconError, Matcher
from .tokens import Words

RESPONSE_FILE = Path(__file__).with_name("response.toml")
_KINDS = ("deed", "state", "speaker", "donor")
_ARTICLES = 2  # words that may stand between "representative of" and the country ("the Islamic")
#: "Anna Berg (Sweden) said …": the country in brackets is the speaker's.
_IN_BRACKETS = re.compile(
    r"[^()\n]{0,40}\)\s*,?\s*(?:said|says|speaking|noted|asked|stressed|recalled|welcomed|introduc\w+|expressed|added"
    r"|zei|zegt|verklaarde|a déclaré|a dit|déclare|dijo|declaró|قال|قالت|أكد|أكدت)\b"
)


@dataclass(frozen=True, slots=True)
class Told:
    """What the words of one sentence tell: deeds and states by number of words, and the word positions behind which a
    speaker's or donor's country stands."""

    deeds: int = 0
    states: int = 0
    attributed: tuple[int, ...] = ()

    @property
    def is_response(self) -> bool:
        """A deed, and nothing that says how it is there."""
        return self.deeds > 0 and self.states == 0


@cache
def load_words(path: Path = RESPONSE_FILE) -> dict[str, Matcher]:
    """Read and check response.toml; a matcher a language. Raises LexiconError naming what is missing."""
    with path.open("rb") as file:
        table = tomllib.load(file)
    matchers: dict[str, Matcher] = {}
    for language, row in table.items():
        if set(row) != set(_KINDS):
            raise LexiconError(f"[{language}] in {path.name} needs the keys {', '.join(_KINDS)} and no other")
        matchers[language] = Matcher(language)
        for kind in _KINDS:
            matchers[language].add(row[kind], kind)
    return matchers


def read_told(words: Words, bounds: tuple[int, int], language: str) -> Told:
    """What one sentence tells, `bounds` its word positions; nothing for a language without words."""
    matcher = load_words().get(language)
    if matcher is None:
        return Told()
    found = matcher.find(words.folded, [bounds])
    places = {kind: {match.first for match in found if match.label == kind} for kind in ("deed", "state")}
    behind = sorted({match.last + 1 for match in found if match.label in ("speaker", "donor")})
    return Told(len(places["deed"]), len(places["state"]), tuple(behind))


def is_attributed(start: int, text: str, words: Words, told: Told) -> bool:
    """True when the place at offset `start` is there for who speaks or pays."""
    position = bisect_left(words.starts, start)
    for behind in told.attributed:
        if behind <= position <= behind + _ARTICLES and _unbroken(words, behind, position, text):
            return True
    return text[start - 1 : start] == "(" and _IN_BRACKETS.match(text, start) is not None


def _unbroken(words: Words, first: int, last: int, text: str) -> bool:
    """No comma or stop between the words before a country and the country: "thanks to rain, Kenya …" is no donor."""
    if first == 0 or last >= len(words.starts):
        return False
    between = text[words.ends[first - 1] : words.starts[last]]
    return not any(sign in ",;:.،؛()" for sign in between)
