"""Every route of the service with an address that works, taken from its route table: a new route is tested at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

# What stands in for the parameters of a path, on a service that holds the portfolio lab and the project LAB-1.
VALUES = {
    "portfolio": "lab",
    "slug": "lab",
    "project": "LAB-1",
    "ref": "LAB-1",
    "assessor": "Mara",
    "forecaster": "Mara",
    "task": "state_problem",
    "component": "data.versioning",
    "tool": "Feast",
    "playbook": "fsdl",
    "playbook_id": "fsdl",
    "format": "html",
    "number": "1",
}


class Served(NamedTuple):
    """One method at one path."""

    method: str
    template: str

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters of the path with values that work."""
        values = VALUES | ({"format": "csv"} if "/export." in self.template else {})
        return {name: values[name] for name in re.findall(r"\{(\w+)", self.template)}

    @property
    def path(self) -> str:
        """The path with every parameter filled in."""
        return self.template.format(**self.parameters)

    def with_parameter(self, name: str, value: str) -> str:
        """The path with one parameter of another value."""
        return Served(self.method, self.template.replace(f"{{{name}}}", value)).path


def served(app: FastAPI) -> Iterator[Served]:
    """Every method of every route, those of included routers too."""
    for route in iter_route_contexts(app.routes):
        for method in sorted(route.methods or ()):
            assert route.path is not None
            yield Served(method, route.path)
