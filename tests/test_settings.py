"""Settings come from PLANNER_ variables, refuse what cannot work, and are all documented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from planner.settings import Settings

OPERATION = Path(__file__).resolve().parent.parent / "docs" / "operation.md"


def test_every_setting_is_documented_in_operation_md_and_no_other() -> None:
    rows = re.findall(r"^\| `(PLANNER_[A-Z_]+)` \|", OPERATION.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert rows == [f"PLANNER_{name.upper()}" for name in Settings.model_fields]


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_says_what_it_is(name: str) -> None:
    assert Settings.model_fields[name].description


def test_defaults_keep_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLANNER_DATABASE_URL")
    settings = Settings()
    assert settings.host == "127.0.0.1"
    assert settings.allowed_hosts == ("127.0.0.1", "localhost", "[::1]")
    assert settings.database_url.startswith("sqlite:///")
    assert settings.database_url.endswith("planner.db")


def test_variables_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNER_ALLOWED_HOSTS", "plan.example.org, *.example.com")
    monkeypatch.setenv("PLANNER_BASE_URL", "https://plan.example.org/")
    monkeypatch.setenv("PLANNER_PORT", "9000")
    monkeypatch.setenv("PLANNER_ACTOR", "")
    settings = Settings()
    assert settings.allowed_hosts == ("plan.example.org", "*.example.com")
    assert settings.base_url == "https://plan.example.org"
    assert settings.port == 9000
    assert settings.actor


def test_the_actor_has_a_name_where_the_account_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise OSError("No username set in the environment")

    monkeypatch.setattr("getpass.getuser", nameless)
    assert Settings().actor == "owner"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "plan.db",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "mysql://root@localhost/plan",
        "postgres://localhost/plan",
    ],
)
def test_a_database_that_cannot_work_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="must be sqlite:///FILE or postgresql://"):
        Settings(database_url=url)


@pytest.mark.parametrize(
    "url", ["sqlite:///plan.db", "sqlite:////var/lib/plan.db", "postgresql://me@db.example.org/plan"]
)
def test_a_database_is_a_file_or_a_postgresql(url: str) -> None:
    assert Settings(database_url=url).database_url == url


def test_errors_and_prints_tell_no_password() -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(database_url="mysql://root:hunter2@localhost/plan")
    assert "hunter2" not in str(refused.value)
    assert "hunter2" not in repr(Settings(database_url="postgresql://me:hunter2@localhost/plan"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("port", 65_536),
        ("host", ""),
        ("allowed_hosts", ""),
        ("base_url", "plan.example.org"),
        ("base_url", "https://example.org/plan"),
        ("log_level", "loud"),
        ("max_body_bytes", 10),
        ("prot", 8000),
    ],
)
def test_values_that_cannot_be_meant_are_refused(field: str, value: object) -> None:
    with pytest.raises(ValidationError, match=field):
        Settings.model_validate({field: value})
