"""Writing a copy of a playbook that can be changed: its files as they are, comments and all, under another id."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from planner.domain.errors import Conflict, Invalid
from planner.domain.playbook_entry import Id
from planner.playbooks.loader import DIMENSIONS, is_yaml, load_playbook

NAME = r"[^\n]*(?:\n[ \t]+[^\n]*)*"  # the value of a field at the margin, which may go on in indented lines


def copy_playbook(source: Path, target: Path, new_id: str, version: int, name: str) -> list[Path]:
    """Writes the files of the playbook at `source` into the folder `target` with another id, version and name.

    Conflict when there is something in the folder; Invalid for an id that none can be. Returns what was written.
    """
    try:
        TypeAdapter(Id).validate_python(new_id)
    except ValidationError:
        raise Invalid.one("--as", f"'{new_id[:60]}' is no id: small letters, digits and _, as in my_playbook") from None
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Conflict(f"{target} is not empty; name a folder that is not there yet.")
    files = [source] if source.is_file() else sorted(filter(is_yaml, source.iterdir()))
    texts = {file.name: file.read_text(encoding="utf-8") for file in files}
    head = next(file for file, text in texts.items() if Path(file).stem not in DIMENSIONS and _has_id(text))
    for field, value in (("id", new_id), ("version", str(version)), ("name", _quoted(name))):
        texts[head] = _with(texts[head], field, value)
    target.mkdir(parents=True, exist_ok=True)
    written = [target / (file if len(texts) > 1 else "playbook.yaml") for file in texts]
    for path, text in zip(written, texts.values(), strict=True):
        path.write_text(text, encoding="utf-8", newline="\n")
    load_playbook(target)
    return written


def _with(text: str, field: str, value: str) -> str:
    found = re.search(rf"^{field}:{NAME}", text, flags=re.MULTILINE)
    assert found is not None  # the loader would have missed it
    return f"{text[: found.start()]}{field}: {value}{text[found.end() :]}"


def _has_id(text: str) -> bool:
    return re.search(r"^id:", text, flags=re.MULTILINE) is not None


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
