"""Start workers that await: screens, dialogs and wizard steps use this instead of `run_worker`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, cast

from textual.dom import DOMNode

__all__ = ["start_worker"]


def start_worker(
    node: DOMNode, work: Callable[[], Awaitable[object]], *, group: str = "default", exclusive: bool = False
) -> None:
    """Run the coroutine function `work` in a worker of `node`.

    It gets the function and not a coroutine: a worker that is canceled before it starts would never await that.

    exclusive: cancel the workers of the same group.
    """
    node.run_worker(cast(Any, work), group=group, exclusive=exclusive)
