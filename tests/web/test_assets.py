from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from jinja2 import nodes
from starlette.testclient import TestClient

from planner.paths import templates_dir
from planner.render.templates import environment
from planner.web.assets import FOLDER, asset, icon

TEMPLATES = sorted((templates_dir() / "web").rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_template_compiles_and_marks_nothing_as_safe(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = environment(templates_dir()).parse(text)
    assert not [found for found in tree.find_all(nodes.Filter) if found.name == "safe"]
    assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:", text)


def test_every_icon_that_a_template_names_is_vendored() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES)
    named = set(re.findall(r"icon\('([a-z0-9-]+)'\)", text))
    assert named
    for name in named:
        assert str(icon(name)).startswith('<svg class="icon"')


def test_the_style_sheet_is_light_and_asks_nobody_else() -> None:
    css = (FOLDER / "app.css").read_bytes()
    assert len(gzip.compress(css)) <= 16 * 1024
    assert b"@import" not in css
    assert b"url(" not in css.replace(b'url("icons/', b"").replace(b'url("vendor/', b"")
    for file in re.findall(rb'url\("([^"]+)"\)', css):
        assert (FOLDER / file.decode()).is_file()


def test_a_stamped_address_may_be_kept_for_good(client: TestClient) -> None:
    kept = client.get(asset("app.css"))
    assert kept.status_code == 200
    assert "immutable" in kept.headers["cache-control"]
    assert client.get("/static/app.css").headers["cache-control"] == "no-cache"
    assert client.get("/static/../pages.py").status_code == 404
    assert client.get("/favicon.ico").headers["location"] == asset("icons/planner.svg")
