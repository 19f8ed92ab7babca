"""Colours and type of charts: names in the specs, values here, once for light and once for dark."""

from __future__ import annotations

import re
from typing import Any, Final

LIGHT: Final = {
    "page": "#ffffff",
    "card": "#f6f7f9",
    "ink": "#1b1f24",
    "faint": "#57606a",
    "line": "#d0d7de",
    "accent": "#0b5cad",
    "arrived": "#0072b2",
    "done": "#00795c",
    "bad": "#b3410e",
    "waiting": "#8250a8",
    "one": "#0072b2",
    "two": "#c07c00",
    "three": "#00795c",
    "four": "#b3568a",
    "five": "#3391cc",
    "six": "#7a6a00",
    "seven": "#5b3fa0",
    "eight": "#8c2d19",
    "nine": "#4d7c0f",
    "ten": "#c2185b",
    "eleven": "#0e7490",
    "twelve": "#6b7280",
}
"""Okabe and Ito's hues, which colour-blind readers tell apart, and six more for those who have many
statuses; at least 3 : 1 against page and card."""

DARK: Final = {
    "page": "#14171b",
    "card": "#1d2127",
    "ink": "#e6e9ed",
    "faint": "#a3acb7",
    "line": "#3a414b",
    "accent": "#78b7f5",
    "arrived": "#56b4e9",
    "done": "#2fbf95",
    "bad": "#f0803c",
    "waiting": "#c39ae6",
    "one": "#56b4e9",
    "two": "#e69f00",
    "three": "#2fbf95",
    "four": "#e08bbb",
    "five": "#a6d8f5",
    "six": "#d8c94a",
    "seven": "#a78bfa",
    "eight": "#ef8a75",
    "nine": "#a3d65c",
    "ten": "#f472b6",
    "eleven": "#4dd0e1",
    "twelve": "#b4bcc8",
}

SERIES: Final = (
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
"""One after the other; the first six are told apart by colour-blind readers."""

_FONT = "system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', 'DejaVu Sans', sans-serif"
_NAME = re.compile(r"var\(--(\w+)\)")


def config() -> dict[str, Any]:
    """Return the Vega-Lite config of every chart; colours are names."""
    return {
        "background": "transparent",
        "font": _FONT,
        "view": {"stroke": None},
        "aria": False,  # the page names the chart, and its numbers are in a table
        "mark": {"aria": False},
        "axis": {
            "aria": False,
            "labelColor": "var(--faint)",
            "titleColor": "var(--faint)",
            "titleFontWeight": "normal",
            "gridColor": "var(--line)",
            "domainColor": "var(--line)",
            "tickColor": "var(--line)",
            "labelFontSize": 11,
            "titleFontSize": 11,
            "labelLimit": 130,
            "labelOverlap": True,
        },
        "axisX": {"grid": False},
        "legend": {
            "aria": False,
            "labelColor": "var(--ink)",
            "titleColor": "var(--faint)",
            "labelLimit": 160,
        },
        "header": {"labelColor": "var(--ink)", "titleColor": "var(--faint)", "labelFontSize": 12},
        "title": {"color": "var(--ink)"},
        "text": {"color": "var(--ink)"},
        "bar": {"color": "var(--one)"},
        "area": {"opacity": 0.85},
        "range": {"category": [f"var(--{name})" for name in SERIES]},
    }


def css() -> str:
    """Return the same colours for a page, by the reader's preference; paper is light."""
    light, dark = (
        "".join(f"--{name}:{value};" for name, value in theme.items()) for theme in (LIGHT, DARK)
    )
    return (
        f":root{{color-scheme:light dark;{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"
    )


def painted(text: str) -> str:
    """Return text with names of colours replaced by those of paper."""
    return _NAME.sub(lambda name: LIGHT.get(name[1], name[0]), text)
