"""A file of SLA policies: what it says, and what is refused with which words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import ROOT
from ticketledger.models.calendar_file import read_calendars
from ticketledger.models.errors import BadPolicy
from ticketledger.models.policy_file import read_policies

GOOD = '[[policies]]\nname = "R"\nmetric = "resolution"\n'
HOUR = 3_600_000_000


def written(folder: Path, text: str) -> Path:
    path = folder / "sla.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_demo_says_what_it_says() -> None:
    made = read_policies(ROOT / "data" / "promises.toml").policies
    assert [policy.metric for policy in made] == [
        "first_reply",
        "next_reply",
        "periodic_update",
        "resolution",
        "due_date",
    ]
    first = made[0]
    assert [target.target for target in first.targets] == [HOUR // 2, HOUR, HOUR, 4 * HOUR]
    assert first.targets[2].label == ("vip",)
    assert made[3].pauses[0].last_speaker == "us"


@pytest.mark.parametrize(
    ("written_as", "us"),
    [("90s", HOUR // 40), ("1h 30m", 3 * HOUR // 2), ("2d", 48 * HOUR), ("1d12h", 36 * HOUR)],
)
def test_durations(tmp_path: Path, written_as: str, us: int) -> None:
    path = written(tmp_path, f'{GOOD}targets = [{{ target = "{written_as}" }}]')
    assert read_policies(path).policies[0].targets[0].target == us


def test_conditions_are_spelt_as_the_ledger_keeps_them(tmp_path: Path) -> None:
    asked = 'label = " VIP ", status = "In-Progress", priority = 4, property = "Plan=Gold"'
    path = written(tmp_path, f'{GOOD}targets = [{{ {asked}, target = "1h" }}]')
    (target,) = read_policies(path).policies[0].targets
    assert (target.label, target.status) == (("vip",), ("inprogress",))
    assert (target.priority, target.property) == ((4,), ("Plan=Gold",))


@pytest.mark.parametrize(
    ("text", "key", "reason", "hint"),
    [
        ("", "policies", "is missing", "begin with `[[policies]]`"),
        ("policies = []", "policies", "is empty", "begin with `[[policies]]`"),
        ("[policies]", "policies", "is no list of tables", ""),
        (GOOD, "policies[1].targets", "`R` has no target", "for example"),
        (f"{GOOD}targets = [{{}}]", "policies[1].targets[1].target", "is missing", 'target = "4h"'),
        (
            f'{GOOD}targets = [{{ target = "4" }}]',
            "policies[1].targets[1].target",
            "`4` is no duration",
            '"30m"',
        ),
        (
            f'{GOOD}targets = [{{ target = "0h" }}]',
            "policies[1].targets[1].target",
            "`0h` is no target",
            "more than nothing",
        ),
        (
            f'{GOOD}targets = [{{ target = "1h" }}, {{ priority = 4, target = "2h" }}]',
            "policies[1].targets[1]",
            "no target after it is ever chosen",
            "put it last",
        ),
        (
            f'{GOOD}targets = [{{ priorty = 4, target = "2h" }}]',
            "policies[1].targets[1].priorty",
            "unknown key",
            "did you mean `priority`?",
        ),
        (
            f'{GOOD}targets = [{{ target = "2h" }}]\npauses = [{{}}]',
            "policies[1].pauses[1]",
            "has no condition",
            "never run",
        ),
        (
            f'{GOOD}targets = [{{ target = "2h" }}]\npauses = [{{ last_speaker = "them" }}]',
            "policies[1].pauses[1].last_speaker",
            "`them` is none of us, customer",
            "",
        ),
        (
            '[[policies]]\nname = "R"\nmetric = "resolutoin"\n',
            "policies[1].metric",
            "`resolutoin` is none of first_reply, next_reply",
            "did you mean `resolution`?",
        ),
        (
            f'{GOOD}targets = [{{ target = "2h" }}]\ncalendar = "nigths"',
            "policies[1].calendar",
            "no calendar named `nigths`",
            "did you mean `nights`?",
        ),
        (
            f'{GOOD}targets = [{{ target = "2h" }}]\n{GOOD}targets = [{{ target = "1h" }}]',
            "policies[2].name",
            "another policy is named `R`",
            "names are unique",
        ),
        (
            '[[policies]]\nname = "D"\nmetric = "due_date"\ntargets = [{ target = "2h" }]',
            "policies[1].targets",
            "a due date is its own target",
            "leave them out",
        ),
        (
            '[[policies]]\nname = "D"\nmetric = "due_date"\npauses = [{ label = "x" }]',
            "policies[1].pauses",
            "a due date does not wait",
            "leave them out",
        ),
        (
            '[[policies]]\nname = "D"\nmetric = "due_date"\ncalendar = "nights"',
            "policies[1].calendar",
            "a due date is an instant, whatever the hours",
            "leave it out",
        ),
        (
            f'{GOOD}targets = [{{ label = [], target = "2h" }}]',
            "policies[1].targets[1].label",
            "`[]` is no label",
            "",
        ),
        (f"{GOOD}targets = {'[' * 2000}", "", "", ""),
        (f"{GOOD}targets = {'9' * 5000}", "", "", ""),
        (
            f'{GOOD}targets = [{{ property = "Plan", target = "2h" }}]',
            "policies[1].targets[1].property",
            "`Plan` is no property",
            "NAME=VALUE",
        ),
    ],
)
def test_a_file_that_cannot_be_is_refused(
    tmp_path: Path, text: str, key: str, reason: str, hint: str
) -> None:
    calendars = read_calendars(ROOT / "data" / "hours.toml")
    with pytest.raises(BadPolicy) as caught:
        read_policies(written(tmp_path, text), calendars)
    assert caught.value.key == key
    assert caught.value.reason.startswith(reason)
    assert hint in caught.value.hint
    assert str(caught.value).startswith(f"{tmp_path}/sla.toml: {key}")


def test_without_calendars_only_the_default_may_be_named(tmp_path: Path) -> None:
    text = f'{GOOD}targets = [{{ target = "2h" }}]\ncalendar = '
    assert read_policies(written(tmp_path, f'{text}"default"')).policies[0].calendar == "default"
    with pytest.raises(BadPolicy, match="no calendar named `office`"):
        read_policies(written(tmp_path, f'{text}"office"'))


def test_a_huge_value_is_told_on_a_short_line(tmp_path: Path) -> None:
    for target, reason in (("9" * 5_000 + "d", "is no target"), ("h" * 5_000, "is no duration")):
        with pytest.raises(BadPolicy) as caught:
            read_policies(written(tmp_path, f'{GOOD}targets = [{{ target = "{target}" }}]'))
        assert caught.value.key == "policies[1].targets[1].target"
        assert caught.value.reason.endswith(f"` {reason}")
        assert len(caught.value.reason) < 200
