"""Canonical JSON: one text for each value, whatever its spelling, and nothing lost."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticketledger.models.jsontext import canonical, parse
from ticketledger.models.rejection import Rejection

thoroughly = settings(max_examples=300, deadline=None)


def _canonical(text: str) -> str:
    return canonical(parse(text.encode()).value)


def _exact(text: str) -> Any:
    """The value by the standard library, numbers exact."""
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def _same(one: Any, other: Any) -> bool:
    """Equality of JSON values: `1` is not `true`."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and bool(one == other)


# --- spelling ---------------------------------------------------------------------------------

numbers = st.one_of(
    st.builds(
        lambda digits, exponent: (digits, exponent),
        st.one_of(
            st.integers(-200, 200),
            st.integers(-(2**65), 2**65),
            st.sampled_from([2**63, 2**64, 10**39, 10**40, 10**41, -(10**39), 10**400 - 1]),
        ),
        st.one_of(st.integers(-6, 6), st.integers(-60, 60), st.sampled_from([-400, 400, 999])),
    )
)
"""Digits and exponent: `(12, -1)` is 1.2."""

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)

trees = st.recursive(
    st.one_of(numbers, texts, st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=10,
)


def _spell(tree: Any, chance: random.Random) -> str:
    """The tree as JSON text, each part in one of its spellings."""
    blank = chance.choice(["", "", " ", "\n\t", "\r\n"])
    if isinstance(tree, dict):
        keys = chance.sample(list(tree), len(tree))
        inner = (f"{_spell(key, chance)}{blank}:{_spell(tree[key], chance)}" for key in keys)
        return f"{blank}{{{','.join(inner)}{blank}}}{blank}"
    if isinstance(tree, list):
        return f"[{blank}{','.join(_spell(each, chance) for each in tree)}]"
    if isinstance(tree, tuple):
        return _number(tree[0], tree[1], chance)
    if isinstance(tree, str):
        text = json.dumps(tree, ensure_ascii=chance.random() < 0.5)
        return text.replace("/", "\\/") if chance.random() < 0.5 else text
    return blank + json.dumps(tree)


def _number(digits: int, exponent: int, chance: random.Random) -> str:
    zeros = chance.randrange(4)
    text = str(abs(digits)) + "0" * zeros
    minus = "-" if digits < 0 or (digits == 0 and chance.random() < 0.5) else ""
    exponent -= zeros
    if exponent >= 0 and chance.random() < 0.3:
        return minus + (text + "0" * exponent).lstrip("0").rjust(1, "0")
    if exponent < 0 and chance.random() < 0.5:
        padded = text.rjust(1 - exponent, "0")
        return f"{minus}{padded[:exponent].lstrip('0') or '0'}.{padded[exponent:]}"
    point = chance.randrange(len(text))
    whole, fraction = (text[: point + 1], text[point + 1 :])
    exponent += len(fraction)
    letter, sign = chance.choice("eE"), chance.choice(["", "+", "0"]) if exponent >= 0 else ""
    dotted = f"{whole.lstrip('0') or '0'}.{fraction}" if fraction else whole.lstrip("0") or "0"
    return f"{minus}{dotted}{letter}{sign}{exponent}"


seeds = st.integers(0, 2**32 - 1).map(random.Random)


@thoroughly
@given(trees, seeds, seeds)
def test_every_spelling_of_a_value_has_one_canonical_text(
    tree: Any, one: random.Random, other: random.Random
) -> None:
    first, second = _spell(tree, one), _spell(tree, other)
    assert _same(_exact(first), _exact(second)), "the spellings differ"
    assert _canonical(first) == _canonical(second)


@thoroughly
@given(trees, seeds)
def test_canonical_text_is_stable_and_loses_nothing(tree: Any, chance: random.Random) -> None:
    spelled = _spell(tree, chance)
    text = _canonical(spelled)
    assert _canonical(text) == text
    assert _same(_exact(text), _exact(spelled))


@thoroughly
@given(trees, trees, seeds)
def test_different_values_have_different_canonical_texts(
    one: Any, other: Any, chance: random.Random
) -> None:
    first, second = _spell(one, chance), _spell(other, chance)
    assert (_canonical(first) == _canonical(second)) == _same(_exact(first), _exact(second))


EQUAL = (
    ("1", "1.0", "1e0", "10e-1", "0.1E+1", "100e-2", "1.000000000000000000000000000000"),
    ("0", "-0", "0.0", "-0.0", "0e99", "-0E-7", "0.000e400"),
    ("1e39", "1" + "0" * 39, "1" + "0" * 39 + ".0", "10e38"),
    ("1e40", "1" + "0" * 40, "0.1e41"),
    ("1e400", "1" + "0" * 400),
    ("-1e-40", "-0." + "0" * 39 + "1"),
    ("-1e-41", "-0." + "0" * 40 + "1"),
    (str(2**63), f"{2**63}.0", f"{2**63}e0"),
    ("9" * 400, "9" * 400 + ".0", "9" * 399 + ".9e1"),
    ('"\\u00e9"', '"é"', '"\\u00E9"'),
    ('"\\ud83d\\ude4f"', '"🙏"'),
    ('"/"', '"\\/"', '"\\u002f"'),
    ('"\\n"', '"\\u000a"'),
    ('{"b":1,"a":2}', '{ "a" : 2.0,\n"b" : 1 }'),
    ('{"\\u0061":1}', '{"a":1}'),
)


@pytest.mark.parametrize("spellings", EQUAL, ids=lambda spellings: spellings[0][:20])
def test_these_spellings_are_equal(spellings: tuple[str, ...]) -> None:
    assert len({_canonical(text) for text in spellings}) == 1


DIFFERENT = (
    *("1", "-1", "10", "0.1", "1.5", "1e400", "1e-400", '"1"', "true", "false", "null", '"null"'),
    *(str(2**53), str(2**53 + 1), str(2**63), str(2**64), "9" * 400, "9" * 399 + "8"),
    *("0.1000000000000000055511151231257827", "3.1415926535897932384626433832"),
    *("3.1415926535897932384626433833", "12345678901234567", "12345678901234568"),
    *('""', "[]", "{}", "[[]]", '[""]', '{"":null}', "[null]", '{"a":null}', '{"a":[]}', "[1,2]"),
    *("[2,1]", "[12]", '["1,2"]', '"\\u0000"', '" "', '"é"', '"e\\u0301"', '"\ufb01"', '"fi"'),
    *('"A"', '"a"', '{"a":1,"b":2}', '{"a":2,"b":1}', '{"a":{"b":1}}'),
)


def test_these_values_are_all_different() -> None:
    assert len({_canonical(text) for text in DIFFERENT}) == len(set(DIFFERENT))


def test_keys_are_sorted_by_code_point() -> None:
    text = '{"\U0001f64f":1,"\uffff":2,"b":3,"B":4,"":5,"\\u0000":6}'
    assert list(json.loads(_canonical(text))) == ["", "\0", "B", "b", "\uffff", "\U0001f64f"]


def test_canonical_text_has_no_white_space_and_no_escapes_it_does_not_need() -> None:
    assert _canonical('{ "a" : [ 1 , "\\u00e9\\/\\u2028" ] }') == '{"a":[1,"é/\u2028"]}'


@pytest.mark.parametrize(
    ("text", "value", "repeated"),
    [
        ('{"a":1,"a":2}', {"a": 2}, 1),
        ('{"a":1,"b":1,"a":2,"a":3}', {"a": 3, "b": 1}, 2),
        ('{"a":{"x":1,"x":2},"a":{"y":1,"y":2}}', {"a": {"y": 2}}, 3),
        ('{"a":1,"\\u0061":2}', {"a": 2}, 1),
        ('[{"a":1,"a":1},{"a":1}]', [{"a": 1}, {"a": 1}], 1),
        ('{"a":1,"A":1}', {"a": 1, "A": 1}, 0),
        ('{"":1,"":2}', {"": 2}, 1),
    ],
)
def test_the_last_of_repeated_keys_wins_and_the_others_are_counted(
    text: str, value: Any, repeated: int
) -> None:
    parsed = parse(text.encode())
    assert (parsed.value, parsed.repeated_keys) == (value, repeated)


@thoroughly
@given(st.binary(max_size=40) | st.text('{}[]",:0123456789eE+-.truefalsn\\u \n', max_size=30))
def test_any_bytes_are_parsed_as_the_standard_library_does_or_refused(raw: bytes | str) -> None:
    raw = raw if isinstance(raw, bytes) else raw.encode()
    try:
        value = parse(raw).value
    except Rejection:
        return
    assert _same(_exact(canonical(value)), _exact(raw.decode()))


def test_a_number_of_a_million_digits_is_read_in_no_time() -> None:
    text = "1" * 1_000_000
    assert _canonical(f"[{text}]") == f"[{text}]"
