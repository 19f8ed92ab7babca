"""Brackets in JSON text that may be broken: which stand open, and what may come next."""

from __future__ import annotations

import re
from typing import Final

BLANKS: Final = b" \t\r\n"

TOKEN: Final = re.compile(rb'"(?:[^"\\\n]+|\\[^\n])*+("?)|[\[\]{},\n]')
"""A string (without its group it does not end on its line), a bracket, a comma or a line's end."""

OBJECT_LINE: Final = re.compile(rb"([ \t]*)\{")
"""A line that starts an object; the group is its indentation."""


def follow(opened: list[bytes], token: bytes) -> None:
    """Keep the open brackets; one that closes nothing is passed over."""
    if token in (b"{", b"["):
        opened.append(token)
    elif token in (b"}", b"]") and opened:
        opened.pop()


def left_open(text: bytes) -> list[bytes]:
    """Return the brackets that stand open at the end of a text, outermost first."""
    opened: list[bytes] = []
    for token in TOKEN.finditer(text):
        follow(opened, token[0])
    return opened


def closes(line: bytes) -> bool:
    """Whether a line closes every bracket it opens (strings are told apart if need be)."""
    if line.count(b"{") + line.count(b"[") <= line.count(b"}") + line.count(b"]"):
        return True
    return not left_open(line)


def allows_object(opened: list[bytes], before: bytes) -> bool:
    """Whether JSON allows an object after these bytes, inside these brackets."""
    last = before.rstrip(BLANKS)[-1:]
    return last in ((b"[", b",") if opened[-1] == b"[" else (b":",))
