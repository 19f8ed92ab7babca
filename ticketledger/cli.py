"""The command line. stdout is data, stderr is everything else; exit codes mean something.

0 ok, 1 a check or a comparison found rows, 2 wrong request, 3 some input was rejected (the rest
landed), 4 the ledger is damaged, 130 interrupted.
"""

from __future__ import annotations

import sys

import click

from . import __version__
from .commands import asking, explaining, feeding, keeping, loading
from .commands.writing import say
from .models.errors import LedgerError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="ticketledger")
def cli() -> None:
    """Keep ticket history in an append-only ledger, and ask it anything in SQL."""


for _command in (
    loading.ingest,
    loading.replay,
    loading.reconcile,
    asking.sql,
    asking.reports,
    asking.report,
    explaining.drill,
    explaining.explain,
    explaining.restatements,
    asking.info,
    asking.schema,
    keeping.check,
    keeping.verify,
    keeping.refresh,
    keeping.compact,
    feeding.publish,
    feeding.dashboard,
    feeding.chart,
    feeding.serve,
):
    cli.add_command(_command)


def main() -> None:
    """Run, and turn our own errors into one line on stderr and an exit code."""
    try:
        cli(standalone_mode=False)
    except LedgerError as exc:
        _fail(str(exc), exc.hint, exc.exit_code)
    except click.exceptions.Exit as exc:
        sys.exit(exc.exit_code)
    except click.ClickException as exc:
        exc.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        _interrupted()
    except RuntimeError as exc:
        if str(exc) != "Query interrupted":  # what DuckDB makes of Ctrl-C
            raise
        _interrupted()


def _interrupted() -> None:
    _fail("interrupted", "what was committed stays; run the same command again to go on", 130)


def _fail(message: str, hint: str, code: int) -> None:
    say(f"error: {message}")
    if hint:
        say(f"hint: {hint}")
    sys.exit(code)
