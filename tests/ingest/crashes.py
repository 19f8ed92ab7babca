"""Storage that ends at its k-th call, as for a process that is killed there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

CALLS = ("fsync", "link", "replace", "unlink", "mkdir", "utime")
"""What changes a ledger, besides the bytes of files that have no name in it yet."""


class Crash(OSError):
    """Nothing reaches the disk any more. An `OSError`, so that locks are let go on the way out."""


@contextmanager
def storage_ends(after: int) -> Iterator[list[str]]:
    """Let so many calls pass and none after them; yields the names of those that passed."""
    passed: list[str] = []

    def counted(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def perform(*args: Any, **kwargs: Any) -> Any:
            if len(passed) >= after:
                raise Crash(5, "crash")
            passed.append(name)
            return call(*args, **kwargs)

        return perform

    with pytest.MonkeyPatch.context() as patched:
        for name in CALLS:
            patched.setattr(os, name, counted(name, getattr(os, name)))
        yield passed
