"""JSON in, canonical JSON out, with nothing lost in between.

Canonical text is what the ledger stores and what an event's identity is computed from: keys
sorted by code point, no white space, characters as themselves (UTF-8), numbers in one spelling.
Two texts have the same canonical form exactly when they mean the same JSON value.

The standard library parses because its hooks keep what other parsers lose: integers of any
size, decimals of any length, the difference between a repeated key and a single one.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from .rejection import Code, Rejection, dotted

MAX_DEPTH: Final = 128
"""Default number of nested arrays and objects in one record."""

_PLAIN_DIGITS: Final = 40
"""Numbers up to this many digits are written without an exponent."""

_BRACKETS = re.compile(rb"[\[{]")


class Parsed:
    """A JSON value and how many repeated keys were dropped while reading it (the last one wins)."""

    __slots__ = ("repeated_keys", "value")

    def __init__(self) -> None:
        self.value: Any = None
        self.repeated_keys = 0

    def take_pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        self.repeated_keys += len(pairs) - len(made)
        return made


def parse(
    raw: bytes, *, max_depth: int = MAX_DEPTH, first_line: int = 1, column: int = 0
) -> Parsed:
    """Read one JSON value; numbers become `int` or `Decimal`, never `float`.

    `first_line` and `column` (from 0) are where `raw` begins in its file, so that faults are named
    by their place there.

    Raises:
        Rejection: `invalid_utf8`, `invalid_json` (with line and column of the fault), `too_deep`,
            `bad_number` or `lone_surrogate`.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as exc:
        reason = f"byte {exc.start + 1} is not UTF-8"
        if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
            reason = "the text is UTF-16: convert it to UTF-8"
        raise Rejection(Code.INVALID_UTF8, "", reason) from None
    if len(_BRACKETS.findall(raw)) > max_depth and _depth(text) > max_depth:
        raise Rejection(Code.TOO_DEEP, "", f"nested more than {max_depth} levels deep")
    parsed = Parsed()
    try:
        parsed.value = json.loads(
            text,
            object_pairs_hook=parsed.take_pairs,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as exc:
        what = exc.msg.removesuffix(" at")
        across = exc.colno + (column if exc.lineno == 1 else 0)
        where = f"line {exc.lineno + first_line - 1} column {across}"
        raise Rejection(Code.INVALID_JSON, "", f"{what} at {where}") from None
    if "\\u" in text:
        _refuse_lone_surrogates(parsed.value)
    return parsed


def canonical(value: Any) -> str:
    """Return the canonical text of a value from `parse`."""
    try:
        return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    except TypeError:  # a Decimal: the C encoder has no way to write one without losing digits
        return _canonical_with_decimals(value)


def _canonical_with_decimals(value: Any) -> str:
    if isinstance(value, dict):
        pairs = (f"{canonical(k)}:{_canonical_with_decimals(value[k])}" for k in sorted(value))
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_canonical_with_decimals, value)) + "]"
    if isinstance(value, Decimal):
        return _spell(value)
    return canonical(value)


def _spell(number: Decimal) -> str:
    """One spelling for each number: `1.0`, `1` and `10e-1` are `1`."""
    sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int):
        raise TypeError("a JSON number is finite")
    text = "".join(map(str, digits)).lstrip("0")
    stripped = text.rstrip("0")
    exponent += len(text) - len(stripped)
    if not stripped:
        return "0"
    minus = "-" if sign else ""
    if exponent == 0:
        return minus + stripped
    if exponent > 0 and len(stripped) + exponent <= _PLAIN_DIGITS:
        return minus + stripped + "0" * exponent
    if -_PLAIN_DIGITS <= exponent < 0 and len(stripped) <= _PLAIN_DIGITS:
        padded = stripped.rjust(1 - exponent, "0")
        return f"{minus}{padded[:exponent]}.{padded[exponent:]}"
    return f"{minus}{stripped}e{exponent}"


def _integer(token: str) -> int | Decimal:
    return int(token) if len(token) <= _PLAIN_DIGITS else _decimal(token)


def _decimal(token: str) -> Decimal:
    try:
        number = Decimal(token)
    except InvalidOperation:
        raise Rejection(Code.BAD_NUMBER, "", f"number `{token[:40]}` is out of range") from None
    return number


def _refuse_constant(name: str) -> None:
    raise Rejection(Code.INVALID_JSON, "", f"`{name}` is not JSON")


def _depth(text: str) -> int:
    depth = deepest = 0
    in_string = escaped = False
    for char in text:
        if in_string:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                in_string = False
        elif char == '"':
            in_string = True
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest


def _refuse_lone_surrogates(value: Any, steps: tuple[str | int, ...] = ()) -> None:
    """Half of a cut-off emoji cannot be written as UTF-8 and would break every later reader."""
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise Rejection(
                Code.LONE_SURROGATE, dotted(steps), "half of a surrogate pair (a cut-off emoji?)"
            ) from None
    elif isinstance(value, dict):
        for key, inner in value.items():
            _refuse_lone_surrogates(key, steps)
            _refuse_lone_surrogates(inner, (*steps, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _refuse_lone_surrogates(inner, (*steps, index))
