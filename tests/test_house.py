"""The rules of the house: what is carried along is known, what is pinned agrees, and nothing happens at import."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from planner import __version__

ROOT = Path(__file__).resolve().parent.parent
VENDORED = ["planner/web/static/vendor", "planner/render/fonts", "tests/browser/vendor"]
LOCKS = ["base", "all", "dev"]


def pins(lock: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{lock}.lock").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, flags=re.MULTILINE))


@pytest.mark.parametrize("folder", VENDORED)
def test_a_vendored_folder_holds_what_its_manifest_says_and_no_more(folder: str) -> None:
    manifest = json.loads((ROOT / folder / "manifest.json").read_text(encoding="utf-8"))
    hashes = {
        path.relative_to(ROOT / folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert hashes == {entry["file"]: entry["sha256"] for entry in manifest}
    for entry in manifest:
        assert entry["licence"]
        assert entry["licence_file"] in hashes
        assert entry["integrity"].startswith("sha512-")


def test_the_vendored_icons_are_those_that_pages_use() -> None:
    sources = [*(ROOT / "templates" / "web").rglob("*.html"), *(ROOT / "planner" / "web").glob("*.py")]
    quoted = {
        word for path in sources for word in re.findall(r"['\"]([a-z0-9-]+)['\"]", path.read_text(encoding="utf-8"))
    }
    named = {word for path in sources for word in re.findall(r"icon\('([a-z0-9-]+)'", path.read_text(encoding="utf-8"))}
    vendored = {path.stem for path in (ROOT / VENDORED[0] / "lucide").glob("*.svg")}
    assert named - vendored == set()
    assert vendored - quoted == set()


def test_the_locks_agree_and_contain_one_another() -> None:
    base, everything, dev = (pins(lock) for lock in LOCKS)
    assert base
    assert base.items() <= everything.items() <= dev.items()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_by_hash_and_names_no_host(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^-", text, flags=re.MULTILINE)
    assert text.count(" \\\n    --hash=sha256:") >= len(pins(lock))


def test_links_between_documents_lead_somewhere() -> None:
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    broken = [
        f"{document.name}: {target}"
        for document in documents
        for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", document.read_text(encoding="utf-8"))
        if not (document.parent / target).exists()
    ]
    assert broken == []


def test_nothing_happens_at_import(tmp_path: Path) -> None:
    # Settings with an impossible value raise when they are read, and a home that is a file takes no data.
    home = tmp_path / "home"
    home.touch()
    script = (
        "import importlib, pkgutil, planner\n"
        "for found in pkgutil.walk_packages(planner.__path__, 'planner.'):\n"
        "    if found.name != 'planner.__main__': importlib.import_module(found.name)\n"
    )
    surroundings = {**os.environ, "PLANNER_PORT": "not a port", "HOME": str(home), "XDG_DATA_HOME": str(home / "data")}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_wheel_carries_templates_migrations_and_vendored_files(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    [wheel] = tmp_path.glob("*.whl")
    assert __version__ in wheel.name
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "installed")
    for folder, packed in {
        "planner": "planner",
        "templates": "planner/_templates",
        "migrations": "planner/_migrations",
    }.items():
        wanted = {
            f"{packed}/{path.relative_to(ROOT / folder).as_posix()}"
            for path in (ROOT / folder).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert wanted - names == set()
    assert not any(name.startswith(("templates/", "migrations/", "tests/")) for name in names)
    script = (
        "from planner.paths import templates_dir, migrations_dir; print(templates_dir(), migrations_dir(), sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "installed")},
        check=True,
        capture_output=True,
        text=True,
    )
    package = (tmp_path / "installed" / "planner").resolve()
    assert done.stdout.splitlines() == [str(package / "_templates"), str(package / "_migrations")]
