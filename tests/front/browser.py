"""A real Chromium, for tests of the page of charts; skipped with a reason where there is none."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Scheme = Literal["light", "dark"]


@dataclass
class Opened:
    """A page, and what went on in it."""

    page: Page
    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def shown(self) -> list[Any]:
        """Wait for the figures; returns organisation, period and filters that are shown."""
        self.page.wait_for_selector("body[data-shown]")
        return list(json.loads(self.page.get_attribute("body", "data-shown") or "[]"))

    def choose(self, period: str) -> None:
        """Press the button of a period and wait for its figures."""
        self.page.click(f"#periods button[value='{period}']")
        self.page.wait_for_function(
            "period => JSON.parse(document.body.dataset.shown)[1] === period", arg=period
        )

    def unfold(self) -> None:
        """Show every table and definition."""
        self.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")

    def figures(self) -> dict[str, str]:
        """The figures on top, as shown."""
        return dict(
            self.page.eval_on_selector_all(
                "[data-figure]", "all => all.map(each => [each.dataset.figure, each.textContent])"
            )
        )

    def table(self, name: str) -> list[list[str]]:
        """The cells of a section's table, as shown."""
        rows = self.page.eval_on_selector_all(
            f"#section-{name} tbody tr",
            "all => all.map(row => [...row.cells].map(cell => cell.textContent))",
        )
        return list(rows)

    def drawn(self, name: str, mark: str) -> list[dict[str, Any]]:
        """The data of the marks of one kind that a chart shows."""
        found = self.page.evaluate(
            """([name, mark]) => {
                const view = document.querySelector(`#section-${name} .chart`).view, found = [];
                const walk = (item) => {
                    for (const each of item.items || []) {
                        if (item.marktype === mark && item.role === "mark") found.push(each.datum);
                        walk(each);
                    }
                };
                walk(view.scenegraph().root);
                return JSON.parse(JSON.stringify(found));
            }""",
            [name, mark],
        )
        return list(found)

    def violations(self) -> list[str]:
        """What axe finds wrong, and where."""
        told = Axe().run(self.page).response["violations"]
        return [f"{each['id']}: {node['html'][:120]}" for each in told for node in each["nodes"]]

    def clipped(self) -> list[str]:
        """Texts that do not fit where they are; not those that scroll or end in dots."""
        found = self.page.evaluate(
            """() => [...document.querySelectorAll("body *")].filter(each => {
                const isLeftOut = each.closest(".scroll, svg, script, .legend, select");
                if (!each.clientWidth || isLeftOut) return false;
                return each.scrollWidth > each.clientWidth + 1;
            }).map(each => each.outerHTML.slice(0, 120))"""
        )
        return list(found)

    def is_scrolled_sideways(self) -> bool:
        """Whether the page is wider than the window."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@contextmanager
def browser() -> Iterator[Any]:
    """Yield a function that opens an address in a new window."""
    if CHROMIUM is None:
        pytest.skip("no Chromium: `apt-get install chromium` brings it")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)

        def open_page(address: str | Path, width: int = 1280, scheme: Scheme = "light") -> Opened:
            page = running.new_page(
                viewport={"width": width, "height": 900},
                color_scheme=scheme,
                locale="en-GB",
                timezone_id="America/New_York",  # the page's own zone is none of the browser's
            )
            page.set_default_timeout(90_000)
            opened = Opened(page)
            page.on("console", lambda said: opened.problems.append(said.text))
            page.on("pageerror", lambda error: opened.problems.append(str(error)))
            page.on("dialog", lambda dialog: opened.problems.append(dialog.message))
            page.on("request", lambda request: opened.requests.append(request.url))
            page.goto(address.as_uri() if isinstance(address, Path) else address)
            return opened

        yield open_page
        running.close()
