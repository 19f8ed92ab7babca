"""What is built is one package, whole, from the working tree and from the sdist alike."""

import email
import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import PIP_INSTALL

from .conftest import Built, sdist_files, wheel_files
from .layout import FRONT_DOOR, LINKS, ROOMS, ROOT, installed_name, shipped_files


def test_wheel_has_one_package_and_its_metadata_at_the_top(built: Built) -> None:
    top = {name.partition("/")[0] for name in wheel_files(built.wheel)}
    packages = {name for name in top if not name.endswith(".dist-info")}
    assert packages == {FRONT_DOOR}
    assert len(top) == 2


def test_wheel_holds_every_file_of_the_rooms_and_nothing_else(built: Built) -> None:
    files = {name for name in wheel_files(built.wheel) if ".dist-info/" not in name}
    assert files == {installed_name(name) for name in shipped_files()}
    for room in ROOMS:
        assert f"{FRONT_DOOR}/{room}/__init__.py" in files


def test_sdist_builds_an_equal_wheel(built: Built) -> None:
    assert wheel_files(built.wheel_from_sdist) == wheel_files(built.wheel)


def test_sdist_holds_the_rooms_once_and_the_tests(built: Built) -> None:
    files = sdist_files(built.sdist)
    assert shipped_files() <= files
    assert {"LICENSE", "Makefile", "README.md", ".ci/run", "tests/house/layout.py"} <= files
    assert not [name for name in files if name.startswith(LINKS)]


def test_metadata_version_is_the_one_in_the_code(built: Built) -> None:
    (name,) = (n for n in wheel_files(built.wheel) if n.endswith(".dist-info/METADATA"))
    metadata = email.message_from_bytes(wheel_files(built.wheel)[name])
    code = "import ticketledger; print(ticketledger.__version__, end='')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert metadata["Version"] == done.stdout


def test_installed_wheel_works_from_another_folder(built: Built, tmp_path: Path) -> None:
    target = tmp_path / "site"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    subprocess.run(
        [*PIP_INSTALL, "--no-deps", "--no-index", "--target", str(target), str(built.wheel)],
        cwd=elsewhere,
        check=True,
    )
    code = (
        "import importlib, ticketledger\n"
        "print(ticketledger.__file__)\n"
        "for room in ('ingest', 'models', 'queries'):\n"
        "    print(importlib.import_module(f'ticketledger.{room}').__file__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=elsewhere,
        env=os.environ | {"PYTHONPATH": str(target)},
        check=True,
        capture_output=True,
        text=True,
    )
    package = target / FRONT_DOOR
    assert done.stdout.splitlines() == [
        str(package / "__init__.py"),
        *(str(package / room / "__init__.py") for room in ROOMS),
    ]
