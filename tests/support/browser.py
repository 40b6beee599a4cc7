"""Pages in a real browser that must be silent, keep to their own server and be accessible."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.chromium import find_chromium

AXE = Path(__file__).parents[1] / "browser" / "vendor" / "axe-4.14.1.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ARGUMENTS = [
    "--no-sandbox",  # the tests may run as root, for whom Chromium has no sandbox; they open no foreign page
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@contextmanager
def launched() -> Iterator[Browser]:
    """A running Chromium without a window."""
    executable = find_chromium()
    assert executable is not None, "no Chromium is installed: `make test` or `python -m tests.support.chromium` does it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def silent_page(browser: Browser, **options: Any) -> Iterator[Page]:
    """A page of its own context; leaving the block fails if it complained or asked another machine for anything.

    The options are those of a playwright context: viewport, color_scheme, java_script_enabled, base_url …
    """
    context = browser.new_context(**options)
    page = context.new_page()
    complaints: list[str] = []

    def hear(message: Any) -> None:
        # A page that answers 4xx on purpose is told by the browser as an error; what is wrong with it, its test says.
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            complaints.append(f"console: {message.text}")

    def look(request: Any) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname not in ("127.0.0.1", "localhost"):
            complaints.append(f"foreign request: {request.url}")

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    context.on("request", look)
    yield page
    context.close()
    assert not complaints, "\n".join(complaints)


def find_barriers(page: Page) -> list[str]:
    """What axe holds against the page: the serious and critical violations of WCAG 2.2 A and AA, one line for each."""
    # Evaluated rather than added as a script, which the page's own Content-Security-Policy would refuse.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
    return [
        f"{violation['id']} ({violation['impact']}): {violation['help']}: {node['html'][:200]}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


def find_overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window; 0 when it fits."""
    wider: int = page.evaluate("Math.max(0, document.documentElement.scrollWidth - window.innerWidth)")
    return wider
