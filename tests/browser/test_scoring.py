"""The scoring form as a person fills it in."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import find_barriers, silent_page

SCORE = "/projects/EX-24/score"
WIDE = {"width": 1440, "height": 900}


def await_draft(page: Page, part: str) -> None:
    """Waits until the draft that the browser keeps holds the text; `null` is the word for no draft."""
    for _ in range(50):
        if part in str(page.evaluate("String(localStorage.getItem('planner.draft.score/EX-24'))")):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"no draft with {part}")


def answer(page: Page, criterion: str, level: str) -> None:
    page.locator(f"input[name='{criterion}.level'][value='{level}']").check()


def test_the_standing_and_the_little_matrix_move_as_answers_change(browser: Browser, live_server: str) -> None:
    with silent_page(browser, base_url=live_server, viewport=WIDE) as page:
        page.goto(SCORE)
        standing = page.locator("#standing")
        expect(standing).to_contain_text("0 of 7 answered")
        before = standing.locator("svg.matrix").inner_html()
        answer(page, "data_availability", "5")
        expect(standing).to_contain_text("1 of 7 answered")
        assert standing.locator("svg.matrix").inner_html() != before
        answer(page, "cheap_prediction", "5")
        expect(standing).to_contain_text("Do first")
        page.locator("label", has_text="Measured").nth(0).click()
        answer(page, "cheap_prediction", "1")
        expect(standing).to_contain_text("Quick win")
        assert find_barriers(page) == []
        page.reload()  # nothing was stored by looking
        page.get_by_role("button", name="Throw it away").click()
        expect(page.locator("#standing")).to_contain_text("0 of 7 answered")


@pytest.mark.parametrize("script", [True, False])
def test_answers_are_saved_with_and_without_a_script(browser: Browser, live_server: str, script: bool) -> None:
    with silent_page(browser, base_url=live_server, viewport=WIDE, java_script_enabled=script) as page:
        page.goto(SCORE)
        answer(page, "data_availability", "4")
        page.locator("[name='data_availability.rationale']").fill("Half of it is labelled")
        answer(page, "ml_strength", "na")
        page.get_by_role("button", name="Save answers").click()
        expect(page.locator(".toast")).to_contain_text("EX-24 has your answers.")
        expect(page.locator("#standing")).to_contain_text("2 of 7 answered")
        expect(page.locator("[name='data_availability.rationale']")).to_have_value("Half of it is labelled")
        page.goto("/projects/EX-24")
        expect(page.locator("section.standing")).to_contain_text("2 of 7 questions answered")


def test_a_half_filled_form_survives_a_reload_and_can_be_thrown_away(browser: Browser, live_server: str) -> None:
    with silent_page(browser, base_url=live_server, viewport=WIDE) as page:
        page.goto(SCORE)
        answer(page, "inspiration", "3")
        page.locator("[name='inspiration.rationale']").fill("Two of our peers")
        await_draft(page, "Two of our peers")
        page.reload()
        expect(page.get_by_text("is back. It is not saved yet.")).to_be_visible()
        expect(page.locator("[name='inspiration.rationale']")).to_have_value("Two of our peers")
        expect(page.locator("input[name='inspiration.level'][value='3']")).to_be_checked()
        expect(page.locator("#standing")).to_contain_text("1 of 7 answered")
        assert find_barriers(page) == []
        page.get_by_role("button", name="Save answers").click()
        expect(page.locator(".toast")).to_be_visible()
        page.goto(SCORE)
        expect(page.get_by_text("is back. It is not saved yet.")).to_have_count(0)
        expect(page.locator("[name='inspiration.rationale']")).to_have_value("Two of our peers")


def test_a_form_that_is_as_it_was_leaves_no_draft(browser: Browser, live_server: str) -> None:
    with silent_page(browser, base_url=live_server, viewport=WIDE) as page:
        page.goto(SCORE)
        answer(page, "inspiration", "3")
        await_draft(page, "inspiration.level")
        answer(page, "inspiration", "")
        await_draft(page, "null")


def test_a_refused_form_keeps_what_was_typed_and_takes_the_focus(browser: Browser, live_server: str) -> None:
    with silent_page(browser, base_url=live_server, viewport=WIDE) as page:
        page.goto(SCORE)
        answer(page, "inspiration", "3")
        page.locator("#f-inspiration summary", has_text="Give the range yourself").click()
        page.locator("[name='inspiration.low']").select_option("5")
        page.get_by_role("button", name="Save answers").click()
        alert = page.get_by_role("alert")
        expect(alert).to_be_focused()
        expect(alert).to_contain_text("low must not be above level", ignore_case=True)
        expect(page.locator("[name='inspiration.low']")).to_have_value("5")
        assert find_barriers(page) == []
        alert.get_by_role("link").first.click()
        expect(page.locator("[name='inspiration.low']")).to_be_focused()


def test_the_keyboard_alone_is_enough(browser: Browser, live_server: str) -> None:
    with silent_page(browser, base_url=live_server, viewport=WIDE) as page:
        page.goto(SCORE)
        page.locator("input[name='cheap_prediction.level'][value='']").focus()
        page.keyboard.press("4")
        expect(page.locator("input[name='cheap_prediction.level'][value='4']")).to_be_checked()
        page.keyboard.press("ArrowRight")
        expect(page.locator("input[name='cheap_prediction.level'][value='5']")).to_be_checked()
        page.keyboard.press("0")
        expect(page.locator("input[name='cheap_prediction.level'][value='']")).to_be_checked()


def test_on_a_telephone_the_standing_stays_in_sight(browser: Browser, live_server: str) -> None:
    with silent_page(browser, base_url=live_server, viewport={"width": 360, "height": 740}) as page:
        page.goto(SCORE)
        answer(page, "data_availability", "5")
        expect(page.locator("#standing")).to_contain_text("1 of 7 answered")
        expect(page.locator("#standing")).to_be_in_viewport()
        expect(page.get_by_role("button", name="Save answers")).to_be_in_viewport()
