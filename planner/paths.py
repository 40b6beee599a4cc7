"""Where the files beside the code are: inside the package in an installed wheel, next to it in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def templates_dir() -> Path:
    """The folder of the Jinja2 and typst templates."""
    return _beside("templates")


def migrations_dir() -> Path:
    """The folder of the Alembic environment and its versions."""
    return _beside("migrations")


def _beside(name: str) -> Path:
    # The wheel is built with `templates` as `planner/_templates` (pyproject.toml, force-include), so that nothing but
    # the package is installed; a checkout keeps the folder at its top, where its readers look for it.
    packed = _PACKAGE / f"_{name}"
    return packed if packed.is_dir() else _PACKAGE.parent / name
