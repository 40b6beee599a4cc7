"""The ethics checklist of a project: yes, no or not applicable to each question. There is no score of it."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from planner.domain.assessments import Current
from planner.domain.model import Model
from planner.domain.playbook_readiness import EthicsScheme


class EthicsLine(Model):
    """A question and its answer, null until somebody gives it."""

    question: str = Field(description="Id of the question.")
    section: str = Field(description="Id of its section.")
    name: str
    help: str
    source: str
    answer: str | None = Field(description="Null until somebody answers.")
    note: str = ""
    recorded_at: datetime | None = None
    recorded_by: str | None = None


class EthicsChecklist(Model):
    """The questions, and how many are answered so."""

    answered: int = Field(description="How many questions are answered.")
    of: int = Field(description="How many there are.")
    yes: int = Field(description="How many with yes.")
    no: int = Field(description="How many with no.")
    not_applicable: int = Field(description="How many do not apply.")
    lines: tuple[EthicsLine, ...] = Field(description="In the order of the playbook.")


def build_ethics(scheme: EthicsScheme, present: Current) -> EthicsChecklist:
    """The checklist from what is answered."""
    lines = []
    for section in scheme.sections:
        for question in section.questions:
            said = present.get(("ethics", "", question.id))
            lines.append(
                EthicsLine.model_construct(
                    question=question.id,
                    section=section.id,
                    name=question.name,
                    help=question.help,
                    source=question.source,
                    answer=said.value if said else None,
                    note=said.note if said else "",
                    recorded_at=said.recorded_at if said else None,
                    recorded_by=said.recorded_by if said else None,
                )
            )
    return EthicsChecklist.model_construct(
        answered=sum(line.answer is not None for line in lines),
        of=len(lines),
        yes=sum(line.answer == "yes" for line in lines),
        no=sum(line.answer == "no" for line in lines),
        not_applicable=sum(line.answer == "not_applicable" for line in lines),
        lines=tuple(lines),
    )
