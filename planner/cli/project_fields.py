"""The fields of a project, from options and files to what a draft or a patch takes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from planner.cli.inputs import read_data, split_pairs
from planner.domain.errors import Invalid
from planner.domain.projects import Project

MERGED = ("needs", "attributes")


def read_fields(source: Path | None, options: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a file, if one is given, overridden by those of options; nothing is checked against the model yet.

    An empty option means that the field is not stated. Raises Invalid for options that cannot be read.
    """
    fields: dict[str, Any] = {}
    if source is not None:
        data = read_data(source)
        if not isinstance(data, dict):
            raise Invalid.one("--from", "fields with their names are expected, as in `owner: Mara`")
        fields = dict(data)
    for name, value in options.items():
        match name:
            case "tags":
                fields[name] = [tag for tag in value if tag.strip()]
            case "links":
                fields[name] = [_link(link) for link in value if link.strip()]
            case "needs":
                fields[name] = {kind: amount or None for kind, amount in split_pairs(value, "--need").items()}
            case "attributes":
                fields[name] = {kind: fact or None for kind, fact in split_pairs(value, "--attribute").items()}
            case _:
                fields[name] = value if value.strip() else None
    return fields


def merge(fields: Mapping[str, Any], options: Mapping[str, Any], project: Project | None = None) -> dict[str, Any]:
    """The fields with the needs and attributes that options name put among those the project has; None removes one."""
    merged = dict(fields)
    for name in MERGED:
        if name in options:
            together = {**(getattr(project, name) if project else {}), **fields[name]}
            merged[name] = {kind: value for kind, value in together.items() if value is not None}
    return merged


def _link(text: str) -> dict[str, str]:
    """`URL` or `TITLE=URL`; a URL has equals signs of its own."""
    title, found, url = text.partition("=")
    if found and "://" not in title and "://" in url:
        return {"title": title.strip(), "url": url.strip()}
    return {"url": text.strip()}
