"""Faults: errors that the sandbox makes on purpose, each with a probability, all from one seed.

One random number is drawn for each request, so a run can be repeated. A fault that does not apply to a request (`half`
to one that is not a batch) has no effect.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterable, Mapping

from dyntui.core.errors import UsageError

__all__ = ["FAULTS", "ConnectionCut", "Faults", "parse_faults"]

FAULTS: Mapping[str, str] = {
    "429": "refused with Retry-After; nothing applied",
    "500-before": "500; nothing applied",
    "502-after": "applied, then 502 instead of the response",
    "cut-before": "connection cut; nothing applied",
    "cut-after": "applied, then the connection cut without a response",
    "half": "the first half of a batch applied, then the connection cut",
    "late": "connection cut, then applied after a delay (behavior flags late-min-ms, late-max-ms)",
    "slow": "the response delayed (behavior flag slow-ms)",
    "html": "the HTML error page of a proxy; nothing applied",
    "truncate": "applied, the response cut in the middle of its JSON",
}


class ConnectionCut(ConnectionResetError):
    """Raised for a caller in the same process where a network client would see the connection cut."""


class Faults:
    """Draws the fault of each request. Tests may change the probabilities while it runs."""

    def __init__(self, probabilities: Mapping[str, float], seed: int) -> None:
        self._lock = threading.Lock()
        self._random = random.Random(f"faults {seed}")
        self._probabilities: dict[str, float] = {}
        self.happened: Counter[str] = Counter()
        self.set(probabilities)

    def set(self, probabilities: Mapping[str, float]) -> None:
        """Replace all probabilities. Raises UsageError for an unknown name or an invalid probability."""
        for name, probability in probabilities.items():
            if name not in FAULTS:
                raise UsageError(f"There is no fault {name!r}.", hint=f"Choose one of: {', '.join(FAULTS)}.")
            if isinstance(probability, bool) or not isinstance(probability, (int, float)) or not 0 <= probability <= 1:
                raise UsageError(
                    f"Fault {name} cannot have the probability {probability!r}.", hint="Give a number from 0 to 1."
                )
        if sum(probabilities.values()) > 1 + 1e-9:
            raise UsageError(
                "The probabilities of the faults add up to more than 1.", hint="A request has at most one fault."
            )
        with self._lock:
            self._probabilities = {
                name: float(probability) for name, probability in probabilities.items() if probability
            }

    def as_dict(self) -> dict[str, float]:
        """Return the probabilities above 0, by name."""
        return dict(self._probabilities)

    def draw(self, *, bulk: bool) -> str:
        """Return the fault of the next request; empty for none. `bulk`: whether it is a bulk request."""
        with self._lock:
            if not self._probabilities:
                return ""
            point = self._random.random()
            for name, probability in self._probabilities.items():
                if point < probability:
                    if name == "half" and not bulk:
                        return ""
                    self.happened[name] += 1
                    return name
                point -= probability
        return ""

    def draw_delay_s(self, min_ms: int, max_ms: int) -> float:
        """Return a random delay between two numbers of milliseconds, in seconds."""
        with self._lock:
            return self._random.uniform(min_ms, max(min_ms, max_ms)) / 1000

    def draw_bool(self) -> bool:
        """Return True or False, each with probability 0.5."""
        with self._lock:
            return self._random.random() < 0.5


def parse_faults(pairs: Iterable[str]) -> dict[str, float]:
    """Parse the `NAME=P` arguments of `--fault`. Raises UsageError for anything else."""
    out: dict[str, float] = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        try:
            out[name] = float(value)
        except ValueError:
            raise UsageError(
                f"--fault {pair!r} has no probability.", hint="Write --fault NAME=P with P from 0 to 1."
            ) from None
    Faults(out, 0)
    return out
