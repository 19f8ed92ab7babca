"""Text from data, made safe to show: it cannot steer a terminal or forge a line."""

from __future__ import annotations

import unicodedata


def printable(text: str) -> str:
    """Return the text with control and format characters written as escapes."""
    return "".join(
        char if unicodedata.category(char)[0] != "C" else char.encode("unicode_escape").decode()
        for char in text
    )
