"""Amounts of memory as users spell them."""

from __future__ import annotations

import re

_USUAL = re.compile(r"[1-9][0-9]{0,5}(?:MB|GB|MiB|GiB)")


def is_usual(amount: str) -> bool:
    """Whether an amount is spelt as usual: of these no database need be asked, which takes time."""
    return _USUAL.fullmatch(amount) is not None
