"""The tests' own ear: a page that complains, asks elsewhere or shuts people out is heard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.support.browser import find_barriers, find_overflow, silent_page

PAGE = "<!doctype html><html lang=en><title>Plan</title><main><h1>Plan</h1>{}</main></html>"


def test_a_plain_page_is_silent(browser: Browser) -> None:
    with silent_page(browser) as page:
        page.set_content(PAGE.format("<p>All is well.</p>"))
        assert find_barriers(page) == []
        assert find_overflow(page) == 0


@pytest.mark.parametrize(
    ("script", "heard"),
    [("console.error('oh')", "console: oh"), ("setTimeout(() => { throw new Error('no') })", "script: no")],
)
def test_a_complaint_is_heard(browser: Browser, script: str, heard: str) -> None:
    with pytest.raises(AssertionError, match=heard), silent_page(browser) as page:
        page.set_content(PAGE.format(f"<script>{script}</script>"))
        page.wait_for_timeout(50)


def test_a_foreign_request_is_heard(browser: Browser) -> None:
    with (
        pytest.raises(AssertionError, match="foreign request: https://elsewhere"),
        silent_page(browser) as page,
    ):
        page.set_content(PAGE.format('<img alt="" src="https://elsewhere.invalid/pixel.png">'))


def test_a_barrier_and_an_overflow_are_found(browser: Browser) -> None:
    with silent_page(browser, viewport={"width": 360, "height": 640}) as page:
        page.set_content(PAGE.format('<select><option>A</option></select><p style="width: 500px">wide</p>'))
        [barrier] = find_barriers(page)
        assert barrier.startswith("select-name (critical)")
        assert find_overflow(page) > 100
