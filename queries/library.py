"""The script that draws the charts of a page: bundled once, then kept for the next page."""

from __future__ import annotations

import hashlib
from contextlib import suppress

from ticketledger.models.disk import write_synced
from ticketledger.models.mirrors import cache_folder

from .chart import drawing


def library() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script.

    To bundle them takes seconds, so the user's cache folder keeps it, one file for each version
    and with its own hash on top: one that is cut short or changed is made again. Where nothing can
    be kept, it is made for every page.

    Raises:
        MissingExtra: the drawing library is not installed.
    """
    drawn = drawing()
    with suppress(OSError, ImportError):
        kept = cache_folder() / f"vega-{drawn.__version__}.js"
        with suppress(FileNotFoundError):
            told, _, content = kept.read_bytes().partition(b"\n")
            if told == _mark(content):
                return content.decode()
        content = str(drawn.javascript_bundle()).encode()
        write_synced(kept, _mark(content) + b"\n" + content, kept.parent)
        return content.decode()
    return str(drawn.javascript_bundle())


def _mark(content: bytes) -> bytes:
    return b"// sha256 " + hashlib.sha256(content).hexdigest().encode()
