"""Fetches again the files of others that the product carries, and writes down where each came from.

    python scripts/vendor.py

It needs npm, which checks each package against the registry's own hash; nothing else here does, neither the build nor
the running product. Each folder gets a `manifest.json` with the origin, licence and hash of every file in it, which a
test compares with the files. To take a newer version or another file, change PACKAGES and run it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = "planner/web/static/vendor"
FONTS = "planner/render/fonts"
BROWSER = "tests/browser/vendor"

ICONS = (
    "arrow-down arrow-left arrow-right arrow-up book-open chevron-right chevrons-up-down circle circle-alert "
    "circle-check circle-dashed circle-help download ellipsis file-text grid-2x2 history inbox layout-grid list "
    "monitor moon pencil plus search settings sliders-horizontal square-kanban sun trash-2 trophy undo-2 upload x"
).split()


@dataclass(frozen=True)
class Package:
    """A package, the folder its files go to, and which of its files get which name there."""

    name: str
    version: str
    folder: str
    licence: str
    licence_file: str
    files: dict[str, str]


PACKAGES = (
    Package("htmx.org", "4.0.1", WEB, "0BSD", "LICENSE", {"dist/htmx.min.js": "htmx-4.0.1.min.js"}),
    Package(
        "@fontsource/inter",
        "5.3.0",
        WEB,
        "OFL-1.1",
        "LICENSE",
        {
            f"files/inter-latin-{weight}-normal.woff2": f"inter/inter-latin-{weight}-normal.woff2"
            for weight in (400, 600)
        },
    ),
    Package(
        "lucide-static",
        "1.62.0",
        WEB,
        "ISC AND MIT",
        "LICENSE",
        {f"icons/{icon}.svg": f"lucide/{icon}.svg" for icon in ICONS},
    ),
    # The PDF renderer reads no woff2, so reports have the same typeface as TrueType files.
    Package(
        "@expo-google-fonts/inter",
        "0.4.2",
        FONTS,
        "OFL-1.1",
        "LICENSE_FONT",
        {
            f"{weight}/Inter_{weight}.ttf": f"Inter-{name}.ttf"
            for weight, name in {
                "400Regular": "Regular",
                "400Regular_Italic": "Italic",
                "600SemiBold": "SemiBold",
            }.items()
        },
    ),
    Package("axe-core", "4.14.1", BROWSER, "MPL-2.0", "LICENSE", {"axe.min.js": "axe-4.14.1.min.js"}),
)


def main() -> None:
    """Writes every vendored folder anew."""
    if shutil.which("npm") is None:
        sys.exit("npm is needed to fetch the packages, and it is not on the PATH.")
    manifests: dict[str, list[dict[str, str]]] = {}
    with tempfile.TemporaryDirectory() as place:
        fetched = [(package, *_fetch(package, Path(place))) for package in PACKAGES]
        for folder in {package.folder for package in PACKAGES}:
            shutil.rmtree(ROOT / folder, ignore_errors=True)
        for package, source, integrity in fetched:
            manifests.setdefault(package.folder, []).extend(_copy(package, source, integrity))
    for folder, entries in manifests.items():
        text = json.dumps(sorted(entries, key=lambda entry: entry["file"]), indent=2)
        (ROOT / folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
        print(f"{folder}: {len(entries)} files")


def _fetch(package: Package, place: Path) -> tuple[Path, str]:
    """The unpacked package, and the registry's hash of it."""
    packed = subprocess.run(
        ["npm", "pack", f"{package.name}@{package.version}", "--json", "--silent", "--pack-destination", str(place)],
        check=True,
        capture_output=True,
        text=True,
    )
    facts = json.loads(packed.stdout)[0]
    target = place / facts["filename"].removesuffix(".tgz")
    with tarfile.open(place / facts["filename"]) as archive:
        archive.extractall(target, filter="data")
    return target / "package", facts["integrity"]


def _copy(package: Package, source: Path, integrity: str) -> list[dict[str, str]]:
    """Copies the files and the licence of a package, and tells what the manifest says of each file."""
    folder = ROOT / package.folder
    licence_file = f"licences/{package.name.removeprefix('@').replace('/', '-')}.txt"
    entries = []
    for path, file in {package.licence_file: licence_file, **package.files}.items():
        target = folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((source / path).read_bytes())
        entries.append(
            {
                "name": package.name,
                "version": package.version,
                "file": file,
                "sha256": hashlib.sha256(target.read_bytes()).hexdigest(),
                "integrity": integrity,
                "licence": package.licence,
                "licence_file": licence_file,
            }
        )
    return entries


if __name__ == "__main__":
    main()
