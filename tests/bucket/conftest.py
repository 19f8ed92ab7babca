"""A bucket of its own for each test, and as many machines to write to it as are wanted."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

import ticketledger
from ticketledger import queries
from ticketledger.models import objects, transfers

from .server import BUCKET, Way, served


class Machine(Protocol):
    """Makes a ledger of the test's place in the bucket."""

    def __call__(self, *, in_place: bool = False) -> ticketledger.Ledger: ...


@pytest.fixture(scope="session")
def server() -> Iterator[Way]:
    """The way to an S3 server."""
    with served() as way:
        yield way


@pytest.fixture
def way(server: Way, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Way:
    """The way to it, clear; this process goes it."""
    server.forget()
    monkeypatch.setenv("AWS_ENDPOINT", f"http://127.0.0.1:{server.port}")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")  # for the tests themselves
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("TICKETLEDGER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(objects, "RETRIES", {"max_retries": 1})
    monkeypatch.setattr(transfers, "_PAUSE_S", 0.001)
    monkeypatch.setattr(queries, "renew_catalog", lambda store, **_: None, raising=False)
    return server


@pytest.fixture
def url(way: Way) -> str:
    """A place in the bucket where nothing is yet."""
    return f"s3://{BUCKET}/{uuid.uuid4().hex}"


@pytest.fixture
def machine(url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    """Makes ledgers of that place, each with a mirror of its own."""

    def made(*, in_place: bool = False) -> ticketledger.Ledger:
        monkeypatch.setenv("TICKETLEDGER_CACHE", str(tmp_path / uuid.uuid4().hex))
        return ticketledger.open(url, in_place=in_place)

    return made
