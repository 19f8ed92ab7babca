"""Classes of statuses: what a file says, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from ticketledger.models.errors import BadStatuses
from ticketledger.models.statuses import read_statuses


def written(folder: Path, text: str) -> Path:
    path = folder / "statuses.toml"
    path.write_text(text, "utf-8")
    return path


def test_what_is_not_given_keeps_its_default(tmp_path: Path) -> None:
    made = read_statuses(written(tmp_path, '[statuses]\nactive = ["Open", "On-Hold"]'))
    assert made.active == ("open", "onhold")
    assert (made.resolved, made.removed) == (("closed",), ("archived",))


@pytest.mark.parametrize(
    ("text", "key", "reason", "hint"),
    [
        ("", "statuses", "is missing", "[statuses]"),
        ("[statuses]\nactiv = ['x']", "statuses.activ", "unknown key", "`active`"),
        ("[status]\nactive = ['x']", "status", "unknown key", "`statuses`"),
        ("[statuses]\nresolved = []", "statuses.resolved", "is empty", "default"),
        ("[statuses]\nresolved = ['OPEN']", "statuses.resolved", "`open` is also active", ""),
        (
            "[statuses]\nactive = ['on hold', 'On_Hold']",
            "statuses.active",
            "`onhold` is listed twice",
            "case, spaces, - and _ make no difference",
        ),
        (
            "[[statuses.on_hold]]\nstatus = []",
            "statuses.on_hold[1].status",
            "`[]` is no status",
            "",
        ),
        ("[[statuses.on_hold]]", "statuses.on_hold[1]", "has no condition", "every ticket"),
        (
            "[[statuses.on_hold]]\nstatus = 'waiting'",
            "statuses.on_hold[1].status",
            "`waiting` is not active",
            "add it to `active`",
        ),
        (
            "[[statuses.on_hold]]\ndue_date = 'past'",
            "statuses.on_hold[1].due_date",
            "`past` is none of future",
            "",
        ),
        (
            "[[statuses.on_hold]]\nlabels = 'x'",
            "statuses.on_hold[1].labels",
            "unknown key",
            "`label`",
        ),
        ("[statuses]\nresolved = [' ']", "statuses.resolved", "`[' ']` is no status", ""),
    ],
)
def test_a_file_that_cannot_be_is_refused(
    tmp_path: Path, text: str, key: str, reason: str, hint: str
) -> None:
    with pytest.raises(BadStatuses) as caught:
        read_statuses(written(tmp_path, text))
    assert (caught.value.key, caught.value.reason) == (key, reason)
    assert hint in caught.value.hint
