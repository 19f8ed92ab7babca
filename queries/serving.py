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
from urllib.parse import parse_qsl

from ticketledger.models.errors import BadParameter, LedgerDamaged, LedgerError
from ticketledger.models.last_commit import last_commit
from ticketledger.models.store import Store

from .chart import drawing
from .dashboard import Page, frame, render, stamp
from .failures import reading
from .figures import Figures, figures
from .filters import COMMON_FILTERS, FILTER_VALUES, Values, by_filter, check_filters, filters_of
from .periods import PERIODS
from .session import session
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

_MOST_KNOWN: Final = 64
"""So many answers are remembered until the ledger changes."""

_MOST_CHOICES: Final = 500
"""So many values of a filter are proposed; any may be written."""


class Live:
    """The page of a ledger that grows: one session per state of it, one question at a time."""

    def __init__(
        self, store: Store, *, timezone: str, settings: Settings | None, version: str
    ) -> None:
        """Open the first session.

        Raises:
            BadParameter: no such time zone.
            MissingExtra: the drawing library is not installed.
        """
        drawing()
        self._store, self._timezone, self._settings = store, timezone, settings or Settings()
        self._version = version
        self._lock = Lock()
        self._opened = ExitStack()
        self._state: tuple[str, ...] = ()
        self._figures: Figures | None = None
        self._values: Values = {}
        self._known: dict[tuple[object, ...], bytes] = {}
        self._current()

    def close(self) -> None:
        """Let go of the ledger, after the question that is being answered."""
        with self._lock:
            self._opened.close()
            self._figures = None

    def commit(self) -> bytes:
        """Return number and seal of the last commit: of a ledger loaded anew the seal differs."""
        number, seal = last_commit(self._store.covering())
        return json.dumps({"commit": number, "ledger_hash": seal}).encode()

    def page(self) -> Page:
        """Return the page, without figures: it asks for them."""
        with self._lock:
            told = self._told(self._current())
        return render({**frame(self._settings), **told, "live": True}, connect="'self'")

    def answer(self, asked: Mapping[str, str]) -> bytes:
        """Return the figures of an organisation and period, as JSON.

        Args:
            asked: `org_id`, `period` and values of the other common filters.

        Raises:
            BadParameter: no organisation, no such period or filter, or no ticket was ever so.
        """
        given: dict[str, object] = dict(asked)
        period = str(given.pop("period", "4w"))
        if period not in PERIODS:
            raise BadParameter(f"`{period}` is no period", hint=f"one of {', '.join(PERIODS)}")
        for name in given:
            if name not in COMMON_FILTERS:
                raise BadParameter(f"`{name}` is no filter")
        if "org_id" not in given:
            raise BadParameter("no organisation is named")
        with self._lock:
            try:
                return self._answer(self._current(), period, given)
            except LedgerDamaged:  # files that were merged or folded anew are gone: look once more
                self._state = ()
                return self._answer(self._current(), period, given)

    def _answer(self, current: Figures, period: str, given: Mapping[str, object]) -> bytes:
        key = (period, *sorted(given.items()))
        if key not in self._known:
            with reading(self._store):
                filters = filters_of(given)
                check_filters(self._values, filters)
                found = current.of(period, filters).get(str(given["org_id"]), {})
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            told = {**found, "page": self._told(current)}
            text = json.dumps(told, ensure_ascii=False, allow_nan=False)
            self._known[key] = text.encode()
        return self._known[key]

    def _current(self) -> Figures:
        """The session of the ledger as it is now."""
        files = self._store.covering()
        state = (last_commit(files)[1], *(file.path.name for file in files))
        if state != self._state or self._figures is None:
            self._opened.close()
            self._known.clear()
            opened = figures(self._store, timezone=self._timezone, settings=self._settings)
            self._figures = self._opened.enter_context(opened)
            with session(self._store, FILTER_VALUES) as con, reading(self._store):
                self._values = by_filter(con.sql(FILTER_VALUES).fetchall())
            self._state = state
        return self._figures

    def _told(self, current: Figures) -> dict[str, Any]:
        """What the page says that changes with the ledger."""
        choices = {name: sorted(values) for name, values in self._values.items()}
        orgs = choices.pop("org_id")
        return {
            **stamp(current, self._version),
            "orgs": orgs,
            "choices": {name: values[:_MOST_CHOICES] for name, values in choices.items()},
        }


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD of three paths, to requests that name this machine."""

    server_version = "ticketledger"
    sys_version = ""

    def __init__(self, live: Live, *args: Any) -> None:
        self._live = live
        super().__init__(*args)

    def do_GET(self) -> None:
        if not self._is_asked_from_here():
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST, "this page is served to this machine only")
            return
        path, _, query = self.path.partition("?")
        try:
            if path == "/":
                page = self._live.page()
                self._send(HTTPStatus.OK, "text/html", page.content, page.policy)
            elif path == "/figures":
                self._send_json(HTTPStatus.OK, self._live.answer(_read(query)))
            elif path == "/commit":
                self._send_json(HTTPStatus.OK, self._live.commit())
            else:
                self._refuse(HTTPStatus.NOT_FOUND, "there is nothing here")
        except BadParameter as exc:
            self._refuse(HTTPStatus.BAD_REQUEST, "; ".join(filter(None, (str(exc), exc.hint))))
        except LedgerError as exc:
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, f"{exc}; {exc.hint}")

    do_HEAD = do_GET

    def _is_asked_from_here(self) -> bool:
        """Whether a request names this machine, and no page of another site made it."""
        port = self.connection.getsockname()[1]
        names = {f"{name}:{port}" for name in _OWN_NAMES}
        if port == 80:
            names |= set(_OWN_NAMES)
        site = self.headers.get("Sec-Fetch-Site", "none")
        return self.headers.get("Host") in names and site in ("none", "same-origin")

    def _refuse(self, status: HTTPStatus, reason: str) -> None:
        self._send_json(status, json.dumps({"error": reason}).encode())

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the library refuses, other methods among it, is refused in the same form."""
        status = HTTPStatus(code)
        self._refuse(status, message or status.phrase)

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
        with suppress(ConnectionError):  # who asked has gone on
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: stderr is for people."""


def _read(query: str) -> dict[str, str]:
    """The parameters of a question; an empty one is a value."""
    return dict(parse_qsl(query, keep_blank_values=True))


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
