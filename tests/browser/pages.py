"""Every page with parameters that fill it; a view that is not named here is opened without."""

from __future__ import annotations

from dashboard import views

FILLED: dict[str, dict[str, str]] = {
    "country": {"country": "AFG"},
    "region": {"region": "AF-BAL"},
    "compare": {"regions": "AF-BAL,SO-BY"},
    "brief": {"region": "AF-BAL"},
    "advice": {"region": "AF-BAL"},
    "register": {"region": "AF-BAL"},
    "evidence": {"q": "Balkh"},
}
PATHS = tuple(view.PATH for view in views.every())
LANGUAGES = ("nl", "en")


def parameters(path: str, language: str) -> dict[str, str]:
    """What stands in the address of a filled page."""
    return {"lang": language, **FILLED.get(path, {})}
