"""What a command says: answers to stdout or a file, one line at a time to stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from ..models.errors import LedgerUnwritable
from ..models.printable import printable

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from ..queries import Answer


def say(line: str) -> None:
    """One line on stderr, whatever the data in it holds."""
    click.echo(printable(line), err=True)


def write_answer(answer: AbstractContextManager[Answer], form: str, output: Path | None) -> None:
    from ..queries import Format, write

    with answer as rows:
        if output is None:
            try:
                write(rows, Format(form), sys.stdout.buffer)
                sys.stdout.buffer.flush()
            except BrokenPipeError:
                # The reader has seen enough. Without this, Python complains when it closes stdout.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return
        with replacing(output) as sink:
            write(rows, Format(form), sink)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file that appears whole or not at all; pipes and devices are written as they are."""
    path = path.resolve()
    is_special = path.exists() and not path.is_file()
    part = path if is_special else path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with part.open("wb") as sink:
            yield sink
        if not is_special:
            part.replace(path)
    except OSError as exc:
        raise LedgerUnwritable(
            f"cannot write `{path}`: {exc.strerror}", hint="does its folder exist?"
        ) from None
    finally:
        if not is_special:
            part.unlink(missing_ok=True)
