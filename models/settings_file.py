"""Settings as a TOML file; what is wrong in it is told with file, key, reason and hint."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from .errors import BadSettings, nearest

Model = TypeVar("Model", bound=BaseModel)
Steps = tuple[int | str, ...]
"""The way to a value: keys, and the places in lists from 0 on."""

_LONGEST = 200
"""Characters of a reason that are told."""


def read_settings(
    path: str | os.PathLike[str],
    model: type[Model],
    error: type[BadSettings],
    keys: Callable[[Steps], list[str]],
    wanted: Mapping[str, str],
) -> Model:
    """Return what a file says, as a model.

    Args:
        path: the file.
        model: of the whole file.
        error: what to raise.
        keys: the keys that may stand where the last step does.
        wanted: what to write for a key that is missing.

    Raises:
        BadSettings: of the type `error`: the file cannot be read, is no TOML, or does not fit.
    """
    name = os.fspath(path)
    try:
        return model.model_validate(tomllib.loads(Path(name).read_text("utf-8-sig")))
    except OSError as exc:
        raise error(name, "", f"cannot be read: {exc.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise error(name, "", f"is no TOML: {exc}") from None
    except ValidationError as exc:
        key, reason, hint = _refusal(exc, keys, wanted)
        raise error(name, key, reason, hint=hint) from None
    except (ValueError, RecursionError) as exc:  # a path or number that cannot be, endless nesting
        raise error(name, "", f"cannot be read: {exc}") from None


def _refusal(
    exc: ValidationError, keys: Callable[[Steps], list[str]], wanted: Mapping[str, str]
) -> tuple[str, str, str]:
    """Return key, reason and hint of the first fault; a misspelt key before what is missing."""
    fault = min(exc.errors(), key=lambda each: each["type"] != "extra_forbidden")
    steps = fault["loc"]
    match fault["type"]:
        case "wrong":
            reason, hint = fault["ctx"]["reason"], fault["ctx"]["hint"]
        case "extra_forbidden":
            known = keys(steps)
            reason = "unknown key"
            hint = nearest(str(steps[-1]), known, f"known are {', '.join(known)}")
        case "missing":
            reason, hint = "is missing", wanted.get(str(steps[-1]), "")
        case "too_short":
            reason, hint = "is empty", wanted.get(str(steps[-1]), "")
        case "dict_type" | "model_type":
            reason, hint = "is no table", ""
        case "tuple_type":
            reason, hint = f"is no list of tables, `[[{_dotted(steps)}]]`", ""
        case "literal_error":
            known = fault["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", ")
            reason = f"`{fault['input']}` is none of {', '.join(known)}"
            hint = nearest(str(fault["input"]), known, "")
        case _:
            reason, hint = fault["msg"][0].lower() + fault["msg"][1:], ""
    return _dotted(steps), _short(reason), hint


def _short(reason: str) -> str:
    """Return a reason on one line of a screen or two, whatever the value that it quotes."""
    return reason if len(reason) <= _LONGEST else f"{reason[: _LONGEST // 2]} … {reason[-60:]}"


def _dotted(steps: Steps) -> str:
    """Return the path of a value; elements of lists are counted from 1."""
    made = ""
    for step in steps:
        if isinstance(step, int):
            made += f"[{step + 1}]"
        elif step != "[key]":
            made += f".{step}"
    return made.removeprefix(".")
