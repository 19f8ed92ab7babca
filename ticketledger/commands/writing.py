"""What a command says: answers to stdout or a file, one line at a time to stderr."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from ..models.errors import LedgerUnwritable
from ..models.layout import refuse_ledger_files
from ..models.printable import printable

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from ..queries import Answer


def say(line: str) -> None:
    """One line on stderr, whatever the data in it holds."""
    click.echo(printable(line), err=True)


def tell(text: str) -> None:
    """Lines on stdout.

    Raises:
        LedgerUnwritable: stdout takes no more.
    """
    with _stdout():
        click.echo(text)


def write_answer(answer: AbstractContextManager[Answer], form: str, output: Path | None) -> None:
    """Rows to a file, or to stdout, whose reader may close it.

    Raises:
        LedgerUnwritable: the file cannot be written, or stdout takes no more.
    """
    from ..queries import Format, write

    with answer as rows:
        if output is None:
            try:
                with _stdout():
                    write(rows, Format(form), sys.stdout.buffer)
                    sys.stdout.buffer.flush()
            except BrokenPipeError:
                _close_stdout()  # the reader has seen enough
            return
        with replacing(output) as sink:
            write(rows, Format(form), sink)


@contextmanager
def _stdout() -> Iterator[None]:
    """Turn what goes wrong with stdout into an error that says so; a closed pipe stays one."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as exc:
        if exc.errno is None:  # of what is read
            raise
        _close_stdout()
        raise LedgerUnwritable(
            f"cannot write to standard output: {exc.strerror}", hint=_hint(exc)
        ) from None


def _close_stdout() -> None:
    """Throw away what stdout still holds: Python would complain when it closes it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file that appears whole or not at all; pipes and devices are written as they are.

    Raises:
        BadParameter: it would be among the files of a ledger.
        LedgerUnwritable: it cannot be written.
    """
    path = path.resolve()
    refuse_ledger_files(path)
    is_special = path.exists() and not path.is_file()
    part = path if is_special else path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with part.open("wb") as sink:
            yield sink
        if not is_special:
            part.replace(path)
    except OSError as exc:
        if exc.errno is None:  # of what is read
            raise
        raise LedgerUnwritable(f"cannot write `{path}`: {exc.strerror}", hint=_hint(exc)) from None
    finally:
        if not is_special:
            part.unlink(missing_ok=True)


def _hint(exc: OSError) -> str:
    if isinstance(exc, FileNotFoundError | NotADirectoryError):
        return "does its folder exist?"
    if exc.errno in (errno.ENOSPC, errno.EDQUOT):
        return "make room, or write to another place"
    return "write to another place"
