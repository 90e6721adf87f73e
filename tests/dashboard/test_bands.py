"""Bands can be told apart by anybody: contrast, order of lightness, colour-vision deficiencies, pattern, word."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from dashboard import bands, theme
from dashboard.language import LANGUAGES

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
DEFICIENCIES = {
    "none": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
APART = 15.0  # CIE76; 2.3 is a just noticeable difference, side by side


def lab(colour: str, deficiency: str) -> np.ndarray:
    seen = np.clip(np.asarray(DEFICIENCIES[deficiency]) @ np.array(bands._linear(colour)), 0, 1)
    x = TO_XYZ @ seen / np.array([0.9505, 1.0, 1.089])
    f = np.where(x > (6 / 29) ** 3, np.cbrt(x), x / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("name", bands.KEYS)
def test_ink_on_every_fill_has_enough_contrast(name: str) -> None:
    look = bands.LOOKS[name]
    assert bands.contrast(look.light, look.light_ink) >= 4.5
    assert bands.contrast(look.dark, look.dark_ink) >= 4.5


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
@pytest.mark.parametrize("side", ["light", "dark"])
def test_every_pair_of_bands_differs_for_every_eye(deficiency: str, side: str) -> None:
    seen = {name: lab(getattr(bands.LOOKS[name], side), deficiency) for name in bands.KEYS}
    near = {
        (a, b): round(float(np.linalg.norm(seen[a] - seen[b])), 1)
        for a, b in itertools.combinations(bands.KEYS, 2)
        if np.linalg.norm(seen[a] - seen[b]) < APART
    }
    assert near == {}
    lightness = [seen[name][0] for name in bands.LEVELS]
    assert all(a - b > 5 for a, b in itertools.pairwise(lightness))


def test_patterns_and_words_are_all_different() -> None:
    assert len({look.tile for look in bands.LOOKS.values()}) == len(bands.KEYS)
    for language in LANGUAGES:
        assert len({bands.word(name, language) for name in bands.KEYS}) == len(bands.KEYS)


def test_outline_and_hatch_stand_out_from_paper_and_fill() -> None:
    for side, colours in enumerate((theme.LIGHT, theme.DARK)):
        ground = bands.LOOKS["U"].light if side == 0 else bands.LOOKS["U"].dark
        assert bands.contrast(bands.OUTLINE[side], colours["backgroundColor"]) >= 3
        assert bands.contrast(bands.HATCH[side], ground) >= 3


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK])
def test_text_and_links_of_the_theme_have_enough_contrast(colours: dict[str, str]) -> None:
    for ground in (colours["backgroundColor"], colours["secondaryBackgroundColor"]):
        assert bands.contrast(colours["textColor"], ground) >= 7
        assert bands.contrast(colours["linkColor"], ground) >= 4.5
        assert bands.contrast(colours["primaryColor"], ground) >= 3  # edges of buttons and fields
    assert bands.contrast(colours["primaryColor"], "#ffffff") >= 4.5  # words on buttons


def test_inks_of_the_style_sheet_have_enough_contrast() -> None:
    import re

    from dashboard.shell import STYLE

    found = dict(re.findall(r"--rw-([a-z-]+): light-dark\((#[0-9a-f]{6}, #[0-9a-f]{6})\)", STYLE.read_text()))
    pairs = [("ink", "paper"), ("ink", "card"), ("ink-soft", "paper"), ("ink-soft", "card"), ("accent", "paper"),
             ("accent", "card"), ("bad", "bad-ground"), ("warn", "warn-ground"), ("good", "good-ground")]  # fmt: skip
    weak = [
        (ink, ground, side)
        for ink, ground in pairs
        for side in (0, 1)
        if bands.contrast(found[ink].split(", ")[side], found[ground].split(", ")[side]) < 4.5
    ]
    assert weak == []


def test_what_is_known_warns_and_never_comforts() -> None:
    assert bands.known_severe({"state": "insufficient", "indicative_level": 5}) == "5"
    assert bands.known_severe({"state": "insufficient", "indicative_level": 2}) is None
    assert bands.known_severe({"state": "insufficient", "indicative_level": None}) is None
    assert bands.known_severe({"state": "assessed", "indicative_level": 5}) is None
    assert bands.key({"state": "insufficient", "level": 5}) == bands.UNKNOWN
    assert bands.key({"state": "stale", "level": 3}) == "3"
