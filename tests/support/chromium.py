"""Finds a Chromium for the browser tests. `python -m tests.support.chromium` installs one when there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def find_chromium() -> Path | None:
    """The first Chromium on the PATH or where a Mac keeps it, else the one playwright downloaded, if any."""
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    return MAC if MAC.exists() else _of_playwright()


def _of_playwright() -> Path | None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - half a second that the usual case is spared

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.exists() else None


def install_chromium() -> None:
    """Installs Chromium: from the system's packages where there is apt-get, else the one that playwright fetches."""
    if shutil.which("apt-get"):
        root = [] if os.geteuid() == 0 else ["sudo"]
        _run([*root, "apt-get", "update", "--quiet=2"])
        _run([*root, "apt-get", "install", "--quiet=2", "--yes", "--no-install-recommends", "chromium"])
    else:
        _run([sys.executable, "-m", "playwright", "install", "chromium"])


def _run(command: list[str]) -> None:
    print("+", " ".join(command), flush=True)
    try:
        subprocess.run(command, check=False, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, stdout=sys.stderr)
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)


def main() -> None:
    """Leaves quietly when there is a Chromium, else installs one or says what to do."""
    if find_chromium() is not None:
        return
    print("The browser tests need Chromium, which is not installed yet.", flush=True)
    install_chromium()
    if find_chromium() is None:
        sys.exit(
            "Chromium could not be installed. Install it, or Google Chrome, so that it is on the PATH; then try again."
        )


if __name__ == "__main__":
    main()
