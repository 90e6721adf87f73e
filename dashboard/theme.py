"""The theme as Streamlit options: ink on paper, one blue, a serif for headings; light and dark."""

from __future__ import annotations

from collections.abc import Mapping

LIGHT: Mapping[str, str] = {
    "primaryColor": "#1f4e79",
    "backgroundColor": "#fbfaf7",
    "secondaryBackgroundColor": "#f1efe8",
    "textColor": "#1c232b",
    "linkColor": "#1f4e79",
    "borderColor": "#d6d2c6",
}
DARK: Mapping[str, str] = {
    "primaryColor": "#3577b8",  # white on it 4.7:1, it on the background 3.8:1
    "backgroundColor": "#14181d",
    "secondaryBackgroundColor": "#1e242b",
    "textColor": "#e9edf1",
    "linkColor": "#9cc9f2",
    "borderColor": "#39424d",
}
SHARED: Mapping[str, str] = {
    "font": "sans-serif",
    "headingFont": "serif",
    "baseRadius": "0.25rem",
    "baseFontSize": "16",
    "linkUnderline": "true",
    "showWidgetBorder": "true",
}


def options() -> dict[str, str]:
    """`theme.*` options for the server's command line."""
    return {
        **{f"theme.{name}": value for name, value in SHARED.items()},
        **{f"theme.light.{name}": value for name, value in LIGHT.items()},
        **{f"theme.dark.{name}": value for name, value in DARK.items()},
    }
