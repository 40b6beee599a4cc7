"""What a running planner says over REST: a contract, its verdict, and the run in production.

Whatever is not exactly the answer that was asked for, is none: the gate must not open on a login page.
"""

from __future__ import annotations

import json
import time
from http.client import HTTPException
from typing import Any, TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request, urlopen

from pydantic import ValidationError

from planner.domain.errors import Invalid, NotFound, TooLarge, Unavailable, Unreadable
from planner.domain.metrics import Contract
from planner.domain.metrics_gate import Gate, asks_for_production, disagreement
from planner.domain.metrics_runs import Promotion, Run
from planner.domain.metrics_verdict import Verdict
from planner.domain.model import Model
from planner.readers.strict_json import parse_json

MOST_BYTES = 256 * 1024 * 1024
TIMEOUT = 30.0  # seconds for an answer, from the first byte asked to the last one read
_CHUNK = 1 << 16

Answer = TypeVar("Answer", bound=Model)


class PlannerServer:
    """A planner server and one of its projects. Everything it does may raise Unavailable, NotFound or Unreadable."""

    def __init__(self, address: str, project: str, timeout: float = TIMEOUT) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Invalid.one("--server", "an address is needed that begins with http:// or https://")
        if parts.query or parts.fragment:
            raise Invalid.one("--server", "the address of the server alone is needed, such as https://planner.example")
        self._project = project
        self._timeout = timeout
        self._base = f"{address.rstrip('/')}/api/v1/projects/{quote(project, safe='')}"
        self._shown = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl().rstrip("/")

    def contract(self) -> Contract:
        """The present contract of the project."""
        return self._get(Contract, "/metrics")

    def gate(self, run: str | None, confidence: float | None) -> Gate:
        """What the gate says of the runs that are recorded there. Unreadable when the answers do not hold together."""
        contract = self.contract()
        asked: dict[str, Any] = {} if confidence is None else {"confidence": repr(confidence)}
        verdict = self._get(Verdict, "/verdict", **asked, **({} if run is None else {"run": run}))
        if run is not None and run not in [found.name for found in verdict.runs]:
            raise NotFound(f"{self._project} has no run '{run[:60]}' on {self._shown}.")
        leading = list(dict.fromkeys([*verdict.winners[:1], *verdict.nearest[:1]])) if run is None else []
        beside = [*leading, *([verdict.production] if verdict.production else [])]
        untold = [name for name in beside if name not in {found.name for found in verdict.runs}]
        told = self._get(Verdict, "/verdict", **asked, run=untold) if untold else None
        if contract.version != verdict.contract_version or (told is not None and not _alike(told, verdict)):
            raise Unavailable("The project changed while it was read; try again.")
        there = [found for found in (*verdict.runs, *(told.runs if told else ())) if found.name == verdict.production]
        if told is not None and run is None:
            verdict = verdict.model_copy(update={"runs": (*verdict.runs, *told.runs)})
        gate = Gate(
            contract=contract,
            named=f"contract version {contract.version}",
            verdict=verdict,
            asked=run,
            confidence=confidence,
            production_value=there[0].metrics[0].value if there and there[0].finished else None,
        )
        if (why := disagreement(gate)) is not None:
            raise Unreadable(f"{self._shown}: the verdict cannot be trusted, for {why}.")
        return gate

    def production(self, contract: Contract) -> Run | None:
        """The run that is in production there, where the contract compares with it."""
        if not asks_for_production(contract):
            return None
        promotions = self._get(_Promotions, "/production").items
        if not promotions or promotions[-1].run is None:
            return None
        found = [run for run in self._get(_Runs, "/runs").items if run.id == promotions[-1].run]
        if not found:
            raise Unreadable(f"{self._shown}: the run in production is not among the runs.")
        return found[0]

    def _get(self, kind: type[Answer], path: str, **query: Any) -> Answer:
        address = self._base + path + (f"?{urlencode(query, doseq=True)}" if query else "")
        content = self._read(Request(address, headers={"Accept": "application/json"}))  # noqa: S310 - http or https
        try:
            return kind.model_validate(parse_json(content, f"The answer of {self._shown}"))
        except ValidationError:
            raise Unreadable(
                f"{self._shown} answers with something else than planner does. Is the address that of a planner, and "
                "is it of the same version?"
            ) from None

    def _read(self, request: Request) -> bytes:
        until = time.monotonic() + self._timeout
        try:
            with urlopen(request, timeout=self._timeout) as answer:  # noqa: S310 - http or https, tested above
                kind = answer.headers.get_content_type()
                if answer.status != 200 or kind != "application/json":
                    raise Unreadable(
                        f"{self._shown} answers {answer.status} with {kind}, which is not what planner does."
                    )
                content = bytearray()
                while chunk := answer.read1(_CHUNK):
                    content += chunk
                    if len(content) > MOST_BYTES:
                        raise TooLarge(f"{self._shown} answers with more than {MOST_BYTES:,} bytes.")
                    if time.monotonic() > until:
                        raise TimeoutError
                length = answer.headers.get("Content-Length")
                if length is not None and length != str(len(content)):
                    raise Unreadable(f"The answer of {self._shown} is cut off.")
                return bytes(content)
        except HTTPError as error:
            with error:
                raise self._refusal(error) from None
        except TimeoutError:
            raise Unavailable(f"{self._shown} did not answer within {self._timeout:g} seconds.") from None
        except (URLError, HTTPException, OSError) as error:
            if isinstance(getattr(error, "reason", None), TimeoutError):
                raise Unavailable(f"{self._shown} did not answer within {self._timeout:g} seconds.") from None
            reason = getattr(error, "reason", error)
            raise Unavailable(f"{self._shown} cannot be reached: {str(reason) or type(reason).__name__}.") from None

    def _refusal(self, error: HTTPError) -> NotFound | Unavailable:
        try:
            problem = json.loads(error.read1(_CHUNK))
            detail = str(problem["detail"])[:300]
        except (ValueError, KeyError, TypeError, AttributeError, OSError, HTTPException):
            detail = str(error.reason)[:100]
        said = f"{self._shown} answers {error.code}: {detail}"
        return NotFound(said) if error.code == 404 else Unavailable(said)


class _Promotions(Model):
    items: tuple[Promotion, ...]


class _Runs(Model):
    items: tuple[Run, ...]


def _alike(first: Verdict, second: Verdict) -> bool:
    """Whether two verdicts are of the same state, whichever runs they tell."""
    return first.model_copy(update={"runs": ()}) == second.model_copy(update={"runs": ()})
