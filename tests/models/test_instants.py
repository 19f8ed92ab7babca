"""Every spelling of an instant, and every near miss."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketledger.models.errors import BadParameter
from ticketledger.models.instants import (
    EPOCH,
    BadInstant,
    microseconds,
    on_clock,
    parse_instant,
)

AT = datetime(2024, 5, 13, 11, 19, 34, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("2024-05-13 11:19:34+00", AT),
        ("2024-05-13T11:19:34Z", AT),
        ("2024-05-13t11:19:34z", AT),
        ("2024-05-13T16:49:34+05:30", AT),
        ("2024-05-13T16:49:34+0530", AT),
        ("2024-05-13T06:19:34-05", AT),
        ("2024-05-13T11:19:34", AT),
        (" 2024-05-13T11:19:34Z\n", AT),
        ("2024-05-13T11:19:34.5Z", AT + timedelta(milliseconds=500)),
        ("2024-05-13T11:19:34.758677+00:00", AT + timedelta(microseconds=758677)),
        ("2024-05-13T11:19:34.758677999Z", AT + timedelta(microseconds=758677)),
        ("2024-05-13", AT.replace(hour=0, minute=0, second=0)),
        ("2024-02-29", datetime(2024, 2, 29, tzinfo=UTC)),
        (1715599174, AT),
        (1715599174000, AT),
        ("1715599174", AT),
        ("1715599174000", AT),
        (Decimal("1715599174.5"), AT + timedelta(milliseconds=500)),
        (Decimal("1.715599174e9"), AT),
        (None, None),
        ("", None),
        (" ", None),
    ],
)
def test_this_is_an_instant(value: Any, at: datetime | None) -> None:
    assert parse_instant(value) == at


@pytest.mark.parametrize(
    "value",
    [
        *(
            "now",
            "2024",
            "2024-05",
            "05/13/2024",
            "13.05.2024",
            "2024-5-13",
            "24-05-13",
            "20240513",
        ),
        *("2024-00-01", "2024-13-01", "2024-02-30", "2023-02-29", "2024-05-00", "0000-01-01"),
        *("2024-05-13T24:00:00Z", "2024-05-13T11:60:00Z", "2024-05-13T11:19:61Z"),
        *("2024-05-13T11:19:34+24:00", "2024-05-13T11:19:34+05:60", "2024-05-13T11:19:34 UTC"),
        *(
            "2024-05-13T11:19:34Z junk",
            "2024-05-13T",
            "+002024-05-13",
            "２０２４-05-13",
            "\0",
            "NaN",
        ),
        *("9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00", "1e12", "0x1"),
        *(True, False, [], {}, [2024], 10**17, -(10**17), Decimal("1e999"), 10**400),
    ],
)
def test_this_is_no_instant(value: Any) -> None:
    with pytest.raises(BadInstant):
        parse_instant(value)


moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=UTC)
)


@given(moments, st.integers(-23 * 60, 23 * 60))
def test_an_instant_is_the_same_in_every_zone(at: datetime, minutes: int) -> None:
    sign, shift = ("-" if minutes < 0 else "+"), abs(minutes)
    local = (at + timedelta(minutes=minutes)).replace(tzinfo=None).isoformat()
    assert parse_instant(f"{local}{sign}{shift // 60:02}:{shift % 60:02}") == at


@given(moments)
def test_microseconds_are_whole(at: datetime) -> None:
    assert EPOCH + timedelta(microseconds=microseconds(at)) == at


@given(st.datetimes(datetime(1974, 1, 1), datetime(5000, 1, 1)))  # noqa: DTZ001
def test_epoch_numbers_say_the_instant(naive: datetime) -> None:
    at = naive.replace(tzinfo=UTC, microsecond=naive.microsecond // 1000 * 1000)
    milliseconds = microseconds(at) // 1000
    assert parse_instant(milliseconds) == parse_instant(str(milliseconds)) == at
    assert parse_instant(Decimal(milliseconds) / 1000) == at


def test_a_program_may_say_an_instant_as_text_or_day_or_clock() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    midnight = datetime(2024, 5, 12, 22, tzinfo=UTC)
    naive = datetime(2024, 5, 13, tzinfo=UTC).replace(tzinfo=None)
    for told in ("2024-05-13", date(2024, 5, 13), naive, midnight):
        assert on_clock(told, berlin) == midnight
    assert on_clock(None) is None
    wrong: Any
    for wrong in ("", "soon", 5, ["2024-05-13"]):
        with pytest.raises(BadParameter, match="is no instant"):
            on_clock(wrong)
