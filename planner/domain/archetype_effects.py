"""What an archetype changes for a project: components, the readiness floor, key questions and wordings."""

from __future__ import annotations

from pydantic import Field

from planner.domain.infrastructure import requirement_of
from planner.domain.model import Model
from planner.domain.playbook import Playbook
from planner.domain.projects import Project


class ArchetypeEffect(Model):
    """A project as it would be with an archetype, held against how it is."""

    archetype: str = Field(description="Id of the archetype.")
    name: str
    stated: bool = Field(description="Whether it is the archetype that the project states.")
    required: int = Field(description="How many components the project needs over its whole life.")
    added: tuple[str, ...] = Field(description="Ids of the components that would become required.")
    dropped: tuple[str, ...] = Field(description="Ids of the components that would not be required any more.")
    floor_of_readiness: float | None = Field(description="The lowest ML Test Score to roll out with; null for none.")
    key_questions: tuple[str, ...]
    wordings: dict[str, str] = Field(description="How criteria ask for this archetype, by the id of the criterion.")


def archetype_effects(project: Project, playbook: Playbook) -> tuple[ArchetypeEffect, ...]:
    """The effect of each archetype of the playbook on the project, in the playbook's order.

    Components are those of its whole life: by its present stage most of them would not be needed yet.
    """

    def required(archetype: str | None) -> set[str]:
        return {
            component.id
            for component in playbook.components
            if requirement_of(component, None, archetype, project.problem_type, playbook)[0] == "required"
        }

    now = required(project.archetype)
    effects = []
    for archetype in playbook.archetypes:
        then = required(archetype.id)
        effects.append(
            ArchetypeEffect(
                archetype=archetype.id,
                name=archetype.name,
                stated=archetype.id == project.archetype,
                required=len(then),
                added=tuple(c.id for c in playbook.components if c.id in then - now),
                dropped=tuple(c.id for c in playbook.components if c.id in now - then),
                floor_of_readiness=archetype.floor_of_readiness,
                key_questions=archetype.key_questions,
                wordings=dict(archetype.wordings),
            )
        )
    return tuple(effects)
