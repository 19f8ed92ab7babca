"""The parameters of a report: a value for each, of its type."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo

from ticketledger.models.errors import BadParameter, nearest
from ticketledger.models.instants import BadInstant, on_clock, parse_instant

from .statement import Parameter, Statement

_KINDS: dict[str, type | tuple[type, ...]] = {
    "TIMESTAMPTZ": datetime,
    "DATE": date,
    "VARCHAR": str,
    "BIGINT": int,
    "DOUBLE": (int, float),
    "BOOLEAN": bool,
}
"""The types of a parameter's value, by the parameter's own."""


def values_of(
    report: Statement, given: Mapping[str, object], zone: tzinfo = UTC
) -> dict[str, object]:
    """Return a value for each parameter of a report, of its type; None: none is asked for.

    Args:
        report: what is asked.
        given: by name, as text or typed.
        zone: of days, and of instants without an offset.

    Raises:
        BadParameter: one is missing, not declared, or of the wrong kind; the period ends before it
            begins.
    """
    for name in given:
        if name not in report.params:
            hint = nearest(name, report.params, f"it takes {', '.join(report.params) or 'none'}")
            raise BadParameter(f"report `{report.name}` has no parameter `{name}`", hint=hint)
    values = {}
    for name, parameter in report.params.items():
        value = given.get(name, parameter.default)
        if value is None and not parameter.optional and name != "as_of":
            raise BadParameter(
                f"report `{report.name}` needs `{name}`",
                hint=f"--param {name}=… ({parameter.help})",
            )
        values[name] = _convert(name, value, parameter, zone)
    since, until = values.get("from"), values.get("to")
    if isinstance(since, datetime) and isinstance(until, datetime) and until < since:
        raise BadParameter("`to` is before `from`", hint="`to` is not included")
    return values


def _convert(name: str, value: object, parameter: Parameter, zone: tzinfo) -> object:
    if parameter.choices and value not in parameter.choices:
        raise BadParameter(
            f"`{value}` is no `{name}`", hint=f"one of {', '.join(parameter.choices)}"
        )
    if value is None:
        return None
    if not isinstance(value, str):
        return _checked(name, value, parameter, zone)
    try:
        match parameter.type:
            case "TIMESTAMPTZ":
                return parse_instant(value, zone)
            case "DATE":
                return date.fromisoformat(value)
            case "BIGINT":
                return int(value)
            case "DOUBLE":
                return float(value)
            case "BOOLEAN":
                return {"true": True, "false": False}[value.lower()]
            case _:
                return value
    except (BadInstant, ValueError, KeyError):
        raise BadParameter(
            f"`{value}` is no {parameter.type} for `{name}`", hint=parameter.help
        ) from None


def _checked(name: str, value: object, parameter: Parameter, zone: tzinfo) -> object:
    """Return a typed value; as in texts, a day is its midnight, and what has no offset is local.

    Raises:
        BadParameter: it is not of the parameter's type.
    """
    if parameter.type == "TIMESTAMPTZ" and isinstance(value, date):
        return on_clock(value, zone)
    if not isinstance(value, _KINDS[parameter.type]):
        raise BadParameter(f"`{value}` is no {parameter.type} for `{name}`", hint=parameter.help)
    return value
