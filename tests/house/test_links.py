"""The links lead to the rooms, and the type checkers really look into them."""

from pathlib import Path

import pytest
from mypy.modulefinder import FindModuleCache, SearchPaths
from mypy.options import Options

from .layout import FRONT_DOOR, LINKS, ROOMS, ROOT, pyproject


@pytest.mark.parametrize("room", ROOMS)
def test_room_is_a_real_folder_and_its_link_is_relative(room: str) -> None:
    link = ROOT / FRONT_DOOR / room
    assert (ROOT / room).is_dir()
    assert not (ROOT / room).is_symlink()
    assert link.is_symlink()
    assert link.readlink() == Path("..", room)


def test_the_links_are_the_only_ones() -> None:
    folders = [ROOT / name for name in (FRONT_DOOR, *ROOMS, "tests", "data")]
    found = {path for folder in folders for path in folder.rglob("*") if path.is_symlink()}
    assert found == {ROOT / link for link in LINKS}


def test_pyright_is_pointed_at_every_file_without_a_link_on_the_way() -> None:
    included = [ROOT / name for name in pyproject()["tool"]["pyright"]["include"]]
    for path in included:
        assert path.exists()
        assert path == path.resolve(), f"{path} leads through a link: pyright checks nothing there"
    missed = [
        path
        for folder in (FRONT_DOOR, *ROOMS, "tests", "bench")
        for path in (ROOT / folder).rglob("*.py")
        if path == path.resolve()
        and not any(path == start or start in path.parents for start in included)
    ]
    assert missed == []


def test_mypy_checks_every_module_once() -> None:
    options = Options()
    finder = FindModuleCache(SearchPaths((str(ROOT),), (), (), ()), None, options)
    sources = [
        source
        for package in pyproject()["tool"]["mypy"]["packages"]
        for source in finder.find_modules_recursive(package)
    ]
    paths = [Path(source.path).resolve() for source in sources if source.path is not None]
    checked = [path for path in paths if path.is_file()]  # folders of SQL count as packages too
    written = {
        path.resolve()
        for folder in (FRONT_DOOR, *ROOMS, "tests", "bench")
        for path in (ROOT / folder).rglob("*.py")
    }
    assert sorted(checked) == sorted(written)
    assert {source.module for source in sources} >= {f"{FRONT_DOOR}.{room}" for room in ROOMS}
