"""What a session is told beside the ledger: opening hours, promises, classes of statuses.

Hours, promises and holds are bound as tables in place of the views of their names, which say
"always open", "nothing promised" and "never on hold", classes as variables: nothing of them becomes
SQL text.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from ticketledger.models.statuses import Statuses, read_statuses

from .generations import OF_STATUSES, SERVED
from .statement import Statement, as_table, definitions, statements

if TYPE_CHECKING:
    from ticketledger.models.calendar import Calendars
    from ticketledger.models.policy import Policies

    from .policies import Rows

FilePath = str | os.PathLike[str]

_CALENDARS = ("calendar_segments", "calendar_rules")
_POLICIES = ("sla_policies", "sla_targets", "sla_pauses")

_OF_PROMISES = frozenset(
    (
        "sla",
        "sla_breaches",
        "sla_doubts",
        "sla_instances",
        "sla_promises",
        "sla_segments",
        "sla_states",
        "ticket_promises",
    )
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a session.

    Attributes:
        calendars: opening hours; None: one calendar `default` that is always open.
        policies: SLA policies; None: none.
        statuses: which are active, resolved, removed, and what is on hold; None: open and
            inprogress, closed, archived, and nothing.
    """

    calendars: Calendars | None = None
    policies: Policies | None = None
    statuses: Statuses | None = None

    @classmethod
    def read(
        cls, calendar: FilePath | None, sla: FilePath | None, statuses: FilePath | None
    ) -> Settings:
        """Return the settings of TOML files: opening hours, SLA policies, classes of statuses.

        Raises:
            BadSettings: a file cannot be used.
        """
        calendars = policies = None  # the models of files take a tenth of a second to import
        if calendar is not None:
            from ticketledger.models.calendar_file import read_calendars

            calendars = read_calendars(calendar)
        if sla is not None:
            from ticketledger.models.policy_file import read_policies

            policies = read_policies(sla, calendars)
        return cls(calendars, policies, None if statuses is None else read_statuses(statuses))

    def bind_given(self, con: duckdb.DuckDBPyConnection, statement: Statement) -> bool:
        """Make a table of what is given in place of a view; False: nothing is, the view stays."""
        name = statement.name
        if self.calendars and name == "calendar_segments":
            from .calendars import segments

            bind(con, name, segments(self.calendars))
            return True
        rows = self._rows(name)
        if rows is None:
            return False
        con.execute(f"{as_table(statement.sql)} WITH NO DATA")
        for row in rows:
            marks = ", ".join("?" * len(row))
            con.execute(f"INSERT INTO {name} ({', '.join(row)}) VALUES ({marks})", [*row.values()])
        return True

    def _rows(self, name: str) -> Rows | None:
        if self.calendars and name == "calendar_rules":
            from .calendars import rules

            return rules(self.calendars)
        if self.policies and name in _POLICIES:
            from .policies import pauses, policies, targets

            of_name = {"sla_policies": policies, "sla_targets": targets, "sla_pauses": pauses}
            return of_name[name](self.policies)
        if self.statuses and name == "on_hold_rules":
            from .policies import holds

            return holds(self.statuses)
        return None

    def simpler(self) -> dict[str, str]:
        """Return by name what defines macros and views that need no tables with these settings."""
        made: dict[str, str] = {}
        if self.policies is None:  # to bind what would say "nothing promised" takes half a second
            made |= {name: _without_rows(name) for name in ("sla", "sla_events")}
        if self.calendars is None:
            macros = statements("macros")
            for of_table in ("", "with_"):
                name, always = f"{of_table}business_us", f"{of_table}always_open_us"
                made[name] = macros[always].sql.replace(f"MACRO {always}", f"MACRO {name}")
        return made

    def leaves_empty(self, view: str) -> bool:
        """Whether a view is there for promises alone, and there are none."""
        return self.policies is None and view in _OF_PROMISES

    def served(self) -> frozenset[str]:
        """Return the views that may be read from the cache: it was made with the defaults."""
        usual = Statuses().classes()
        return SERVED - OF_STATUSES if self._classes() != usual else SERVED

    def hashes(self) -> dict[str, str]:
        """Return what tells settings apart: the SHA-256 of each that is given."""
        given = {"calendar": self.calendars, "sla": self.policies, "statuses": self.statuses}
        return {
            name: hashlib.sha256(repr(told).encode()).hexdigest()
            for name, told in given.items()
            if told
        }

    def tell(self, con: duckdb.DuckDBPyConnection) -> None:
        """Tell a connection which statuses belong to which class, and whether hours are given."""
        if self.calendars:
            con.execute("SET VARIABLE has_calendars = true")
        if self.statuses:
            for name, told in self._classes().items():
                con.execute(f"SET VARIABLE {name}_statuses = $told", {"told": list(told)})

    def _classes(self) -> dict[str, tuple[str, ...]]:
        return (self.statuses or Statuses()).classes()


def _without_rows(view: str) -> str:
    """Return what defines a view that has its columns, and no rows."""
    columns = statements("views")[view].columns.items()
    told = ", ".join(f"NULL::{column.type} AS {name}" for name, column in columns)
    return f"CREATE OR REPLACE VIEW {view} AS SELECT {told} WHERE false"


def bind(con: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    """Make a table of rows in place of the view of that name."""
    con.register("bound", rows)
    con.execute(f"CREATE OR REPLACE TABLE {name} AS FROM bound")
    con.unregister("bound")


def uses_calendars(query: str) -> bool:
    """Whether a query's answer may depend on the calendars of a session."""
    return any(statement.name in _CALENDARS for statement in definitions(query))


def uses_policies(query: str) -> bool:
    """Whether a query's answer depends on the SLA policies of a session."""
    return any(statement.name in _POLICIES for statement in definitions(query))
