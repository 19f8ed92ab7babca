"""`serve`: the page from this machine to this machine, following new commits; it never writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from ticketledger.models.errors import BadParameter, LedgerDamaged, LedgerError
from ticketledger.models.store import Store

from .chart import drawing
from .dashboard import Page, frame, render
from .figures import PERIODS, Figures, figures
from .filters import COMMON_FILTERS, FILTER_VALUES
from .run import checked
from .session import reading, session
from .settings import Settings

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_OWN_NAMES: Final = ("127.0.0.1", "localhost")
"""Hosts that a request may name: another one is a page elsewhere that was led here."""


class Live:
    """The page of a ledger that grows: one session per state of it, one question at a time."""

    def __init__(
        self, store: Store, *, timezone: str, settings: Settings | None, version: str
    ) -> None:
        """Raises MissingExtra without the drawing library."""
        drawing()
        self._store, self._timezone, self._settings = store, timezone, settings or Settings()
        self._version = version
        self._lock = Lock()
        self._opened = ExitStack()
        self._state: tuple[str, ...] = ()
        self._figures: Figures | None = None
        self._known: dict[tuple[object, ...], bytes] = {}

    def commit(self) -> bytes:
        """Return `{"commit": …}`, the last one."""
        return json.dumps({"commit": self._store.covering()[-1].last}).encode()

    def page(self) -> Page:
        """Return the page, without figures: it asks for them."""
        with session(self._store, FILTER_VALUES) as con, reading(self._store):
            values = con.sql(FILTER_VALUES).fetchall()
        choices: dict[str, list[str]] = {name: [] for name in COMMON_FILTERS}
        for name, value in sorted(values):
            choices[name].append(value)
        orgs = choices.pop("org_id")
        with self._lock:
            told = self._frame(self._current())
        return render({**told, "orgs": orgs, "choices": choices, "live": True}, connect="'self'")

    def answer(self, asked: Mapping[str, str]) -> bytes:
        """Return the figures of an organisation and period, as JSON.

        Args:
            asked: `period`, and values of the common filters; an empty one asks for nothing.

        Raises:
            BadParameter: no such period or filter, or no ticket was ever so.
        """
        given: dict[str, object] = {name: value for name, value in asked.items() if value != ""}
        period = str(given.pop("period", "4w"))
        if period not in PERIODS:
            raise BadParameter(f"`{period}` is no period", hint=f"one of {', '.join(PERIODS)}")
        for name in given:
            if name not in COMMON_FILTERS:
                raise BadParameter(f"`{name}` is no filter")
        given |= checked(self._store, given)
        with self._lock:
            current = self._current()
            key = (period, *sorted(given.items()))
            if key not in self._known:
                self._known[key] = self._told(current, period, given)
            return self._known[key]

    def _told(self, current: Figures, period: str, given: Mapping[str, object]) -> bytes:
        try:
            with reading(self._store):
                found = current.of(period, given)
        except LedgerDamaged:  # files that were merged or folded anew are gone: look once more
            self._state = ()
            current = self._current()
            with reading(self._store):
                found = current.of(period, given)
        told = next(iter(found.values()), None)
        page = {name: self._frame(current)[name] for name in ("as_of", "stamp", "source")}
        return json.dumps({**(told or {}), "page": page}, ensure_ascii=False).encode()

    def _current(self) -> Figures:
        """The session of the ledger as it is now."""
        state = tuple(file.path.name for file in self._store.covering())
        if state != self._state or self._figures is None:
            self._opened.close()
            self._known.clear()
            opened = figures(self._store, timezone=self._timezone, settings=self._settings)
            self._figures = self._opened.enter_context(opened)
            self._state = state
        return self._figures

    def _frame(self, current: Figures) -> dict[str, Any]:
        return frame(self._store, current.as_of, self._timezone, self._settings, self._version)


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD of three paths, to requests that name this machine."""

    server_version = "ticketledger"
    sys_version = ""

    def __init__(self, live: Live, *args: Any) -> None:
        self._live = live
        super().__init__(*args)

    def do_GET(self) -> None:
        host = self.headers.get("Host", "").rpartition(":")[0]
        if host not in _OWN_NAMES:
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST, "this page is served to this machine only")
            return
        path, query = urlsplit(self.path).path, urlsplit(self.path).query
        try:
            if path == "/":
                page = self._live.page()
                self._send(HTTPStatus.OK, "text/html", page.content, page.policy)
            elif path == "/figures":
                self._send_json(HTTPStatus.OK, self._live.answer(dict(parse_qsl(query))))
            elif path == "/commit":
                self._send_json(HTTPStatus.OK, self._live.commit())
            else:
                self._refuse(HTTPStatus.NOT_FOUND, "there is nothing here")
        except BadParameter as exc:
            self._refuse(HTTPStatus.BAD_REQUEST, "; ".join(filter(None, (str(exc), exc.hint))))
        except LedgerError as exc:
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, f"{exc}; {exc.hint}")

    do_HEAD = do_GET

    def _refuse(self, status: HTTPStatus, reason: str) -> None:
        self._send_json(status, json.dumps({"error": reason}).encode())

    def _send_json(self, status: HTTPStatus, content: bytes) -> None:
        self._send(status, "application/json", content, "default-src 'none'")

    def _send(self, status: HTTPStatus, kind: str, content: bytes, policy: str) -> None:
        self.send_response(status)
        headers = _HEADERS | {
            "Content-Type": f"{kind}; charset=utf-8",
            "Content-Length": str(len(content)),
            "Content-Security-Policy": f"{policy}; frame-ancestors 'none'",
        }
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            with suppress(ConnectionError):  # who asked has gone on
                self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: stderr is for people."""


def server(live: Live, port: int) -> ThreadingHTTPServer:
    """Return a server on loopback that is not running yet.

    Args:
        live: what it serves.
        port: 0: any that is free.

    Raises:
        BadParameter: the port is taken, or may not be used.
    """
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, live))
    except OSError as exc:
        raise BadParameter(
            f"cannot listen on port {port}: {exc.strerror}", hint="--port 0 takes a free one"
        ) from None
