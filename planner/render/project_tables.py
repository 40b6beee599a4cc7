"""Projects and answers as tables. The headers are those that an import understands, so that a table can come back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from planner.domain.projects import Project
from planner.domain.scoring import Answer
from planner.render.tables import Column, Sheet, Value

_FIELDS = (
    *(Column("key", 12), Column("name", 40), Column("summary", 60), Column("organisation", 30), Column("unit", 30)),
    *(Column("owner", 20), Column("archetype", 20), Column("problem_type", 20), Column("stage", 12)),
    *(Column("status", 12), Column("tags", 20), Column("effort", 10), Column("cost", 10), Column("risks", 40)),
    Column("links", 30),
)
_STANDING = (
    *("impact", "impact_low", "impact_high", "feasibility", "feasibility_low", "feasibility_high"),
    *("priority", "priority_low", "priority_high", "quadrant", "quadrant_probability", "answered", "of"),
)
_ANSWERS = (
    *(Column("key", 12), Column("criterion", 22), Column("assessor", 18), Column("level", 8), Column("low", 8)),
    *(Column("high", 8), Column("not_applicable", 14), Column("confidence", 12), Column("rationale", 60)),
    *(Column("evidence", 40), Column("recorded_at (UTC)", 20), Column("recorded_by", 18)),
)


def project_sheet(projects: Sequence[Project], statuses: Mapping[int, Mapping[str, str]]) -> Sheet:
    """One row for each project; `statuses` maps project ids to the status of each component that is stated.

    Needs, attributes and components have a column each where any project has one. The columns `standing.*` follow from
    the answers; an import leaves them aside.
    """
    needs = sorted({name for project in projects for name in project.needs})
    attributes = list(dict.fromkeys(name for project in projects for name in project.attributes))
    components = sorted({name for stated in statuses.values() for name in stated})

    def row(project: Project) -> list[Value]:
        stated = statuses.get(project.id, {})
        return [
            *_fields(project),
            *(project.needs.get(name) for name in needs),
            *(project.attributes.get(name) for name in attributes),
            *(stated.get(name) for name in components),
            *_standing(project),
        ]

    columns = [
        *_FIELDS,
        *(Column(f"needs.{name}") for name in needs),
        *(Column(f"attributes.{name}", 24) for name in attributes),
        *(Column(f"checklist.{name}") for name in components),
        *(Column(f"standing.{name}") for name in _STANDING),
    ]
    return Sheet("Projects", columns, (row(project) for project in projects))


def answer_sheet(answers: Iterable[tuple[str, Answer]]) -> Sheet:
    """One row for each current answer, with the key of its project."""
    rows = (
        (
            *(key, answer.criterion, answer.assessor, answer.level, answer.low, answer.high, answer.not_applicable),
            *(answer.confidence, answer.rationale, answer.evidence, answer.recorded_at, answer.recorded_by),
        )
        for key, answer in answers
    )
    return Sheet("Answers", _ANSWERS, rows)


def _fields(project: Project) -> list[Value]:
    return [
        *(project.key, project.name, project.summary, project.organisation, project.unit, project.owner),
        *(project.archetype, project.problem_type, project.stage, project.status, _tags(project.tags)),
        *(project.effort, project.cost, project.risks),
        "\n".join(f"{link.title} {link.url}".strip() for link in project.links) or None,
    ]


def _tags(tags: Sequence[str]) -> str | None:
    """Tags with commas between; a lone tag with a semicolon ends in a comma, so that it is not read as two."""
    text = ", ".join(tags)
    return (f"{text}," if ";" in text and "," not in text else text) or None


def _standing(project: Project) -> list[Value]:
    standing = project.standing
    if not standing.answered:  # what is assumed of any project says nothing about this one
        return [*(None for _ in _STANDING[:-2]), standing.answered, standing.of]
    intervals = (standing.impact, standing.feasibility, standing.priority)
    return [
        *(value for interval in intervals for value in (interval.expected, interval.low, interval.high)),
        *(standing.quadrant, standing.quadrant_probability, standing.answered, standing.of),
    ]
