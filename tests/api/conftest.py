from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.api.reading import API


@pytest.fixture
def lab(client: TestClient) -> TestClient:
    """A client of a service with one portfolio, `lab`, and one project in it, `LAB-1`."""
    client.post(f"{API}/portfolios", json={"slug": "lab", "name": "Lab"})
    client.post(f"{API}/portfolios/lab/projects", json={"name": "Churn early warning"})
    return client
