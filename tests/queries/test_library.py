"""The script of the page is bundled once, and never used when it is not whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from ticketledger.queries import library as library_module
from ticketledger.queries.library import library


@dataclass
class Drawing:
    """Stands for the drawing library, and counts."""

    bundled: int = 0
    __version__ = "7.8.9"

    def javascript_bundle(self) -> str:
        self.bundled += 1
        return "let é = 1\n"


@pytest.fixture
def drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Drawing:
    made = Drawing()
    monkeypatch.setattr(library_module, "drawing", lambda: made)
    monkeypatch.setenv("TICKETLEDGER_CACHE", str(tmp_path / "cache"))
    return made


def test_it_is_bundled_once_for_a_version(drawn: Drawing, tmp_path: Path) -> None:
    assert [library(), library()] == ["let é = 1\n"] * 2
    assert drawn.bundled == 1
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["vega-7.8.9.js"]
    drawn.__version__ = "7.9.0"
    assert library() == "let é = 1\n"
    assert drawn.bundled == 2


@pytest.mark.parametrize("damage", [b"", b"let evil = 1\n", b"// sha256 00\nlet \xff = 1\n"])
def test_what_is_not_whole_is_made_again(drawn: Drawing, tmp_path: Path, damage: bytes) -> None:
    library()
    kept = tmp_path / "cache" / "vega-7.8.9.js"
    whole = kept.read_bytes()
    for content in (damage, whole[:-1], whole + b"x"):
        kept.write_bytes(content)
        assert library() == "let é = 1\n"
        assert kept.read_bytes() == whole
    assert drawn.bundled == 4


def test_where_nothing_can_be_kept_it_is_made_each_time(drawn: Drawing, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    assert library() == library() == "let é = 1\n"
    assert drawn.bundled == 2
