"""Runs of a live MLflow server, over its REST interface (api/2.0): read page by page, and tagged when asked for.

Only the terminal reads a server: an address that came over the network is never fetched.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx2

from planner.domain.errors import Forbidden, Invalid, NotFound, Unavailable, Unreadable
from planner.domain.metrics_imports import MAX_RUNS, Found, RejectedRun, RunsFound, draft_run
from planner.readers.run_numbers import as_infinity
from planner.readers.run_times import from_epoch

SOURCE = "mlflow"
PAGE = 1_000  # runs that are asked for at once; the server has its own limit, 50,000
TIMEOUT = 30.0  # seconds, of each step of a request
MOST_BYTES = 256 * 1024 * 1024  # of one answer
STATUSES = {
    "FINISHED": "finished",
    "FAILED": "failed",
    "KILLED": "failed",
    "RUNNING": "running",
    "SCHEDULED": "running",
}
KEPT_TAGS = ("mlflow.user", "mlflow.source.name", "mlflow.source.git.commit")
OWN_TAGS = ("mlflow.", "planner.")


class MlflowServer:
    """A client of one server; to be closed.

    Signs in with MLFLOW_TRACKING_TOKEN, or with MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, as MLflow's own
    client does. Every method raises Unavailable, Forbidden, NotFound or Unreadable with what would help.
    """

    def __init__(self, uri: str, environment: Mapping[str, str] = os.environ, page: int = PAGE) -> None:
        parts = urlsplit(uri)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Invalid.one("--uri", "the address of an MLflow server is needed, such as http://127.0.0.1:5000")
        if parts.username or parts.password:
            raise Invalid.one(
                "--uri",
                "leave the password out of the address; set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD",
            )
        self.uri, self._page = uri.rstrip("/"), page
        token, user = environment.get("MLFLOW_TRACKING_TOKEN"), environment.get("MLFLOW_TRACKING_USERNAME")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        signed_in = None if token or not user else (user, environment.get("MLFLOW_TRACKING_PASSWORD", ""))
        # Without redirects, so that a password goes nowhere but where it was meant to go.
        self._client = httpx2.Client(headers=headers, auth=signed_in, timeout=TIMEOUT, follow_redirects=False)

    def close(self) -> None:
        """Ends its connections."""
        self._client.close()

    def find_runs(self, experiment: str, condition: str = "", order: str = "") -> RunsFound:
        """The runs of an experiment by its name, those that match a filter of MLflow; a batch is a page.

        They come in the order in which they began, unless MLflow is to give them in another (`metrics.loss ASC`).
        """
        found = self._ask("GET", "experiments/get-by-name", params={"experiment_name": experiment})
        ident = str(_object(found, "experiment").get("experiment_id", ""))
        return RunsFound(self._pages(ident, condition, order or "attributes.start_time ASC"))

    def _pages(self, experiment: str, condition: str, order: str) -> Iterator[list[Found]]:
        token: str | None = None
        seen: set[str] = set()
        for _ in range(MAX_RUNS):
            asked = {
                "experiment_ids": [experiment],
                "filter": condition,
                "max_results": self._page,
                "order_by": [order],
            }
            page = self._ask("POST", "runs/search", json=asked | ({"page_token": token} if token else {}))
            runs = page.get("runs", [])
            if not isinstance(runs, list):
                raise self._strange()
            yield [self._run(run) for run in runs]
            token = page.get("next_page_token")
            if not token:
                return
            if token in seen or not isinstance(token, str):
                raise self._strange()
            seen.add(token)

    def set_tags(self, run_id: str, tags: Mapping[str, str]) -> None:
        """Writes tags to a run."""
        for key, value in tags.items():
            self._ask("POST", "runs/set-tag", json={"run_id": run_id, "key": key, "value": value})

    def _run(self, run: object) -> Found:
        """A run as the server tells it. Metrics may be NaN or Infinity, which JSON has as words."""
        info, data = _object(run, "info"), _object(run, "data")
        ident = str(info.get("run_id") or info.get("run_uuid") or "")
        if not ident:
            return RejectedRun("a run", "the server gave it no id")
        tags = _pairs(data, "tags")
        name = info.get("run_name") or tags.get("mlflow.runName") or ident
        status = STATUSES.get(str(info.get("status", "FINISHED")).upper())
        if status is None:
            return RejectedRun(str(name), f"the status '{str(info['status'])[:30]}' is not known")
        ended = info.get("end_time") or info.get("start_time")
        own = {f"tags.{key}": value for key, value in tags.items() if not key.startswith(OWN_TAGS)}
        return draft_run(
            f"{name} ({ident[:8]})",
            {
                "name": name,
                "metrics": {name: as_infinity(value) for name, value in _pairs(data, "metrics").items()},
                "params": {**{key: tags[key] for key in KEPT_TAGS if key in tags}, **own, **_pairs(data, "params")},
                "status": status,
                "source": SOURCE,
                "source_id": ident,
                "url": f"{self.uri}/#/experiments/{info.get('experiment_id', '')}/runs/{ident}",
                "measured_at": from_epoch(float(ended)) if ended and str(ended).isdecimal() else None,
            },
        )

    def _ask(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        try:
            with self._client.stream(method, f"{self.uri}/api/2.0/mlflow/{path}", **content) as answer:
                body = b""
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > MOST_BYTES:
                        raise Unreadable(f"The answer of {self.uri} is larger than {MOST_BYTES:,} bytes.")
                status = answer.status_code
        except httpx2.TimeoutException:
            raise Unavailable(f"{self.uri} did not answer within {TIMEOUT:.0f} seconds; try again.") from None
        except (httpx2.TransportError, httpx2.InvalidURL) as error:
            said = str(error) or type(error).__name__
            raise Unavailable(
                f"{self.uri} cannot be reached: {said}. Is the address right, and the server up?"
            ) from None
        return self._understood(status, body)

    def _understood(self, status: int, body: bytes) -> dict[str, Any]:
        data = _json(body)
        said = str(data.get("message", ""))[:300] if data else ""
        if status in (401, 403):
            raise Forbidden(
                f"{self.uri} answers {status}: it knows no such user, or does not let them in. Set "
                "MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD."
            )
        if data and data.get("error_code") == "RESOURCE_DOES_NOT_EXIST":
            raise NotFound(f"{self.uri} has no such thing: {said}")
        if data and data.get("error_code") in ("INVALID_PARAMETER_VALUE", "BAD_REQUEST"):
            raise Invalid.one("--filter", f"the server does not take it: {said}")
        if status == 429 or status >= 500:
            raise Unavailable(f"{self.uri} answers {status}{f': {said}' if said else ''}; try again later.")
        if status != 200 or data is None:
            raise self._strange(status)
        return data

    def _strange(self, status: int = 200) -> Unreadable:
        return Unreadable(
            f"{self.uri} answers {status} and not as MLflow does. Give the address at which its page opens, without "
            "anything behind it."
        )


def _json(body: bytes) -> dict[str, Any] | None:
    try:
        data = json.loads(body or b"{}")  # which takes NaN and Infinity, as some servers write them
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _object(data: object, name: str) -> dict[str, Any]:
    found = data.get(name) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def _pairs(data: dict[str, Any], part: str) -> dict[str, Any]:
    """The entries of a list of keys and values, as MLflow gives metrics, parameters and tags."""
    listed = data.get(part)
    entries = listed if isinstance(listed, list) else []
    return {str(one["key"]): one.get("value") for one in entries if isinstance(one, dict) and "key" in one}
