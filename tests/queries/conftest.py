"""Answers do not need `catalog.duckdb`: only the tests about it pay for one after every load."""

from __future__ import annotations

import pytest

from ticketledger import queries

ABOUT_THE_CATALOG = ("test_catalog", "test_making")


@pytest.fixture(autouse=True)
def _without_a_catalog(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.module.__name__.rpartition(".")[2] not in ABOUT_THE_CATALOG:
        monkeypatch.setattr(queries, "renew_catalog", lambda store: None, raising=False)
