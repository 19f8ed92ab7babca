"""The folder of a ledger: as named, or of a URL the one that mirrors it on this machine."""

from __future__ import annotations

import hashlib
import json
import os
import re
import uuid
from pathlib import Path
from typing import Final

from .errors import BadParameter, LedgerUnwritable, MissingExtra

REMOTE: Final = "remote.json"
"""File of a mirror that names the bucket."""

TAGS: Final = "tags.json"
"""File of a mirror that says which version of each object it has, or knows of."""

ENDS: Final = "ends"
"""Folder of a mirror with the ends, footers in them, of commits that stay in their bucket."""

IN_PLACE: Final = "TICKETLEDGER_IN_PLACE"
"""Environment variable: commits stay in their bucket, and are read there."""

_URL: Final = re.compile(r"[a-z][a-z0-9+.-]+:/", re.IGNORECASE)
"""How a URL begins, also one that became a `Path` and lost a slash."""

_ENDPOINTS: Final = ("AWS_ENDPOINT", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3")


def located(text: str | os.PathLike[str], *, in_place: bool | None = None) -> Path:
    """Return the folder of a ledger: a path is one, of a URL it is the mirror, made if need be.

    Mirrors are in the user's cache folder, or where TICKETLEDGER_CACHE says; each endpoint has its
    own, and so has who leaves commits in place.

    Args:
        text: a path or URL.
        in_place: leave commits where they are; None: if the environment says so.

    Raises:
        MissingExtra: a URL needs the extra `s3`.
        BadParameter: a URL has credentials in it, an unknown scheme, lost a slash or names no
            bucket.
        LedgerUnwritable: as `make_mirror`.
    """
    text = os.fspath(text)
    if "://" not in text:
        refuse_url(text, "of a bucket? give it as text with both slashes: s3://bucket/prefix")
        return Path(text)
    try:
        from .objects import refuse_unfit

        parent = cache_folder()
    except ImportError:
        raise MissingExtra("ledgers in a bucket", "s3") from None
    refuse_unfit(text)
    if not text.partition("://")[2].strip("/"):
        raise BadParameter(f"`{text}` names no bucket", hint="for example s3://bucket/prefix")
    url = text.rstrip("/")
    in_place = is_in_place() if in_place is None else in_place
    key = "\n".join([url, *endpoints(), *(["in place"] if in_place else [])])
    root = parent / hashlib.sha256(key.encode()).hexdigest()[:32]
    make_mirror(root, url, in_place=in_place)
    return root


def refuse_url(path: str | os.PathLike[str], hint: str) -> None:
    """Refuse a URL where a file or folder of this machine is wanted.

    Raises:
        BadParameter: it is one.
    """
    if _URL.match(os.fspath(path)):
        raise BadParameter(f"`{os.fspath(path)}` is a URL, and no path", hint=hint)


def cache_folder() -> Path:
    """Return where TICKETLEDGER_CACHE says, or the user's cache folder; it may not be there yet.

    Raises:
        ImportError: an extra that names it is not installed.
    """
    from platformdirs import user_cache_path

    return Path(os.environ.get("TICKETLEDGER_CACHE") or user_cache_path("ticketledger"))


def is_in_place() -> bool:
    """Whether the environment says that commits stay in their bucket."""
    return os.environ.get(IN_PLACE, "").lower() not in ("", "0", "false", "no", "off")


def endpoints() -> tuple[str, ...]:
    """Return what the environment says of where buckets are.

    Raises:
        BadParameter: that is no URL.
    """
    told = {name: os.environ.get(name, "") for name in _ENDPOINTS}
    for name, url in told.items():
        if url and not url.startswith(("http://", "https://")):
            raise BadParameter(f"{name} is `{url}`", hint=f"http://{url} or https://{url}?")
    return tuple(told.values())


def make_mirror(root: Path, url: str, *, in_place: bool = False) -> None:
    """Let a folder mirror the ledger at a URL; one that does so stays as it is.

    Args:
        root: the folder.
        url: of the ledger.
        in_place: leave commits where they are; only what is made of them will be here.

    Raises:
        LedgerUnwritable: it cannot be made.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        if not (root / REMOTE).exists():
            part = root.with_name(f"{root.name}.{uuid.uuid4().hex}")
            told = {"url": url.rstrip("/"), "in_place": in_place}
            part.write_text(json.dumps(told), "utf-8")
            part.replace(root / REMOTE)
    except OSError as exc:
        raise LedgerUnwritable(
            f"cannot make the mirror `{root}`: {exc.strerror}",
            hint="name another folder for mirrors with TICKETLEDGER_CACHE",
        ) from None
