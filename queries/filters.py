"""Which tickets a report is about: filters, whose values must be ones that the ledger knows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from ticketledger.models.errors import BadParameter, nearest

Values = Mapping[str, Collection[str]]
"""What tickets were ever like: values by the name of the filter that chooses them."""

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


def by_filter(told: Iterable[tuple[str, str]]) -> Values:
    """Return the values among pairs of a filter and a value."""
    known: dict[str, set[str]] = {name: set() for name in COMMON_FILTERS}
    for name, value in told:
        known[name].add(value)
    return known


def check_filters(known: Values, filters: Mapping[str, str]) -> None:
    """Look whether any ticket was ever so; an empty ledger knows no values and refuses none.

    Raises:
        BadParameter: none was; names the nearest value.
    """
    always = {"assignee": "", "priority": "0"}  # nobody and none need not have been
    for name, value in filters.items():
        if value in known[name] or value == always.get(name) or not any(known.values()):
            continue
        few = ", ".join(f"`{each}`" for each in sorted(known[name])[:5])
        otherwise = f"for example {few}" if few else f"no ticket has a {name}"
        raise BadParameter(
            f"no ticket ever had the {name} `{value}`",
            hint=nearest(value, sorted(known[name]), otherwise),
        )
