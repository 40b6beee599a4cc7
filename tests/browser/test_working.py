"""Filters, lists, lines that save themselves, imports and the keyboard, as a person uses them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browser import silent_page

LIST = "/portfolios/example/projects"
WIDE = {"width": 1440, "height": 900}


def test_filters_act_at_once_live_in_the_address_and_back_undoes_them(browser: Browser, live_server: str) -> None:
    with silent_page(browser, base_url=live_server, viewport=WIDE) as page:
        page.goto(LIST)
        rows = page.locator("table.projects tbody tr")
        expect(rows).to_have_count(24)
        page.get_by_label("Archetype").select_option("autonomous")
        expect(rows).to_have_count(5)
        expect(page).to_have_url(f"{live_server}{LIST}?archetype=autonomous")
        page.get_by_label("Words to find").fill("traffic")
        expect(rows).to_have_count(1)
        expect(page).to_have_url(f"{live_server}{LIST}?q=traffic&archetype=autonomous")
        expect(page.get_by_label("Words to find")).to_be_focused()  # typing goes on
        page.go_back()
        expect(rows).to_have_count(5)
        expect(page.get_by_label("Words to find")).to_have_value("")
        expect(page.get_by_label("Archetype")).to_have_value("autonomous")
        page.go_back()
        expect(rows).to_have_count(24)
        expect(page.get_by_label("Archetype")).to_have_value("")
        page.go_forward()
        expect(rows).to_have_count(5)
        page.get_by_role("link", name="take this filter away").click()
        expect(rows).to_have_count(24)
        expect(page).to_have_url(f"{live_server}{LIST}")


def test_filters_work_without_a_script(browser: Browser, live_server: str) -> None:
    with silent_page(browser, base_url=live_server, viewport=WIDE, java_script_enabled=False) as page:
        page.goto(LIST)
        page.get_by_label("Archetype").select_option("autonomous")
        page.get_by_role("button", name="Apply").click()
        expect(page.locator("table.projects tbody tr")).to_have_count(5)
        expect(page).to_have_url(f"{live_server}{LIST}?archetype=autonomous")
        page.get_by_role("link", name="Matrix").last.click()
        expect(page).to_have_url(f"{live_server}/portfolios/example/matrix?archetype=autonomous")


def test_the_matrix_follows_the_same_filters(browser: Browser, live_server: str) -> None:
    with silent_page(browser, base_url=live_server, viewport=WIDE) as page:
        page.goto("/portfolios/example/matrix")
        page.get_by_label("Quadrant").select_option("quick_win")
        expect(page.locator(".matrix-wide .mark")).to_have_count(3)
        page.locator(".matrix-wide a").first.focus()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/projects/EX-"))


def test_the_keyboard_opens_lists_and_pages_and_can_be_switched_off(browser: Browser, live_server: str) -> None:
    with silent_page(browser, base_url=live_server, viewport=WIDE) as page:
        page.goto(LIST)
        page.keyboard.press("/")
        expect(page.get_by_label("Words to find")).to_be_focused()
        page.keyboard.type("c?jg")  # letters in a box are letters
        expect(page.get_by_label("Words to find")).to_have_value("c?jg")
        page.goto(LIST)
        for key in ("j", "j", "k", "j"):
            page.keyboard.press(key)
        expect(page.locator("[data-item]").nth(1)).to_be_focused()
        second = page.locator("[data-item]").nth(1).get_attribute("href")
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{live_server}{second}")
        page.keyboard.press("g")
        page.keyboard.press("b")
        expect(page).to_have_url(f"{live_server}/portfolios/example/board")
        page.keyboard.press("c")
        expect(page).to_have_url(f"{live_server}{LIST}/new")
        page.goto("/help")
        page.get_by_label("Single-key shortcuts").uncheck()
        page.goto(LIST)
        page.keyboard.press("c")
        page.wait_for_timeout(150)
        expect(page).to_have_url(f"{live_server}{LIST}")


@pytest.mark.parametrize("script", [True, False])
def test_a_component_and_a_task_are_stated_where_they_stand(browser: Browser, live_server: str, script: bool) -> None:
    with silent_page(browser, base_url=live_server, viewport=WIDE, java_script_enabled=script) as page:
        page.goto("/projects/EX-20/checklist")
        line = page.locator("[id='c-data.exploration']")
        line.locator("select").select_option("in_place")
        line.get_by_placeholder("Tool or service").fill("Polars")
        line.get_by_role("button", name="Save").click()
        expect(line).to_contain_text("Saved" if script else "Mara")
        page.reload()
        expect(line.locator("select")).to_have_value("in_place")
        page.goto("/projects/EX-20/lifecycle")
        tick = page.locator("#stage-planning button.tick[aria-pressed=false]").first
        name = tick.locator("b").inner_text()
        tick.click()
        expect(page.locator("button.tick[aria-pressed=true]", has_text=name)).to_be_visible()


def test_a_file_stays_chosen_between_looking_and_importing(browser: Browser, live_server: str, tmp_path: Path) -> None:
    file = tmp_path / "ideas.csv"
    file.write_text("name,owner\nFirst,Ada\nSecond,\n", encoding="utf-8")
    with silent_page(browser, base_url=live_server, viewport=WIDE) as page:
        page.goto("/portfolios/example/import")
        page.get_by_label("File", exact=True).set_input_files(file)
        page.get_by_role("button", name="Look at the file").click()
        page.get_by_role("button", name="Create 2 projects").click()
        expect(page.locator("#result")).to_contain_text("Done")
        page.get_by_role("link", name="See the projects").click()
        expect(page.locator("table.projects")).to_contain_text("Second")


def test_a_deleted_project_is_back_with_one_click(browser: Browser, live_server: str) -> None:
    with silent_page(browser, base_url=live_server, viewport=WIDE) as page:
        page.goto("/projects/EX-5/edit")
        page.get_by_role("button", name="Move to the bin").click()
        expect(page.locator("table.projects")).not_to_contain_text("EX-5 ")
        page.get_by_role("button", name="Undo").click()
        expect(page).to_have_url(f"{live_server}/projects/EX-5")
        expect(page.get_by_role("heading", level=1)).to_have_text("Meter readings from photographs")


def test_rows_of_a_contract_come_and_go_and_nothing_typed_is_lost(browser: Browser, live_server: str) -> None:
    with silent_page(browser, base_url=live_server, viewport=WIDE) as page:
        page.goto("/projects/EX-24/contract")
        page.locator("[name='optimised.name']").fill("recall")
        page.get_by_role("button", name="Add a threshold").click()
        page.locator("[name='thresholded.0.name']").fill("latency_p95")
        page.get_by_role("button", name="Add a threshold").click()
        expect(page.locator("[name='optimised.name']")).to_have_value("recall")
        expect(page.locator("[name='thresholded.0.name']")).to_have_value("latency_p95")
        page.get_by_role("button", name="Take away threshold 2").click()
        page.locator("[name='thresholded.0.threshold']").fill("100")
        page.keyboard.press("Enter")  # saves; it neither adds nor takes away a row
        expect(page.locator(".toast")).to_contain_text("has a new metric contract")
