"""Write the demo export: `python -m tests.demo_export [DIR]`, default `data/demo`."""

import argparse
from pathlib import Path

from . import build


def main() -> None:
    """Write every file of the export into the chosen folder."""
    parser = argparse.ArgumentParser(prog="python -m tests.demo_export", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("data/demo"))
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in build().files.items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
