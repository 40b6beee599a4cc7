"""Second opinions on the real inventory, of which a few projects are scored."""

from __future__ import annotations

import random

from planner.domain.projects import Filters
from planner.domain.scoring import AnswerDraft
from planner.services import comparisons, portfolios, projects, scoring
from planner.services.workspace import Workspace
from tests.real.conftest import SLUG


def test_what_is_not_scored_is_compared_by_no_method(fed: Workspace) -> None:
    nothing = comparisons.get_comparisons(fed, SLUG, Filters())
    assert (nothing.unscored, nothing.methods, nothing.projects) == (2130, (), ())
    chance = random.Random(40)
    criteria = [criterion.id for criterion in portfolios.get_playbook(fed, SLUG).criteria]
    for project in projects.list_projects(fed, SLUG, Filters(), limit=40).items:
        said = {name: AnswerDraft(level=chance.randint(1, 5), confidence="informed") for name in criteria}
        scoring.record_answers(fed, project.key, "Mara", said)
    found = comparisons.get_comparisons(fed, SLUG, Filters())
    assert (found.unscored, len(found.projects)) == (2090, 40)
    assert [method.id for method in found.methods] == ["weighted_sum", "topsis", "vikor", "promethee", "pareto"]
    for method in found.methods:
        assert method.compared == 40
        assert method.spearman is not None
        assert 0 < method.spearman < 1
        assert method.gaps
