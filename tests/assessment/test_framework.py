"""A framework file that contradicts itself is refused, and the message names the table."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.framework import SHIPPED, FrameworkError, load


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("place = { weight = 0.50", "place = { weight = 0.55", r"\[dimension.physical\] pillar weights sum to 1.05"),
        ("anchors = [[0.2, 100], [5, 50], [40, 0]]", "anchors = [[5, 100], [0.2, 50], [40, 0]]", r"P1\] anchors"),
        ("codes = { 0 = 100, 1 = 75, 2 = 50, 3 = 20, 4 = 0 }", "codes = { 0 = 100, 1 = 20, 2 = 50 }", "falling scores"),
        ('nl = "Ernstige zorg"\n', "", "one language only"),
        ('nl = "Ernstige zorg"', 'nl = "Veilig"', "no band is called safe"),
        ("treated_as = 4", "treated_as = 3", "no data is never safe"),
        ('inherit = "law"', 'inherit = "guess"', "inherit must be one of"),
        ('main_pillar = "place"', 'main_pillar = "elsewhere"', "main_pillar must be one of"),
    ],
)  # fmt: skip
def test_a_contradiction_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    other = tmp_path / "framework.toml"
    other.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FrameworkError, match=said):
        load(other)


def test_a_missing_file_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(FrameworkError, match="give the path of a framework file"):
        load(tmp_path / "none.toml")
