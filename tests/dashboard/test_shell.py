"""When a view fails, the reader gets a number and the log the story; style and language of the page."""

from __future__ import annotations

import logging

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import bands, shell


def failing() -> None:
    """Runs inside AppTest, which takes this function's text only."""
    import types
    from datetime import datetime

    from dashboard import shell as shown
    from dashboard.language import load

    page = types.SimpleNamespace(
        now=datetime(2026, 11, 28, 12, 0, 5),
        reader=types.SimpleNamespace(snapshot={"snapshot_id": "snap-1"}),
        word=load("en"),
    )
    try:
        raise ValueError("secret detail")
    except ValueError:
        shown.fault(page, "region")  # type: ignore[arg-type]


def test_a_fault_is_a_number_on_the_page_and_a_story_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="returnwatch.dashboard"):
        test = AppTest.from_function(failing).run()
    html = "".join(element.proto.body for element in test.get("html"))
    assert "20261128-120005" in html
    assert "secret detail" not in html
    assert not test.exception
    record = next(record for record in caplog.records if record.name == "returnwatch.dashboard")
    assert "view=region" in record.getMessage()
    assert "secret detail" in (record.exc_text or str(record.exc_info))


def test_the_style_has_every_band_and_asks_nobody() -> None:
    text = shell._style_text()
    for key in bands.KEYS:
        assert f"--rw-band-{key}:" in text
        assert f".rw-band-{key} " in text
    assert "@import" not in text
    assert "url(http" not in text
    assert text.replace("http://www.w3.org", "").count("http") == 0
