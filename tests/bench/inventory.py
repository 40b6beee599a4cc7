"""An invented inventory of any size, the same each time, about as wordy as a real one."""

from __future__ import annotations

import csv
import random
from datetime import UTC, datetime
from pathlib import Path

from planner.domain.scoring import Answer
from planner.playbooks import Playbooks
from planner.store import scoring
from planner.store.database import Database

ORGANISATIONS = 41
WORDS = (
    "alert archive case claim crop demand document energy estimate expert field forecast fraud image inspection label "
    "language letter map model note order outage patient permit photo plan price quality queue record risk road route "
    "sample scan sensor shift signal speech stock supply survey text ticket traffic vessel video water weather"
).split()
HEADERS = ("name", "summary", "organisation", "unit", "stage", "status", "risks", "purpose", "data", "review")


def write_inventory(path: Path, projects: int) -> None:
    """Writes a CSV file of so many projects."""
    chance = random.Random(20_24)

    def said(least: int, most: int) -> str:
        return " ".join(chance.choices(WORDS, k=chance.randint(least, most))).capitalize()

    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADERS)
        for number in range(projects):
            organisation = chance.randrange(ORGANISATIONS)
            writer.writerow(
                [
                    f"{said(2, 6)} {number}",
                    said(20, 90),
                    f"Department {organisation}",
                    f"Bureau {organisation}.{chance.randrange(4)}",
                    chance.choice(["planning", "deployment", ""]),
                    chance.choice(["candidate", "active", "live", "retired"]),
                    said(10, 60) if chance.random() < 0.1 else "",
                    said(15, 60),
                    said(5, 40),
                    said(2, 10),
                ]
            )


def answer_everything(path: Path) -> None:
    """Writes an answer to every question about every project of the first portfolio; the standings stay as they are."""
    chance, playbook, database = random.Random(30), Playbooks.shipped().get("fsdl", 1), Database(f"sqlite:///{path}")
    with database.write() as connection:
        for (project,) in connection.exec_driver_sql("SELECT id FROM project WHERE portfolio_id = 1").all():
            answers = [
                Answer(
                    criterion=criterion.id,
                    level=chance.randint(1, 5),
                    confidence=chance.choice(playbook.confidences).id,
                    assessor="Mara",
                    playbook=playbook.id,
                    playbook_version=playbook.version,
                    recorded_at=datetime(2026, 5, 4, tzinfo=UTC),
                    recorded_by="Mara",
                )
                for criterion in playbook.criteria
            ]
            scoring.append_answers(connection, project, answers)
    database.close()
