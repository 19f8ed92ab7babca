"""What is below a URL of an object store: listed, read in pieces, created if it is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from urllib.parse import quote

import obstore
from obstore import exceptions
from obstore.store import from_url

from .errors import BadParameter, LedgerUnreachable
from .mirrors import endpoints

RETRIES: Final = {"max_retries": 8}
"""How often the library asks again when the store is busy or ails."""

_TOLD: Final = re.compile(r"<Code>([^<]*)</Code>\s*<Message>([^<]*)</Message>")
_ESCAPED: Final = r"\n"
_CLIENT: Final = {"connect_timeout": "5s", "timeout": "120s", "allow_http": True}
_PIECE: Final = 8 << 20
"""So much is asked for at a time: a request must end before its time is up."""

_OF_THE_MACHINE: Final = "169.254.169.254"
"""Where a machine in the cloud has credentials; asked last, when there are no others."""

_VARIABLES: Final = {
    "s3": ("AWS_ACCESS_KEY_ID", "AWS_REGION and AWS_ENDPOINT"),
    "gs": ("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS"),
    "az": ("AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_ACCOUNT_NAME"),
}
"""By the scheme of a URL: what has the credentials, and what says where the store is."""

_SIGNED: Final = re.compile(r"[?&](?:X-Amz-|X-Goog-|sig=|Signature=)", re.IGNORECASE)
"""What a URL that was signed has in it: for S3, Google, Azure."""

_SCHEMES: Final = ("s3", "s3a", "gs", "az", "azure", "adl", "abfs", "abfss", "http", "https")
_NO_BUCKET: Final = ("NoSuchBucket", "ContainerNotFound")
_DENIED: Final = (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError)
_DENIALS: Final = ("AccessDenied", "SignatureDoesNotMatch", "InvalidAccessKeyId", "ExpiredToken")


@dataclass(frozen=True, slots=True)
class Objects:
    """The objects below a URL; every method raises `LedgerUnreachable` as `asking` says.

    Raises:
        BadParameter: the URL has credentials in it, or an unknown scheme.
    """

    url: str

    def __post_init__(self) -> None:
        refuse_unfit(self.url)

    def listed(self) -> dict[str, dict[str, Any]]:
        """Return path, size, e_tag and last_modified of each by its name, sorted.

        The library names the marker of a folder as the folder; an object of that name counts.
        """
        with asking(self.url, "listed"):
            found = [meta for chunk in obstore.list(self._store()) for meta in chunk]
        found.sort(key=lambda meta: (meta["path"], meta["size"]))
        return {meta["path"]: dict(meta) for meta in found if meta["path"]}

    def content(self, name: str) -> bytes | None:
        """Return all of an object; None when there is none."""
        try:
            with asking(self.url, "read"):
                return bytes(obstore.get(self._store(), name).bytes())
        except LedgerUnreachable as exc:
            if is_missing(exc):
                return None
            raise

    def described(self, name: str) -> dict[str, Any]:
        """Return path, size, e_tag and last_modified of an object."""
        with asking(self.url, "read"):
            return dict(obstore.head(self._store(), name))

    def has(self, name: str) -> bool:
        """Whether there is an object of that name."""
        try:
            self.described(name)
        except LedgerUnreachable as exc:
            if is_missing(exc):
                return False
            raise
        return True

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield an object's bytes in order; an object that changes meanwhile is an error."""
        meta = self.described(name)
        for start in range(0, meta["size"], _PIECE):
            options: Any = {"range": (start, min(start + _PIECE, meta["size"]))}
            if meta["e_tag"]:
                options["if_match"] = meta["e_tag"]
            with asking(self.url, "read"):
                piece = bytes(obstore.get(self._store(), name, options=options).bytes())
            yield piece

    def part(self, name: str, start: int, end: int, tag: str) -> bytes:
        """Return some bytes of an object that is still the one of a tag.

        Raises:
            LedgerUnreachable: as `asking`; the object is another now.
        """
        with asking(self.url, "read"):
            found = obstore.get(self._store(), name, options={"range": (start, end)})
            if tag_of(dict(found.meta)) != tag:
                raise ValueError(f"`{name}` is not what was listed")
            return bytes(found.bytes())

    def create(self, name: str, content: bytes) -> str | None:
        """Put an object unless there is one of its name; then `is_taken` of the error is true.

        Returns its e_tag.
        """
        with asking(self.url, "written"):
            done = obstore.put(self._store(), name, content, mode="create", use_multipart=False)
        return _bare(done["e_tag"])

    def put(self, name: str, content: bytes) -> str | None:
        """Put an object, in place of one of its name; returns its e_tag."""
        with asking(self.url, "written"):
            return _bare(obstore.put(self._store(), name, content, use_multipart=False)["e_tag"])

    def delete(self, name: str) -> None:
        """Remove an object, if there is one."""
        try:
            with asking(self.url, "cleaned"):
                obstore.delete(self._store(), name)
        except LedgerUnreachable as exc:
            if not is_missing(exc):
                raise

    def _store(self) -> Any:
        known = endpoints()
        with asking(self.url, "read"):
            return _opened(self.url, known)


@cache
def _opened(url: str, endpoints: tuple[str, ...]) -> Any:
    """Return obstore's view of what is below a URL; its connections serve many requests."""
    scheme, _, rest = url.partition("://")
    bucket, slash, path = rest.partition("/")
    path = quote(path, safe="/")  # it is a name and no URL: `#`, `?` and `%` are letters
    return from_url(  # type: ignore[call-overload]
        f"{scheme}://{bucket}{slash}{path}", client_options=_CLIENT, retry_config=RETRIES
    )


def tag_of(meta: dict[str, Any]) -> str:
    """Return what tells a version of an object from others of its name, a blank, and its size."""
    return f"{_bare(meta['e_tag']) or meta['last_modified'].isoformat()} {meta['size']}"


def _bare(e_tag: str | None) -> str | None:
    """Return it without quotes: Azure lists it without, and answers with them."""
    return e_tag.strip('"') if e_tag else None


def size_in(tag: str) -> int:
    """Return the bytes of an object, given its tag."""
    return int(tag.rpartition(" ")[2])


def refuse_unfit(url: str) -> None:
    """Refuse a URL of no object store, and keep what is secret out of names and messages.

    Raises:
        BadParameter: the URL has credentials in it, or an unknown scheme.
    """
    scheme, _, rest = url.partition("://")
    if scheme.lower() not in _SCHEMES:
        what = f"leave out `{scheme}://`" if scheme.lower() == "file" else "copy it to this machine"
        raise BadParameter(f"`{url}` is no object store", hint=f"s3://, gs:// or az://; or {what}")
    bucket = rest.partition("/")[0]
    who, has_user, _ = bucket.partition("@")
    is_container = url.startswith("abfs") and ":" not in who  # abfs://CONTAINER@ACCOUNT…
    if (has_user and not is_container) or _SIGNED.search(url):
        raise BadParameter(
            "the URL of a bucket has credentials in it",
            hint=f"leave them out, and set {_variables(url)[0]} and what belongs to it",
        )


def is_missing(exc: LedgerUnreachable) -> bool:
    """Whether there is no such object (the bucket itself is there)."""
    cause = exc.__cause__
    told = str(cause)
    return isinstance(cause, FileNotFoundError) and not any(code in told for code in _NO_BUCKET)


def is_taken(exc: LedgerUnreachable) -> bool:
    """Whether there was an object of that name."""
    return isinstance(exc.__cause__, exceptions.AlreadyExistsError)


def is_refused(exc: LedgerUnreachable) -> bool:
    """Whether this user may not do that."""
    return isinstance(exc.__cause__, _DENIED)


@contextmanager
def asking(url: str, verb: str) -> Iterator[None]:
    """Turn what a store or the way to it says into one line.

    Args:
        url: where.
        verb: what it is asked for, as in "cannot be read".

    Raises:
        LedgerUnreachable: it did not answer, or refused; the cause is what the library said.
    """
    try:
        yield
    except (exceptions.BaseError, OSError, ValueError) as exc:
        text = str(exc)
        told = _TOLD.search(text)
        reason = (
            f"{told[2].partition(_ESCAPED)[0]} ({told[1]})"
            if told
            else text.partition("\n")[0][:300]
        )
        is_keyless = _OF_THE_MACHINE in text
        if is_keyless:
            reason = "no credentials were found"
        credentials, where = _variables(url)
        is_denial = isinstance(exc, _DENIED) or (told and told[1] in _DENIALS)
        if is_keyless or is_denial:
            hint = f"check the credentials, for example {credentials}, and their rights"
        elif "invalid path" in text:
            hint = "rename or remove that object: no file can have its name"
        else:
            hint = f"check the URL, {where}; nothing was lost, try again"
        raise LedgerUnreachable(f"`{url}` cannot be {verb}: {reason}", hint=hint) from exc


def _variables(url: str) -> tuple[str, str]:
    """Return what the store of a URL is told by; of other names for it those of S3."""
    scheme = url.partition("://")[0].lower()
    return _VARIABLES.get(
        "az" if scheme.startswith(("az", "abfs", "adl")) else scheme, _VARIABLES["s3"]
    )
