"""Pages as tests read them: parsed strictly, and free of anything that the content policy would refuse."""

from __future__ import annotations

from typing import cast
from xml.etree.ElementTree import Element

import html5lib
from httpx2 import Response

SVG = "{http://www.w3.org/2000/svg}"


def read(response: Response, status: int = 200) -> Element:
    """The page of an answer; fails when it is not valid HTML, or has an inline script, style or handler."""
    assert response.status_code == status, response.text[:2000]
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    root = parse(response.text)
    ids = [element.get("id", "") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids)), sorted({name for name in ids if ids.count(name) > 1})
    for element in root.iter():
        assert element.get("style") is None, element.attrib
        assert not [name for name in element.attrib if name.startswith("on")], element.attrib
        assert element.tag not in ("script", "style") or element.get("src"), element.tag
    return root


def parse(text: str) -> Element:
    """A page, parsed as strictly as the standard allows."""
    return cast(Element, html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text))


def part(response: Response, status: int = 200) -> Element:
    """A part of a page, as htmx gets it."""
    assert response.status_code == status, response.text[:2000]
    assert "<main" not in response.text
    return cast(Element, html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(response.text))


def words(element: Element | None) -> str:
    """The text in an element, blanks folded."""
    assert element is not None
    return " ".join(" ".join(element.itertext()).split())


def headline(root: Element) -> str:
    """The first heading."""
    return words(root.find(".//h1"))


def by_id(root: Element, name: str) -> Element:
    """The element of an id."""
    found = next((element for element in root.iter() if element.get("id") == name), None)
    assert found is not None, name
    return found


def value(root: Element, name: str) -> str:
    """What a form shows in a field: of a choice the one that is chosen."""
    fields = [element for element in root.iter() if element.get("name") == name]
    assert fields, name
    first = fields[0]
    if first.tag == "select":
        return next((o.get("value", "") for o in first.iter("option") if o.get("selected") is not None), "")
    if first.tag == "textarea":
        return first.text or ""
    if first.get("type") in ("radio", "checkbox"):
        return next((field.get("value", "") for field in fields if field.get("checked") is not None), "")
    return first.get("value", "")


def error(root: Element, name: str) -> str:
    """The message beside a field, which must be marked as wrong and point to it."""
    field = by_id(root, f"f-{name}")
    assert field.get("aria-invalid") == "true", name
    assert f"e-{name}" in field.get("aria-describedby", "")
    return words(by_id(root, f"e-{name}"))


def alert(root: Element) -> str:
    """The summary of what is wrong, which takes the focus."""
    found = next((element for element in root.iter() if element.get("role") == "alert"), None)
    assert found is not None
    assert found.get("tabindex") == "-1"
    return words(found)


def links(root: Element) -> set[str]:
    """Every address that the page links to, its charts included."""
    return {element.get("href", "") for element in root.iter() if element.tag in ("a", f"{SVG}a")}
