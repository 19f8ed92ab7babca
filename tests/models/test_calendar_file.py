"""Files of calendars: what is read, and what is refused with file, key, reason and hint."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ticketledger.models.calendar_file import read_calendars
from ticketledger.models.errors import BadCalendar
from ticketledger.models.spans import Span

WEEK = '[calendars.s]\nzone = "UTC"\nweek = {mon = ["09:00-17:00"]}\n'
NIGHT = 'zone = "UTC"\nweek.mon = ["22:00-06:00"]'


def written(folder: Path, text: str) -> Path:
    path = folder / "hours.toml"
    path.write_text(text, "utf-8")
    return path


def test_all_that_a_file_may_say_is_read(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
default = "support"

[calendars.support]
zone = "Europe/Berlin"
week = {mon = ["13:30 - 18:00", "09:00-12:30"], fri = ["22:00-06:00"]}

[calendars.support.days]
2026-12-25 = []
2026-12-24 = ["09:00-12:00"]

[[calendars.support.versions]]
valid_from = 2026-07-01
week = {sun = ["00:00-24:00"]}

[calendars.urgent]
zone = "UTC"
week = {mon = ["20:00-00:00"]}

[[rules]]
calendar = "urgent"
priority = [3, 4]
label = " VIP "
org_id = "o"
""",
    )
    made = read_calendars(path)
    support = made.calendars["support"]
    assert support.zone.name == "Europe/Berlin"
    assert support.week.mon == (Span(540, 750), Span(810, 1_080))
    assert support.week.fri == (Span(1_320, 1_800),)
    assert support.on(date(2026, 12, 25)) == ("days.2026-12-25", ())
    assert support.on(date(2026, 6, 26)) == ("week.fri", (Span(1_320, 1_800),))
    assert support.on(date(2026, 7, 5)) == ("versions[1].week.sun", (Span(0, 1_440),))
    assert made.calendars["urgent"].week.mon == (Span(1_200, 1_440),)
    (rule,) = made.rules
    assert (rule.calendar, rule.priority, rule.label) == ("urgent", (3, 4), ("vip",))
    assert rule.org_id == ("o",)
    assert made.otherwise() == "support"


def test_the_only_calendar_is_the_default(tmp_path: Path) -> None:
    assert read_calendars(written(tmp_path, WEEK)).otherwise() == "s"


@pytest.mark.parametrize(
    ("text", "key", "reason", "hint"),
    [
        ("zone = 'Europe/Berlni'\nweek = {mon = ['09:00-17:00']}", ".zone",
         "no time zone named `Europe/Berlni`", "did you mean `Europe/Berlin`?"),
        ("zone = 'localtime'\nweek = {mon = ['09:00-17:00']}", ".zone",
         "no time zone named `localtime`", "Europe/Berlin"),
        ("zone = 3\nweek = {mon = ['09:00-17:00']}", ".zone", "no time zone named `3`", "IANA"),
        ("week = {mon = ['09:00-17:00']}", ".zone", "is missing", "Europe/Berlin"),
        ("zone = 'UTC'", ".week", "is missing", "09:00-17:30"),
        ("zone = 'UTC'\nweek = {}", ".week", "no day has a span", "`days`"),
        ("zone = 'UTC'\nweek = {mon = []}", ".week", "no day has a span", "`days`"),
        ("zone = 'UTC'\nweek = {mom = ['09:00-17:00']}", ".week.mom", "unknown key",
         "did you mean `mon`?"),
        ("zonne = 'UTC'\nweek = {mon = ['09:00-17:00']}", ".zonne", "unknown key",
         "did you mean `zone`?"),
        ("zone = 'UTC'\nweek.mon = ['09:00-12:00', '11:59-13:00']", ".week.mon",
         "`09:00-12:00` and `11:59-13:00` overlap", "touch"),
        (f"{NIGHT}\nweek.tue = ['05:59-06:30']", ".week.tue",
         "`22:00-06:00` of the day before and `05:59-06:30` overlap", "touch"),
        ("zone = 'UTC'\nweek.sun = ['22:00-06:00']\nweek.mon = ['05:59-06:30']", ".week.mon",
         "`22:00-06:00` of the day before and `05:59-06:30` overlap", "touch"),
        (f"{NIGHT}\ndays.2026-06-02 = ['05:59-06:30']", ".days.2026-06-02",
         "overlap on 2026-06-02", "touch"),
        (f"{NIGHT}\ndays.2026-06-02 = ['22:00-06:00']\nweek.wed = ['05:59-06:30']", ".week.wed",
         "overlap on 2026-06-03", "touch"),
        (f"{NIGHT}\nversions = [{{valid_from = 2026-06-02, week = {{tue = ['05:59-06:30']}}}}]",
         ".versions[1].week.tue", "overlap on 2026-06-02", "touch"),
        ("zone = 'Europe/Berlin'\nweek.sun = ['02:30-10:00']", ".week.sun",
         "`02:30-10:00` on 2020-03-29: there is no 02:30", "skipped_times"),
        ("zone = 'Europe/Berlin'\nweek.sat = ['22:00-02:30']", ".week.sat",
         "`22:00-02:30` on 2020-03-28: there is no 02:30", "skipped_times"),
        ("zone = 'Europe/Berlin'\nweek.mon = ['09:00-17:00']\ndays.2026-03-29 = ['01:00-02:01']",
         ".days.2026-03-29", "`01:00-02:01` on 2026-03-29: there is no 02:01", "skipped_times"),
        ("zone = 'UTC'\nweek.mon = ['9-17']", ".week.mon", "`9-17` is no span", "22:00-06:00"),
        ("zone = 'UTC'\nweek.mon = [9]", ".week.mon", "`9` is no span", "22:00-06:00"),
        ("zone = 'UTC'\nweek.mon = '09:00-17:00'", ".week.mon", "is no list of spans", "[]"),
        ("zone = 'UTC'\nweek.mon = ['09:00-24:01']", ".week.mon", "no such time of day", "24:00"),
        ("zone = 'UTC'\nweek.mon = ['24:00-09:00']", ".week.mon", "no such time of day", "24:00"),
        ("zone = 'UTC'\nweek.mon = ['09:00-09:00']", ".week.mon", "has no length", "00:00-24:00"),
        (f"{NIGHT}\ndays.2026-02-30 = []", ".days.2026-02-30", "no such date", ""),
        (f"{NIGHT}\ndays.xmas = []", ".days.xmas", "`xmas` is no date", "2026-12-25"),
        (f"{NIGHT}\ndays.1812-01-01 = []", ".days.1812-01-01", "beyond calendars", "1970-01-01"),
        (f"{NIGHT}\nversions = [{{valid_from = 2026-06-02T00:00:00Z, week = {{}}}}]",
         ".versions[1].valid_from", "is no date", "2026-12-25"),
        (f"{NIGHT}\nversions = [{{valid_frm = 2026-06-02, week = {{}}}}]",
         ".versions[1].valid_frm", "unknown key", "did you mean `valid_from`?"),
        (f"{NIGHT}\nversions = [{{valid_from = 2026-06-02, week = {{}}}}]",
         ".versions[1].week", "no day has a span", "`days`"),
        (f"{NIGHT}\nversions = [{{valid_from = 2026-06-02, week = {{tue = ['09:00-17:00']}}}},"
         " {valid_from = 2026-06-02, week = {tue = ['09:00-17:00']}}]",
         ".versions[2].valid_from", "is not after the one before", "date to date"),
        (f"{NIGHT}\nskipped_times = 'ignore'", ".skipped_times", "none of refuse, move", ""),
    ],
)  # fmt: skip
def test_a_calendar_that_cannot_be_is_refused(
    tmp_path: Path, text: str, key: str, reason: str, hint: str
) -> None:
    path = written(tmp_path, f"[calendars.s]\n{text}\n")
    with pytest.raises(BadCalendar) as caught:
        read_calendars(path)
    assert (caught.value.path, caught.value.key) == (str(path), f"calendars.s{key}")
    assert reason in caught.value.reason
    assert hint in caught.value.hint
    assert str(caught.value) == f"{path}: calendars.s{key}: {caught.value.reason}"


@pytest.mark.parametrize(
    ("text", "key", "reason", "hint"),
    [
        ("", "calendars", "is missing", "begin with `[calendars.support]`"),
        ("calendars = {}", "calendars", "is empty", "begin with `[calendars.support]`"),
        ("calendars = 3", "calendars", "is no table", ""),
        ("[calendars", "", "is no TOML", ""),
        (f"defualt = 's'\n{WEEK}", "defualt", "unknown key", "did you mean `default`?"),
        (f"state = 'now'\n{WEEK}", "state", "none of first, last", ""),
        (f"default = 'sx'\n{WEEK}", "default", "no calendar named `sx`", "did you mean `s`?"),
        (f"{WEEK}\n{WEEK.replace('.s]', '.t]')}", "default", "is missing", "which of s, t"),
        (f"{WEEK}[[rules]]\ncalendar = 'ss'\npriority = 1", "rules[1].calendar",
         "no calendar named `ss`", "did you mean `s`?"),
        (f"{WEEK}[[rules]]\ncalendar = 's'\nprioritty = 1", "rules[1].prioritty",
         "unknown key", "did you mean `priority`?"),
        (f"{WEEK}[[rules]]\ncalendar = 's'", "rules[1]", "has no condition", "label"),
        (f"{WEEK}[[rules]]\ncalendar = 's'\npriority = true", "rules[1].priority",
         "`True` is no priority", "4 urgent"),
        (f"{WEEK}[[rules]]\ncalendar = 's'\nlabel = ['']", "rules[1].label", "is no label", ""),
        (f"{WEEK}[[rules]]\ncalendar = 's'\norg_id = 1", "rules[1].org_id", "is no name", ""),
        (f"{WEEK}[rules]\ncalendar = 's'", "rules", "is no list of tables, `[[rules]]`", ""),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_is_refused(
    tmp_path: Path, text: str, key: str, reason: str, hint: str
) -> None:
    with pytest.raises(BadCalendar) as caught:
        read_calendars(written(tmp_path, text))
    assert caught.value.key == key
    assert reason in caught.value.reason
    assert hint in caught.value.hint


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadCalendar, match=r"none\.toml: cannot be read: No such file"):
        read_calendars(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b"# Schlu\xdf\n")
    with pytest.raises(BadCalendar, match=r"latin\.toml: is no TOML"):
        read_calendars(tmp_path / "latin.toml")


@pytest.mark.parametrize(
    "text",
    [
        # a time of day is skipped only strictly inside of a jump: these start and end with it
        "zone = 'Europe/Berlin'\nweek.sun = ['00:00-02:00', '03:00-10:00']",
        "zone = 'Europe/Berlin'\nweek.sun = ['02:00-10:00']",
        "zone = 'Africa/Cairo'\nweek.thu = ['00:00-24:00']\nweek.fri = ['00:00-24:00']",
        # a day that a zone skipped as a whole has no hours, and its weekday may have some
        "zone = 'Pacific/Apia'\nweek.thu = ['22:00-06:00']\nweek.fri = ['09:00-17:00']",
        "zone = 'Europe/Berlin'\nweek.sun = ['02:30-10:00']\nskipped_times = 'move'",
        # spans may touch, also over midnight
        f"{NIGHT}\nweek.tue = ['06:00-12:00', '12:00-24:00']\nweek.wed = ['00:00-01:00']",
        # a holiday makes room for what would overlap
        f"{NIGHT}\ndays.2026-06-01 = []\ndays.2026-06-02 = ['05:00-06:00']",
        f"{NIGHT}\nversions = [{{valid_from = 2026-06-03, week = {{wed = ['05:00-06:00']}}}}]",
    ],
)
def test_what_looks_odd_and_is_right_is_taken(tmp_path: Path, text: str) -> None:
    read_calendars(written(tmp_path, f"[calendars.s]\n{text}\n"))
