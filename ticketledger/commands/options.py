"""Options that several commands have, and what their values become."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..models.errors import BadParameter

if TYPE_CHECKING:
    from datetime import datetime

    from ..models.store import Store
    from ..queries import Settings

FORMATS = ("table", "csv", "json", "jsonl", "parquet")


class InstantType(click.ParamType["datetime"]):
    """An instant on the command line; without an offset it is on the clock of `--tz`, else UTC."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from ..models.instants import BadInstant, parse_instant
        from ..models.zones import clock

        zone = clock(ctx.params.get("tz", "UTC") if ctx else "UTC")
        try:
            return parse_instant(value, zone)
        except BadInstant as exc:
            self.fail(f"`{value}`: {exc}", param, ctx)


INSTANT = InstantType()


def tz_option(told: str) -> Callable[..., Any]:
    """The option `--tz`, known before any instant is read."""
    return click.option("--tz", default="UTC", show_default=True, is_eager=True, help=told)


class HereType(click.Path):
    """A file or folder of this machine, which a URL is not."""

    def __init__(self, hint: str, **more: Any) -> None:
        super().__init__(path_type=Path, **more)
        self._hint = hint

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from ..models.mirrors import refuse_url

        refuse_url(value, self._hint)
        return super().convert(value, param, ctx)


OUTPUT = HereType("write to a file here, and copy it", dir_okay=False)
SETTINGS = HereType("copy it here, and name the copy")


class LedgerType(click.Path):
    """The folder of a ledger; a URL stands for the folder that mirrors it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from ..models.mirrors import located

        return super().convert(located(value), param, ctx)


ledger_option = click.option(
    "--ledger",
    "root",
    type=LedgerType(path_type=Path, file_okay=False),
    envvar="TICKETLEDGER_HOME",
    default=Path("data/ledger"),
    show_default=True,
    help="Folder of the ledger, or s3://BUCKET/PREFIX; also TICKETLEDGER_HOME.",
)
format_option = click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True
)
output_option = click.option("-o", "--output", type=OUTPUT, help="Write to a file.")
known_at_option = click.option(
    "--known-at", type=INSTANT, help="Believe only what was loaded by then."
)
as_of_option = click.option("--as-of", type=INSTANT, help="Count only events up to then.")
sla_option = click.option("--sla", type=SETTINGS, help="TOML file of SLA policies.")
statuses_option = click.option(
    "--statuses", type=SETTINGS, help="TOML file of classes of statuses."
)
calendar_option = click.option("--calendar", type=SETTINGS, help="TOML file of opening hours.")
observed_at_option = click.option(
    "--observed-at", type=INSTANT, help="When bare objects were read from the vendor."
)
max_bytes_option = click.option(
    "--max-bytes", type=click.IntRange(1024), help="Longest record, in bytes."
)
max_depth_option = click.option(
    "--max-depth", type=click.IntRange(1, 500), help="Deepest nesting of a record."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is asked for."""

    store: Store
    given: dict[str, object]
    timezone: str
    settings: Settings


def asks(command: Callable[..., None]) -> Callable[..., None]:
    """The options of commands that ask a report; they arrive as one `Asked`."""

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
        given: dict[str, object] = dict(map(pair, params))
        for key, value in (("as_of", as_of), ("from", since), ("to", until)):
            if value is not None:
                given[key] = value
        asked = Asked(store_in(root), given, tz, settings_of(calendar, sla, statuses))
        command(*args, asked=asked, **kwargs)

    options = (
        ledger_option,
        as_of_option,
        click.option("--from", "since", type=INSTANT, help="Start of the period, included."),
        click.option("--to", "until", type=INSTANT, help="End of the period, not included."),
        tz_option("Zone of days and instants, those of the options included."),
        calendar_option,
        sla_option,
        statuses_option,
        click.option(
            "--param", "params", multiple=True, metavar="NAME=VALUE", help="Another parameter."
        ),
    )
    return reduce(lambda made, option: option(made), reversed(options), gathered)


def store_in(root: Path) -> Store:
    """Return the store in a folder; errors as `open_store`."""
    from ..models.store import open_store

    return open_store(root)


def settings_of(calendar: Path | None, sla: Path | None, statuses: Path | None) -> Settings:
    """Return what the settings files say; errors as `Settings.read`."""
    from ..queries import Settings

    return Settings.read(calendar, sla, statuses)


def pair(text: str, usage: str = "--param NAME=VALUE") -> tuple[str, str]:
    """Return both sides of the first `=`.

    Raises:
        BadParameter: there is none.
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise BadParameter(f"`{usage.split()[0]} {text}` has no `=`", hint=usage)
    return name, value
