"""Progress on stderr, only on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ..ingest import Found, Progress


@contextmanager
def progress_of(found: Found) -> Iterator[Callable[[Progress], None]]:
    """A bar on stderr, after the first second and only on a terminal."""
    from time import monotonic

    if not sys.stderr.isatty():
        yield lambda progress: None
        return
    whole = sum(source.path.stat().st_size for source in found.sources if source.path)
    begun = shown = monotonic()
    bar: Any = None

    def show(progress: Progress) -> None:
        nonlocal bar, shown
        now = monotonic()
        if now - begun < 1 or now - shown < 0.2:
            return
        shown = now
        if bar is None:
            bar = click.progressbar(
                length=max(whole, 1),
                label="ingest",
                file=sys.stderr,
                item_show_func=lambda told: told or "",
                show_eta=True,
            )
        total = progress.total
        told = (
            f"{progress.lines:,} lines, {progress.lines / (now - begun):,.0f}/s; committed:"
            f" {total.accepted:,} accepted, {total.duplicates:,} duplicates,"
            f" {total.rejected:,} rejected"
        )
        bar.update(progress.size_bytes - bar.pos, told)

    yield show
    if bar is not None:
        bar.render_finish()


@contextmanager
def counting(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr, only on a terminal."""
    bar: Any = None

    def show(done: int, whole: int) -> None:
        nonlocal bar
        if bar is None and sys.stderr.isatty():
            bar = click.progressbar(length=max(whole, 1), label=label, file=sys.stderr)
        if bar is not None:
            bar.length = max(whole, 1)
            bar.update(done - bar.pos)

    yield show
    if bar is not None:
        bar.render_finish()
