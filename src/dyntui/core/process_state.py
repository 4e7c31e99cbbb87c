"""Every change of state that belongs to the whole process, with the reason for each.

| State                       | Changed by                        | For how long               |
|-----------------------------|-----------------------------------|----------------------------|
| `sys.excepthook`            | `install_crash_hook`              | until the process ends     |
| `threading.excepthook`      | `install_thread_crash_hook`       | while the console is open  |
| garbage collector, on start | `pause_garbage_collection`        | until the command starts   |
|                             |                                   | or the console is shown    |
| garbage collector, modules  | `permanent_objects`               | one `with` block           |
| garbage collector, freeze   | `resume_garbage_collection`       | until the process ends     |
| garbage collector, rarely   | `collect_rarely`                  | until the process ends     |
| garbage collector, at exit  | `skip_garbage_collection_at_exit` | until the process ends     |
| garbage collector, block    | `without_garbage_collection`      | one `with` block           |
| thread switch interval      | `shorten_switch_interval`         | until the process ends     |
| standard streams            | `open_closed_streams`             | until the process ends     |
| `os.environ`                | `set_environment_variable`        | until the process ends     |
| `os.environ`, block         | `without_environment_variables`   | one `with` block           |
| `sys.modules`               | `block_import`                    | one `with` block           |
| file creation mask          | `private_umask`                   | one `with` block           |

Signal handlers stay next to the work that they end. Private names of Textual are in
`dyntui.tui.kit.terminal.textual_internals`. This module imports nothing that slows down the start.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    import threading
    from types import TracebackType

__all__ = [
    "block_import",
    "collect_garbage",
    "collect_rarely",
    "install_crash_hook",
    "install_thread_crash_hook",
    "open_closed_streams",
    "pause_garbage_collection",
    "permanent_objects",
    "private_umask",
    "remove_thread_crash_hook",
    "resume_garbage_collection",
    "set_environment_variable",
    "shorten_switch_interval",
    "skip_garbage_collection_at_exit",
    "without_environment_variables",
    "without_garbage_collection",
]

_YOUNG_COLLECTIONS = 100
"""Collections of the new objects after which Python examines all objects; 10 by default."""


def install_crash_hook(on_crash: Callable[[type[BaseException], BaseException, TracebackType | None], None]) -> None:
    """Call `on_crash` for an uncaught exception: Python's own traceback would print what a server sent."""
    sys.excepthook = on_crash


def open_closed_streams() -> None:
    """Use the null device for a standard stream that the starter of this process has closed, as with `>&-`."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def install_thread_crash_hook(on_crash: Callable[[threading.ExceptHookArgs], None]) -> None:
    """Call `on_crash` for an uncaught exception of a thread: a traceback would be printed over the console."""
    import threading

    threading.excepthook = on_crash


def remove_thread_crash_hook() -> None:
    """Restore Python's own handling of uncaught exceptions in threads."""
    import threading

    threading.excepthook = threading.__excepthook__


def pause_garbage_collection() -> None:
    """Turn the cyclic garbage collector off while modules are loaded: what is loaded then stays loaded."""
    gc.disable()


def resume_garbage_collection() -> None:
    """Turn the collector on again after `pause_garbage_collection`, and exempt the objects loaded until now."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def collect_rarely() -> None:
    """Let Python examine all objects only after many collections of the new ones: it takes some tens of milliseconds.

    `collect_garbage` does it at a time when nothing waits.
    """
    new, young, _ = gc.get_threshold()
    gc.set_threshold(new, young, _YOUNG_COLLECTIONS)


def collect_garbage() -> None:
    """Examine all objects now, in some tens of milliseconds, and exempt the remaining ones until the next call."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def skip_garbage_collection_at_exit() -> None:
    """Exempt all objects from the collections at exit, which take a tenth of the time of a short command.

    Call it when all files and connections are closed: objects in reference cycles are not finalized.
    """
    gc.disable()
    gc.freeze()


def permanent_objects() -> AbstractContextManager[None]:
    """Exempt what the block makes from garbage collection: modules, which stay loaded and take long to look through."""
    return without_garbage_collection(exempt=True)


@contextmanager
def without_garbage_collection(*, exempt: bool = False) -> Iterator[None]:
    """Turn the collector off in the block: rows have no cycles, and collection takes a tenth of the time.

    exempt: whether the objects that exist at the end of the block are exempt from later collections too.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            if exempt:
                gc.freeze()
            gc.enable()


def shorten_switch_interval(seconds: float) -> None:
    """Let threads take turns at least every `seconds`: a key must not wait for a thread that maps rows in Python."""
    sys.setswitchinterval(min(sys.getswitchinterval(), seconds))


def set_environment_variable(name: str, value: str) -> None:
    """Set an environment variable: libraries and child processes read options such as NO_COLOR there."""
    os.environ[name] = value


@contextmanager
def without_environment_variables(names: Collection[str]) -> Iterator[None]:
    """Remove environment variables in the block, for a library that reads all of them or starts a program."""
    removed = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(removed)


@contextmanager
def block_import(name: str) -> Iterator[None]:
    """Make `import name` fail with ImportError in the block: an optional module that is slow and not needed."""
    sys.modules[name] = None  # type: ignore[assignment]  # documented by Python as the way to make an import fail
    try:
        yield
    finally:
        del sys.modules[name]


@contextmanager
def private_umask() -> Iterator[None]:
    """Create files readable by their owner only: SQLite makes its own files and takes no mode."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)
