"""Start workers, which await or run in a thread: screens, dialogs and wizard steps use this instead of `run_worker`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

from textual.dom import DOMNode
from textual.worker import get_current_worker

from dyntui.core.errors import DyntuiError

__all__ = ["run_in_thread", "start_worker"]

T = TypeVar("T")


def start_worker(
    node: DOMNode, work: Callable[[], Awaitable[object]], *, group: str = "default", exclusive: bool = False
) -> None:
    """Run the coroutine function `work` in a worker of `node`.

    It gets the function and not a coroutine: a worker that is canceled before it starts would never await that.

    exclusive: cancel the workers of the same group.
    """
    node.run_worker(cast(Any, work), group=group, exclusive=exclusive)


def run_in_thread(
    node: DOMNode,
    work: Callable[[], T],
    then: Callable[[T], object],
    failed: Callable[[DyntuiError], object] | None = None,
    *,
    group: str,
    exclusive: bool = False,
) -> None:
    """Run `work` in a thread, then call `then` with its result, or `failed` with its error, in the task of `node`.

    exclusive: drop the results of earlier work of the same group.
    """

    def run() -> None:
        try:
            result = work()
        except DyntuiError as error:
            if failed is None:
                raise
            node.call_later(failed, error)
        else:
            if not get_current_worker().is_cancelled:
                node.call_later(then, result)

    node.run_worker(run, thread=True, group=group, exclusive=exclusive)
