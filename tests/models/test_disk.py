"""Workspaces, beside processes that sweep."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ticketledger.models.disk import sweep, workspace


def test_a_sweep_that_comes_before_the_lock_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_open = os.open
    swept: list[str] = []

    def swept_first(path: Path, flags: int, **kwargs: Any) -> int:
        if not swept:
            swept.append(str(path))
            sweep(tmp_path)
        return real_open(path, flags, **kwargs)

    monkeypatch.setattr(os, "open", swept_first)
    with workspace(tmp_path) as folder:
        assert str(folder) != swept[0]
        assert list(tmp_path.iterdir()) == [folder]
        (folder / "part").write_bytes(b"x")
        sweep(tmp_path)
        assert (folder / "part").exists()
    assert list(tmp_path.iterdir()) == []
