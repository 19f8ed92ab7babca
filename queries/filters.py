"""Which tickets a report is about: filters, whose values must be ones that the ledger knows."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from ticketledger.models.errors import BadParameter, nearest

FILTER_VALUES = "FROM filter_values"
COMMON_FILTERS = ("org_id", "assignee", "priority", "label", "property")


def filters_of(given: Mapping[str, object]) -> dict[str, str]:
    """Return the filters among a report's parameters, as the ledger spells their values."""
    told = {name: str(given[name]) for name in COMMON_FILTERS if given.get(name) is not None}
    if "label" in told:
        told["label"] = told["label"].strip().casefold()
    return told


def label_of(filters: Mapping[str, str]) -> dict[str, str]:
    """Return the label among filters: what the ledger may spell otherwise than who asks."""
    return {name: value for name, value in filters.items() if name == "label"}


def check_filters(con: duckdb.DuckDBPyConnection, filters: Mapping[str, str]) -> None:
    """Look whether any ticket was ever so; an empty ledger knows no values and refuses none.

    Raises:
        BadParameter: none was; names the nearest value.
    """
    known: dict[str, set[str]] = {name: set() for name in COMMON_FILTERS}
    always = {"assignee": "", "priority": "0"}  # nobody and none need not have been
    for name, value in con.execute(FILTER_VALUES).fetchall():
        known[name].add(value)
    for name, value in filters.items():
        if value in known[name] or value == always.get(name) or not any(known.values()):
            continue
        few = ", ".join(f"`{each}`" for each in sorted(known[name])[:5])
        otherwise = f"for example {few}" if few else f"no ticket has a {name}"
        raise BadParameter(
            f"no ticket ever had the {name} `{value}`",
            hint=nearest(value, known[name], otherwise),
        )
