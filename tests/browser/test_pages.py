"""Every page in a real browser: silent, on its own, accessible and no wider than the window."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.support.browser import find_barriers, find_overflow, silent_page

HOME, PROJECT = "/portfolios/example", "/projects/EX-2"
PAGES = [
    "/portfolios",
    "/help",
    "/playbooks/fsdl",
    "/playbooks/fsdl/notes?q=attention",
    "/playbooks/fsdl/tools",
    "/nowhere",
    *(
        HOME + end
        for end in (
            "",
            "/projects",
            "/matrix",
            "/board",
            "/infrastructure",
            "/infrastructure/needs",
            "/infrastructure/next",
            "/infrastructure/tools",
            "/import",
            "/export",
            "/bin",
        )
    ),
    *(HOME + end for end in ("/ranking", "/ranking?impact_share=0.9&top=5", "/ranking?top=99", "/sensitivity")),
    *(HOME + end for end in ("/ranking/compare?a=EX-10&b=EX-2", "/ranking/compare?project=EX-1")),
    *(HOME + end for end in ("/agenda?by=assessor", "/agenda/next", "/forecasts")),
    *(HOME + end for end in ("/comparisons", "/flow", "/flow?q=next+ferry")),
    *("/projects/EX-15/lifecycle", "/projects/EX-15/score?assessor=Signe%20Moreau"),
    *(HOME + end for end in ("/history", "/settings", "/projects/new", "/projects?q=zzz&colour=red", "/report")),
    *(HOME + end for end in ("/agreement", "/rounds", "/rounds/1", "/rounds/2")),
    "/projects/EX-7/score?assessor=Gunnar%20Eide",
    *("/projects/EX-12/contract", "/projects/EX-10/contract", "/projects/EX-10/contract/diff?from=1&to=2"),
    *("/projects/EX-10/contract/propose", "/projects/EX-12/contract/propose?template=object_pose"),
    *(HOME + end for end in ("/changes", "/changes?since=2025-09-30", "/changes?since=nonsense")),
    *(HOME + end for end in ("/roadmap", "/roadmap?more.data_engineers=6", "/roadmap/settings")),
    *(
        PROJECT + end
        for end in (
            "",
            "/edit",
            "/score",
            "/contract",
            "/runs",
            "/lifecycle",
            "/checklist",
            "/readiness",
            "/history",
            "/report",
        )
    ),
    *(PROJECT + "/runs?pos=2&metric=seconds_per_image", "/projects/EX-3/runs", "/projects/EX-1/runs"),
    *(f"/projects/{key}/baselines" for key in ("EX-2", "EX-4", "EX-6")),
    *("/projects/EX-10/advice", "/projects/EX-24/advice?problem_type=tabular&latency_ms=1,5"),
    "/projects/EX-10/baselines?correct=Labelling%20market",
    PROJECT + "/runs/import",
    *("/projects/EX-10/sizing", "/projects/EX-16/sizing?preset=lora_7b"),
    "/projects/EX-24/what-if?classify.automated_today=no",
    "/projects/EX-20/what-if?lever=human_approval&lever=data_loop&accuracy_from=99.9&accuracy_to=99",
    *(PROJECT + "/forecast", "/projects/EX-16/forecast", f"{HOME}/forecasts?reveal=1&forecaster=Mara+Lindqvist"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("part", range(3))  # so that a loaded machine gets through each in time
def test_every_page_is_silent_accessible_and_fits(
    browser: Browser, example_server: str, part: int, width: int, scheme: str
) -> None:
    found: list[str] = []
    size = {"width": width, "height": 900}
    with silent_page(browser, base_url=example_server, viewport=size, color_scheme=scheme) as page:
        for path in PAGES[part::3]:
            page.goto(path, wait_until="networkidle")
            page.evaluate("document.querySelectorAll('main details').forEach(element => { element.open = true })")
            found += [f"{path}: {barrier}" for barrier in find_barriers(page)]
            if find_overflow(page):
                found.append(f"{path}: wider than the window by {find_overflow(page)}")
    assert found == []


@pytest.mark.parametrize("width", [360, 1024, 1440])
def test_long_names_break_no_page(browser: Browser, live_server: str, width: int) -> None:
    long = {"slug": "long", "name": "A portfolio of the longest names", "capacity": 1}
    names = ["W" * 120, "Early warning of what nobody has thought of yet in any of the many plants " * 2, "Short"]
    with silent_page(browser, base_url=live_server, viewport={"width": width, "height": 900}) as page:
        assert page.request.post("/api/v1/portfolios", data=long).status == 201
        for number, name in enumerate(names, 1):
            draft = {"name": name.strip(), "owner": "O" * 100}
            made = page.request.post("/api/v1/portfolios/long/projects", data=draft)
            assert made.status == 201, made.text()
            said = {"data_availability": {"level": number + 1}, "inspiration": {"level": 5}}
            address = f"/api/v1/projects/{made.json()['key']}/answers/{'A' * 100}"
            assert page.request.put(address, data={"answers": said}).status == 200
        for end in ("", "/projects", "/matrix", "/ranking", "/agenda", "/agenda/next", "/changes", "/agreement"):
            page.goto(f"/portfolios/long{end}", wait_until="networkidle")
            assert (end, find_overflow(page)) == (end, 0)
        page.goto("/portfolios/long", wait_until="networkidle")
        for figure in page.locator(".corners .rows > li > .num").all():
            box = figure.bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= width


def test_the_open_menus_are_accessible_too(browser: Browser, example_server: str) -> None:
    with silent_page(browser, base_url=example_server, viewport={"width": 1440, "height": 900}) as page:
        page.goto(f"{HOME}/bin")  # where no link lies half below an open menu
        for name in ("Portfolio: ", "More"):
            page.locator(f"summary[aria-label^='{name}']").click()
            assert find_barriers(page) == []
        page.keyboard.press("Escape")
        assert page.locator("details.menu[open]").count() == 0


def test_a_chosen_theme_outlives_the_page_and_comes_before_the_first_paint(
    browser: Browser, example_server: str
) -> None:
    with silent_page(browser, base_url=example_server, color_scheme="light") as page:
        page.goto(HOME)
        page.locator("summary[aria-label='More']").click()
        page.get_by_label("Dark").check()
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.goto(f"{HOME}/projects", wait_until="commit")
        page.wait_for_selector("body")
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
        page.locator("summary[aria-label='More']").click()
        page.get_by_label("As the system").check()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") != dark


def test_paper_is_white_and_without_controls(browser: Browser, example_server: str) -> None:
    with silent_page(browser, base_url=example_server, color_scheme="dark") as page:
        page.goto(f"{HOME}/projects")
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert not page.locator(".top").is_visible()
        assert not page.locator(".filters").is_visible()
        assert page.locator("table.projects").is_visible()
