"""The command line. stdout is data, stderr is everything else; exit codes mean something.

0 ok, 1 a check or a comparison found rows, 2 wrong request, 3 some input was rejected (the rest
landed), 4 the ledger is damaged, 130 interrupted.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import reduce, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from . import __version__
from .models.errors import BadParameter, LedgerError, LedgerUnwritable
from .models.printable import printable

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from datetime import datetime

    from .ingest import Found, Outcome, Progress
    from .ingest.explain import Limits, Rejected
    from .models.store import Store
    from .queries import Answer, Settings

FORMATS = ("table", "csv", "json", "jsonl", "parquet")


class InstantType(click.ParamType["datetime"]):
    """An instant on the command line; without an offset it is UTC."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from .models.instants import BadInstant, parse_instant

        try:
            return parse_instant(value)
        except BadInstant as exc:
            self.fail(f"`{value}`: {exc}", param, ctx)


INSTANT = InstantType()

_ledger = click.option(
    "--ledger",
    "root",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="TICKETLEDGER_HOME",
    default=Path("data/ledger"),
    show_default=True,
    help="Folder of the ledger; also TICKETLEDGER_HOME.",
)
_format = click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True
)
_output = click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to a file."
)
_known_at = click.option("--known-at", type=INSTANT, help="Believe only what was loaded by then.")
_as_of = click.option("--as-of", type=INSTANT, help="Count only events up to then.")
_sla = click.option("--sla", type=click.Path(path_type=Path), help="TOML file of SLA policies.")
_statuses = click.option(
    "--statuses", type=click.Path(path_type=Path), help="TOML file of classes of statuses."
)
_calendar = click.option(
    "--calendar", type=click.Path(path_type=Path), help="TOML file of opening hours."
)
_observed_at = click.option(
    "--observed-at", type=INSTANT, help="When bare objects were read from the vendor."
)
_max_bytes = click.option(
    "--max-bytes", type=click.IntRange(1024), help="Longest record, in bytes."
)
_max_depth = click.option(
    "--max-depth", type=click.IntRange(1, 500), help="Deepest nesting of a record."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="ticketledger")
def cli() -> None:
    """Keep ticket history in an append-only ledger, and ask it anything in SQL."""


@cli.command()
@click.argument("paths", nargs=-1, required=True)
@_ledger
@_observed_at
@_max_bytes
@_max_depth
@click.option("--memory", default="512MB", show_default=True, help="For each core's reading.")
@click.option("--no-refresh", is_flag=True, help="Leave cache and catalog to a later `refresh`.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def ingest(
    paths: tuple[str, ...],
    root: Path,
    observed_at: datetime | None,
    max_bytes: int | None,
    max_depth: int | None,
    memory: str,
    no_refresh: bool,
    as_json: bool,
) -> None:
    """Load exports: files, folders, patterns, or - for standard input."""
    from .ingest import Request
    from .ledger import Ledger

    found = _find(paths)
    limits = _limits(max_bytes, max_depth)
    with _progress(found) as progress:
        request = Request(found, __version__, observed_at, limits, memory, progress=progress)
        outcome = Ledger(root).run(request, refresh=not no_refresh)
    if as_json:
        click.echo(json.dumps(outcome.as_dict(), ensure_ascii=False))
    else:
        _tell(outcome, len(found.sources))
    _warn(outcome.examples, outcome.rejected, "`ticketledger sql 'FROM rejects'`")
    if outcome.rejected:
        sys.exit(3)


@cli.command()
@_ledger
@click.option("--all", "everything", is_flag=True, help="Merge whatever may be merged.")
@click.option("--max-bytes", type=click.IntRange(1), default=512 << 20, help="Length of a run.")
@click.option("--memory", default="512MB", show_default=True, help="Before it spills to disk.")
@click.option(
    "--grace",
    "grace_s",
    type=click.FloatRange(0),
    default=900,
    show_default=True,
    help="Seconds that replaced files stay, for readers that have them open.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def compact(
    root: Path, everything: bool, max_bytes: int, memory: str, grace_s: float, as_json: bool
) -> None:
    """Merge commits into larger files; no answer changes."""
    from .ledger import Ledger

    with _merging() as progress:
        made = Ledger(root).compact(
            everything=everything,
            max_bytes=max_bytes,
            memory=memory,
            grace_s=grace_s,
            progress=progress,
        )
    if as_json:
        click.echo(json.dumps(made.as_dict()))
        return
    if made.files:
        click.echo(f"{made.merged} files merged: {', '.join(made.files)} ({made.rows} events)")
    else:
        click.echo("nothing to merge")
    if made.removed:
        click.echo(f"{made.removed} replaced files removed")
    if made.waiting:
        click.echo(f"{made.waiting} replaced files stay for readers; a later run removes them")


@cli.command()
@_ledger
@_observed_at
@_max_bytes
@_max_depth
@click.option("--no-refresh", is_flag=True, help="Leave cache and catalog to a later `refresh`.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def replay(
    root: Path,
    observed_at: datetime | None,
    max_bytes: int | None,
    max_depth: int | None,
    no_refresh: bool,
    as_json: bool,
) -> None:
    """Try rejected lines again: this version, or wider limits, may take them."""
    from .ledger import Ledger

    made = Ledger(root).replay(
        limits=_limits(max_bytes, max_depth), observed_at=observed_at, refresh=not no_refresh
    )
    if as_json:
        click.echo(json.dumps(made.as_dict()))
        return
    click.echo(
        f"{made.tried} rejected lines tried, {made.taken} taken, {made.tried - made.taken} stay"
    )
    if made.taken:
        total = made.total
        click.echo(
            f"{total.lines} records = {total.accepted} accepted + {total.duplicates} duplicates"
            f" + {total.rejected} rejected"
        )


@cli.command()
@click.argument("paths", nargs=-1, required=True)
@_ledger
@_observed_at
@click.option("--complete", is_flag=True, help="The tickets are all live ones of their org.")
@click.option(
    "--tolerance",
    "tolerance_s",
    type=float,
    default=5,
    show_default=True,
    help="How far two clocks may be apart, in seconds.",
)
@_known_at
@_max_bytes
@_max_depth
@_format
@_output
def reconcile(
    paths: tuple[str, ...],
    root: Path,
    observed_at: datetime | None,
    complete: bool,
    tolerance_s: float,
    known_at: datetime | None,
    max_bytes: int | None,
    max_depth: int | None,
    form: str,
    output: Path | None,
) -> None:
    """Compare tickets or audit rows in files with the ledger; exit 1 when they differ."""
    from .ingest import observe
    from .ledger import Ledger

    _store(root)
    seen = observe(_find(paths), observed_at, _limits(max_bytes, max_depth))
    made = Ledger(root).compare(seen, complete=complete, tolerance_s=tolerance_s, known_at=known_at)
    _write(nullcontext(made.compared.answer()), form, output)
    if seen.passed_over:
        _say(f"passed over {seen.passed_over}: neither snapshots of tickets nor audit rows")
    _warn(seen.examples, seen.rejected, "none of them was compared")
    if seen.rejected and complete:
        _say("not complete without what was rejected: no ticket was looked for in the snapshot")
    if seen.rejected:
        sys.exit(3)
    if made.rows.num_rows:
        sys.exit(1)


@cli.command()
@click.argument("query")
@_ledger
@_as_of
@_known_at
@_calendar
@_sla
@_statuses
@_format
@_output
def sql(
    query: str,
    root: Path,
    as_of: datetime | None,
    known_at: datetime | None,
    calendar: Path | None,
    sla: Path | None,
    statuses: Path | None,
    form: str,
    output: Path | None,
) -> None:
    """Run a query over the views; - reads it from standard input."""
    from .queries import answer_sql

    text = sys.stdin.read() if query == "-" else query
    store, settings = _store(root), _settings(calendar, sla, statuses)
    answer = answer_sql(store, text, as_of=as_of, known_at=known_at, settings=settings)
    _write(answer, form, output)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print everything a report declares.")
def reports(as_json: bool) -> None:
    """List the reports, the question each answers, and its grain."""
    from .queries import statements

    known = statements("reports").values()
    if as_json:
        listed = [report.model_dump(exclude={"sql", "internal", "needs"}) for report in known]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    width = max(len(report.name) for report in known)
    for report in known:
        click.echo(f"{report.name:{width}}  {report.question}  ({report.grain})")


def _asks(command: Callable[..., None]) -> Callable[..., None]:
    """The options of commands that ask a report; they arrive as one `_Asked`."""

    @wraps(command)
    def gathered(
        *args: Any,
        root: Path,
        as_of: datetime | None,
        since: datetime | None,
        until: datetime | None,
        tz: str,
        calendar: Path | None,
        sla: Path | None,
        statuses: Path | None,
        params: tuple[str, ...],
        **kwargs: Any,
    ) -> None:
        given: dict[str, object] = dict(map(_pair, params))
        for key, value in (("as_of", as_of), ("from", since), ("to", until)):
            if value is not None:
                given[key] = value
        asked = _Asked(_store(root), given, tz, _settings(calendar, sla, statuses))
        command(*args, asked=asked, **kwargs)

    options = (
        _ledger,
        _as_of,
        click.option("--from", "since", type=INSTANT, help="Start of the period, included."),
        click.option("--to", "until", type=INSTANT, help="End of the period, not included."),
        click.option("--tz", default="UTC", show_default=True, help="Zone of days and instants."),
        _calendar,
        _sla,
        _statuses,
        click.option(
            "--param", "params", multiple=True, metavar="NAME=VALUE", help="Another parameter."
        ),
    )
    return reduce(lambda made, option: option(made), reversed(options), gathered)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a report is asked for."""

    store: Store
    given: dict[str, object]
    timezone: str
    settings: Settings


@cli.command()
@click.argument("name")
@_asks
@_known_at
@_format
@_output
def report(
    name: str, asked: _Asked, known_at: datetime | None, form: str, output: Path | None
) -> None:
    """Run a report."""
    from .queries import answer_report, find_report, uses_calendars, uses_policies

    sql = find_report(name).sql
    if asked.settings.calendars and not uses_calendars(sql):
        _say(f"`{name}` counts no business time: it is the same with any calendar")
    if asked.settings.policies and not uses_policies(sql):
        _say(f"`{name}` is not about SLA policies: it is the same with any")
    if not asked.settings.policies and uses_policies(sql):
        _say(f"`{name}` has nothing to tell without policies: --sla FILE")
    answer = answer_report(
        asked.store,
        name,
        asked.given,
        known_at=known_at,
        timezone=asked.timezone,
        settings=asked.settings,
    )
    _write(answer, form, output)


@cli.command()
@click.argument("name")
@_asks
@_known_at
@click.option(
    "--cell", "cell", multiple=True, metavar="COLUMN=VALUE", help="Key of a row; empty is NULL."
)
@_format
@_output
def drill(
    name: str,
    asked: _Asked,
    known_at: datetime | None,
    cell: tuple[str, ...],
    form: str,
    output: Path | None,
) -> None:
    """List the tickets behind the rows of a report, and what each adds to them."""
    from .queries import answer_drill

    answer = answer_drill(
        asked.store,
        name,
        asked.given,
        cell=dict(_pair(each, "--cell COLUMN=VALUE") for each in cell),
        known_at=known_at,
        timezone=asked.timezone,
        settings=asked.settings,
    )
    _write(answer, form, output)


@cli.command()
@click.argument("ticket_id", metavar="TICKET")
@click.argument("metric")
@_ledger
@click.option("--org-id", help="Its organisation; default: all that have a ticket of this id.")
@_as_of
@_known_at
@click.option("--tz", default="UTC", show_default=True, help="Zone of instants.")
@_calendar
@_statuses
@_format
@_output
def explain(
    ticket_id: str,
    metric: str,
    root: Path,
    org_id: str | None,
    as_of: datetime | None,
    known_at: datetime | None,
    tz: str,
    calendar: Path | None,
    statuses: Path | None,
    form: str,
    output: Path | None,
) -> None:
    """Show how a duration or count of a ticket came about, to the events and their lines."""
    from .queries import answer_explanation

    answer = answer_explanation(
        _store(root),
        ticket_id,
        metric,
        org_id=org_id,
        as_of=as_of,
        known_at=known_at,
        timezone=tz,
        settings=_settings(calendar, None, statuses),
    )
    _write(answer, form, output)


@cli.command()
@click.argument("name")
@_asks
@click.option("--then", type=INSTANT, required=True, help="What was loaded by then.")
@click.option("--now", type=INSTANT, help="What was loaded by then; default: everything.")
@_format
@_output
def restatements(
    name: str,
    asked: _Asked,
    then: datetime,
    now: datetime | None,
    form: str,
    output: Path | None,
) -> None:
    """Say where a report differs from what it said, and which events made the difference."""
    from .queries import restate

    made = restate(
        asked.store,
        name,
        asked.given,
        then=then,
        now=now,
        timezone=asked.timezone,
        settings=asked.settings,
    )
    _write(nullcontext(made.answer()), form, output)


@cli.command()
@_ledger
@_known_at
@click.option("--json", "as_json", is_flag=True, help="Print every check with its rows as JSON.")
def check(root: Path, known_at: datetime | None, as_json: bool) -> None:
    """Run every integrity query; exit 1 when one finds rows."""
    from .queries import run_checks

    found = 0
    results = []
    for statement, rows in run_checks(_store(root), known_at=known_at):
        found += rows.num_rows
        if as_json:
            text = json.dumps(rows.to_pylist(), default=str)
            results.append(
                {"check": statement.name, "title": statement.title, "rows": json.loads(text)}
            )
            continue
        mark = "ok  " if rows.num_rows == 0 else "FAIL"
        click.echo(f"{mark}  {statement.name}: {statement.title}")
        for row in rows.slice(0, 10).to_pylist():
            click.echo(f"      {json.dumps(row, default=str)}")
        if rows.num_rows > 10:
            click.echo(f"      … {rows.num_rows - 10} more")
    if as_json:
        click.echo(json.dumps(results, ensure_ascii=False, indent=2))
    if found:
        sys.exit(1)


@cli.command()
@_ledger
@click.option("--rebuild", is_flag=True, help="Fold everything from the log.")
@click.option("--memory", default="3GB", show_default=True, help="Before it spills to disk.")
def refresh(root: Path, rebuild: bool, memory: str) -> None:
    """Bring the cache of states and histories up to the last commit."""
    from .ledger import Ledger

    _store(root)
    Ledger(root).refresh(memory=memory, rebuild=rebuild)
    click.echo("ok")


@cli.command()
@_ledger
@click.option("--rebuild", is_flag=True, help="Compare the cache with a fold of the whole log.")
@click.option("--memory", default="3GB", show_default=True, help="For --rebuild, before it spills.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def verify(root: Path, rebuild: bool, memory: str, as_json: bool) -> None:
    """Read every file of the ledger and compare it with the record of its commit."""
    from .ingest import Finding
    from .ingest import verify as run_verify
    from .queries import compare_with_rebuild, damaged_files

    anew = "`ticketledger refresh --rebuild` makes it anew"
    findings = list(run_verify(_store(root)))
    for path in damaged_files(_store(root)):
        findings.append(Finding(str(path), "is not byte for byte what was written", anew))
    if rebuild and not findings:
        differing = compare_with_rebuild(_store(root), memory=memory)
        if differing is None:
            _say("no cache of the last commit: views fold the log")
        problem = "differs from a fold of the log"
        findings = [Finding(f"derived/*/{view}.parquet", problem, anew) for view in differing or []]
    if as_json:
        click.echo(json.dumps([finding.as_dict() for finding in findings], indent=2))
    else:
        for finding in findings:
            click.echo(printable(f"{finding.path}: {finding.problem}; {finding.remedy}"))
        if not findings:
            click.echo("ok")
    if findings:
        sys.exit(4)


@cli.command()
@_ledger
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def info(root: Path, as_json: bool) -> None:
    """Say what the ledger holds."""
    from .queries import summary

    facts = summary(_store(root))
    if as_json:
        click.echo(json.dumps(facts, default=lambda at: at.isoformat()))
        return
    width = max(map(len, facts))
    for name, value in facts.items():
        click.echo(f"{name:{width}}  {value if value is not None else '-'}")


@cli.command()
def schema() -> None:
    """Print the JSON Schema of the envelope and of every object in it."""
    from .models.schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


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
    _say(f"error: {message}")
    if hint:
        _say(f"hint: {hint}")
    sys.exit(code)


def _say(line: str) -> None:
    """One line on stderr, whatever the data in it holds."""
    click.echo(printable(line), err=True)


def _store(root: Path) -> Store:
    from .models.store import open_store

    return open_store(root)


def _settings(calendar: Path | None, sla: Path | None, statuses: Path | None) -> Settings:
    from .queries import Settings

    return Settings.read(calendar, sla, statuses)


def _find(paths: tuple[str, ...]) -> Found:
    from .ingest import find

    found = find(paths)
    for path, reason in found.skipped:
        _say(f"skipped {path}: {reason}")
    return found


def _limits(max_bytes: int | None, max_depth: int | None) -> Limits:
    from .ingest.explain import Limits
    from .ingest.records import MAX_BYTES
    from .models.jsontext import MAX_DEPTH

    return Limits(max_bytes or MAX_BYTES, max_depth or MAX_DEPTH)


def _pair(text: str, usage: str = "--param NAME=VALUE") -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise BadParameter(f"`{usage.split()[0]} {text}` has no `=`", hint=usage)
    return name, value


def _write(answer: AbstractContextManager[Answer], form: str, output: Path | None) -> None:
    from .queries import Format, write

    with answer as rows:
        if output is None:
            try:
                write(rows, Format(form), sys.stdout.buffer)
                sys.stdout.buffer.flush()
            except BrokenPipeError:
                # The reader has seen enough. Without this, Python complains when it closes stdout.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return
        with _replacing(output) as sink:
            write(rows, Format(form), sink)


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
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


@contextmanager
def _progress(found: Found) -> Iterator[Callable[[Progress], None]]:
    """A bar on stderr, after the first second and only on a terminal."""
    from time import monotonic

    if not sys.stderr.isatty():
        yield lambda progress: None
        return
    whole = sum(source.path.stat().st_size for source in found.sources if source.path)
    begun = shown = monotonic()
    bar: Any = None

    def show(progress: Progress) -> None:
        nonlocal bar, shown
        now = monotonic()
        if now - begun < 1 or now - shown < 0.2:
            return
        shown = now
        if bar is None:
            bar = click.progressbar(
                length=max(whole, 1),
                label="ingest",
                file=sys.stderr,
                item_show_func=lambda told: told or "",
                show_eta=True,
            )
        total = progress.total
        told = (
            f"{progress.lines:,} lines, {progress.lines / (now - begun):,.0f}/s; committed:"
            f" {total.accepted:,} accepted, {total.duplicates:,} duplicates,"
            f" {total.rejected:,} rejected"
        )
        bar.update(progress.size_bytes - bar.pos, told)

    yield show
    if bar is not None:
        bar.render_finish()


@contextmanager
def _merging() -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr, only on a terminal."""
    bar: Any = None

    def show(done: int, whole: int) -> None:
        nonlocal bar
        if bar is None and sys.stderr.isatty():
            bar = click.progressbar(length=max(whole, 1), label="compact", file=sys.stderr)
        if bar is not None:
            bar.update(done - bar.pos)

    yield show
    if bar is not None:
        bar.render_finish()


def _tell(outcome: Outcome, sources: int) -> None:
    click.echo(
        f"{outcome.lines} lines = {outcome.accepted} accepted + {outcome.duplicates} duplicates"
        f" + {outcome.rejected} rejected + {outcome.blank} blank"
        f"  ({sources} file{'s' if sources != 1 else ''})"
    )
    if not outcome.commits:
        click.echo("nothing new: the ledger is as it was")


def _warn(examples: list[tuple[str, Rejected]], rejected: int, where_to_look: str) -> None:
    for source, reject in examples:
        where = f"{source}:{reject.line}"
        path = f" {reject.path}" if reject.path else ""
        _say(f"rejected {where}:{path} {reject.reason} ({reject.code})")
    rest = rejected - len(examples)
    if rest > 0:
        _say(f"rejected {rest} more: {where_to_look}")
