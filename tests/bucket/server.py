"""A local S3 server, and a way to it that loses requests, loses answers, or says no."""

from __future__ import annotations

import http.client
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from moto.server import ThreadedMotoServer

BUCKET: Final = "tickets"

Verdict = str | tuple[int, str]
"""`pass`, `drop` (the request is lost), `lose` (the answer is lost), or a status and S3's code."""


@dataclass
class Way:
    """What becomes of each request; one at a time, so that a conditional put is atomic.

    Attributes:
        asked: method and path of each request so far.
        judge: decides about a request by its number (from 1), method and path.
        carried: told the number of a request once the store has carried it out, before its answer.
        strips: headers that do not arrive.
        sent: bytes of all answers so far.
    """

    port: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)
    judge: Callable[[int, str, str], Verdict] = lambda number, method, path: "pass"
    carried: Callable[[int], None] = lambda number: None
    strips: frozenset[str] = frozenset()
    sent: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def forget(self) -> None:
        """Let everything pass, and count from the beginning."""
        self.asked.clear()
        self.sent = 0
        self.judge = lambda number, method, path: "pass"
        self.carried = lambda number: None
        self.strips = frozenset()


@contextmanager
def served() -> Iterator[Way]:
    """Yield the way to a server with one empty bucket; its port is that of the way."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    store = ThreadedMotoServer(port=0, verbose=False)
    store.start()
    _, port = store.get_host_and_port()
    way = Way()
    front = ThreadingHTTPServer(("127.0.0.1", 0), _handler(way, port))
    way.port = front.server_address[1]
    thread = threading.Thread(target=front.serve_forever, daemon=True)
    thread.start()
    try:
        _forward(port, "PUT", f"/{BUCKET}", {"Host": f"127.0.0.1:{port}"}, b"")
        yield way
    finally:
        front.shutdown()
        front.server_close()
        store.stop()


def mark_folder(way: Way, name: str) -> None:
    """Put an empty object whose name ends with `/`, as consoles do."""
    _forward(way.port, "PUT", f"/{BUCKET}/{name}/", {"Host": f"127.0.0.1:{way.port}"}, b"")


def _forward(
    port: int, method: str, path: str, headers: dict[str, str], body: bytes
) -> tuple[int, list[tuple[str, str]], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.getheaders(), answer.read()
    finally:
        connection.close()


def _handler(way: Way, port: int) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else a body waits 40 ms behind its head

        def handle_one(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with way.lock:
                way.asked.append((self.command, self.path))
                verdict = way.judge(len(way.asked), self.command, self.path)
                if verdict == "drop":
                    self.close_connection = True
                    return
                if isinstance(verdict, tuple):
                    status, code = verdict
                    text = f"<Error><Code>{code}</Code><Message>The test says no</Message></Error>"
                    self.answer(status, [("Content-Type", "application/xml")], text.encode())
                    return
                headers = {k: v for k, v in self.headers.items() if k.lower() not in way.strips}
                found = _forward(port, self.command, self.path, headers, body)
                way.carried(len(way.asked))
                way.sent += len(found[2])
            if verdict == "lose":
                self.close_connection = True
                return
            self.answer(*found)

        def answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            self.send_response_only(status)
            skipped = {"transfer-encoding", "connection"}
            if self.command != "HEAD":
                skipped.add("content-length")
                self.send_header("Content-Length", str(len(body)))
            for name, value in headers:
                if name.lower() not in skipped:
                    self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_one

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler
