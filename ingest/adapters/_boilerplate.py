"""Lines that sites put around every item: "Read more", "The post … appeared first on …". They are no part of the text.

Known lines in four languages go from every feed and page; what one site alone adds is named in the catalog (option
`boilerplate`, a pattern that a whole line has to match).
"""

from __future__ import annotations

import re

LONGEST = 400  # characters; a longer line says something of its own
KNOWN = re.compile(
    r"(?:read (?:more|the full|full|also)\b.{0,80}|continue reading\b.{0,80}|lees (?:meer|verder|ook)\b.{0,80}"
    r"|lire (?:la suite|aussi)\b.{0,80}|leer más\b.{0,60}|اقرأ (?:المزيد|أيضا).{0,80}"
    r"|the post .{0,300} appeared first on .{0,200}|(?:share|tweet|print|email) (?:this|on)\b.{0,40}"
    r"|click here\b.{0,80}|subscribe\b.{0,80}|all rights reserved.{0,80}"
    r"|please (?:refer to the attached|see attached|download).{0,60}"
    r"|©.{0,120}|advertisement|sign up (?:for|to)\b.{0,80}|follow us on\b.{0,80}|view (?:original|this email).{0,60})",
    re.IGNORECASE,
)


def without_boilerplate(text: str, own: str = "") -> str:
    """The text without such lines. own: the pattern of the source."""
    of_source = re.compile(own, re.IGNORECASE) if own else None
    lines = text.split("\n")
    kept = [line for line in lines if not (len(line) <= LONGEST and _is_added(line, of_source))]
    if len(kept) == len(lines):
        return text
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip("\n")


def _is_added(line: str, of_source: re.Pattern[str] | None) -> bool:
    return bool(KNOWN.fullmatch(line) or (of_source and of_source.fullmatch(line)))
