"""What an operator may set, by environment variables that begin with PLANNER_.

The class is read at the composition roots only (`planner.app` and `planner.cli`); everything below them is handed
what it needs. docs/operation.md explains each setting, and a test keeps that list complete.
"""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated, Literal

from platformdirs import user_data_path
from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from planner.domain.model import Name

MIB = 1024 * 1024


def _own_database() -> str:
    return f"sqlite:///{user_data_path('planner', appauthor=False) / 'planner.db'}"


def _own_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container may run under a number that has no name
        return "owner"


def _known_database(url: str) -> str:
    # A database in memory would be another one for each thread, so an SQLite address must name a file.
    file = url.removeprefix("sqlite:///")
    if file != url and file not in ("", ":memory:"):
        return url
    if url.startswith(("postgresql://", "postgresql+psycopg://")):
        return url
    raise ValueError("must be sqlite:///FILE or postgresql://USER@HOST/DATABASE")


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _no_slash(value: object) -> object:
    return value.rstrip("/") if isinstance(value, str) else value


class Settings(BaseSettings):
    """The settings of one process; frozen, and silent about their values in error messages, which may hold a password.

    Raises pydantic's ValidationError when a variable has a value that its field does not take.
    """

    model_config = SettingsConfigDict(
        env_prefix="PLANNER_",
        frozen=True,
        hide_input_in_errors=True,
        validate_default=True,
        extra="forbid",
        env_ignore_empty=True,
    )

    database_url: Annotated[str, AfterValidator(_known_database)] = Field(
        default_factory=_own_database,
        repr=False,
        description="Where everything is kept: an SQLite file, or a PostgreSQL database.",
    )
    host: str = Field(default="127.0.0.1", min_length=1, description="The address the server listens on.")
    port: int = Field(default=8000, ge=0, le=65_535, description="The port it listens on; 0 takes any free one.")
    allowed_hosts: Annotated[tuple[Name, ...], NoDecode, BeforeValidator(_split)] = Field(
        default=("127.0.0.1", "localhost", "[::1]"),
        min_length=1,
        description="The host names a request may be addressed to, with commas between; `*.example.org` covers "
        "subdomains. Any other is refused, which is what keeps foreign web pages from reaching a local server.",
    )
    base_url: Annotated[str | None, BeforeValidator(_no_slash)] = Field(
        default=None,
        pattern=r"^https?://[^/\s]+$",
        description="The address people type when a reverse proxy stands in front: scheme and host, no path.",
    )
    max_body_bytes: int = Field(default=5 * MIB, ge=1024, description="The largest request body, uploads aside.")
    import_max_bytes: int = Field(default=32 * MIB, ge=1024, description="The largest file that can be imported.")
    import_max_records: int = Field(default=50_000, ge=1, description="The most records one imported file may hold.")
    actor: Name = Field(
        default_factory=_own_name,
        description="The name under which changes are recorded. Unset, it is the name of the account that runs "
        "the program.",
    )
    playbooks: Path | None = Field(
        default=None,
        description="A folder with playbooks of your own, beside the shipped one: each a folder of YAML files in it, "
        "or one file.",
    )
    metrics: bool = Field(default=False, description="Whether /metrics shows figures for Prometheus.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least important messages to log."
    )
    log_format: Literal["auto", "text", "json"] = Field(
        default="auto", description="How a log line looks; auto is text on a terminal and JSON elsewhere."
    )
