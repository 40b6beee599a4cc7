from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from planner.paths import templates_dir
from planner.render.templates import environment, markdown, text_environment


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.txt"])
def test_everything_is_escaped_whatever_the_file_is_called(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("{{ x }}", encoding="utf-8")

    assert environment(tmp_path).get_template(name).render(x="<b>") == "&lt;b&gt;"


def test_a_name_that_nobody_passed_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("{{ missing }}", encoding="utf-8")

    with pytest.raises(UndefinedError):
        environment(tmp_path).get_template("a.html").render()


def test_filters(tmp_path: Path) -> None:
    env = environment(tmp_path)
    now = datetime(2026, 3, 12, 14, 5, tzinfo=UTC)
    render = env.from_string(
        "{{ 3.14159|num }} {{ 0.42|pct }} {{ now|date }} {{ now|datetime }} {{ 2|plural('project') }} {{ none|num }}"
    ).render

    assert render(now=now) == "3.14 42 % 12 Mar 2026 12 Mar 2026, 14:05 UTC 2 projects –"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (None, ""),
        ("**a** ~~b~~", "<p><strong>a</strong> <s>b</s></p>\n"),
        ("# Head", "<h4>Head</h4>\n"),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>\n"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("![x](https://example.org/x.png)", '<p>!<a href="https://example.org/x.png">x</a></p>\n'),
        ("| a |\n|---|\n| 1 |", None),
    ],
)
def test_markdown_is_safe_html(text: str | None, html: str | None) -> None:
    found = markdown(text)

    assert found == html if html is not None else "<table>" in found


@pytest.mark.parametrize("folder", ["reports", "charts"])
def test_every_template_compiles(folder: str) -> None:
    html, text = environment(templates_dir()), text_environment(templates_dir())
    names = [name for name in html.list_templates() if name.startswith(f"{folder}/") and not name.endswith(".typ")]

    assert names
    for name in names:
        (text if name.endswith(".md") else html).get_template(name)
