"""Every dependency says on its own line why it is there."""

import re
import tomllib

from .layout import ROOT

TEXT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def unexplained(text: str) -> list[str]:
    """Return the requirements of a pyproject.toml that share no line with a comment."""
    parsed = tomllib.loads(text)
    project = parsed["project"]
    needed = [*parsed["build-system"]["requires"], *project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        needed += extra
    return [
        need for need in needed if not re.search(rf'^[^#\n]*"{re.escape(need)}".*# \S', text, re.M)
    ]


def test_every_dependency_has_its_reason() -> None:
    assert unexplained(TEXT) == []


def test_a_missing_reason_is_seen() -> None:
    bare = re.sub(r'("click",)  # .*', r"\1", TEXT)
    assert bare != TEXT
    assert unexplained(bare) == ["click"]
